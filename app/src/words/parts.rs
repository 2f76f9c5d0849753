//! What a part of figures is called. Its name is a person's, a team's or a shift's own, unless it is one
//! of a few that the server says in English.

use super::tr;
use domain::word;

/// What belongs to no shift, team or person, and to such as are there no more.
const KNOWN: [&str; 6] = [
    word!("No shift"),
    word!("No team"),
    word!("Nobody"),
    word!("Former shift"),
    word!("Former team"),
    word!("Former worker"),
];

/// The name of a part in the reader's language.
pub fn part_name(name: &str) -> String {
    match KNOWN.into_iter().find(|known| *known == name) {
        Some(known) => tr(known).to_owned(),
        None => name.to_owned(),
    }
}
