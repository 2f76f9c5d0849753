//! The next step after a scan, with everything that is said about it.

use super::{Scan, check_goods};
use crate::picking::{Refusal, TaskLine, line_of};
use crate::scanner_check::printable;
use crate::word;
use crate::words::Message;
use crate::{LineId, Quantity};
use chrono::NaiveDate;

/// What a scan leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// This much of the current line was taken.
    Take(Quantity),
    /// The right item; a person says how much of it.
    AskQuantity,
    /// Not accepted: the whole screen says so.
    Stop(Stop),
}

/// Why a scan is not accepted, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// In two words.
    pub title: &'static str,
    /// What was scanned, as people know it.
    pub code: String,
    /// What it is and what to do.
    pub text: Message,
    /// The current item, where the scan was of another one.
    pub now: Option<String>,
    /// The line the scan belongs to.
    pub belongs_to: Option<LineId>,
    /// Nobody knows the code: it may be the item's, and a lead can say so.
    pub may_be_taught: bool,
    /// It is of no line: a receipt can take it in as unexpected.
    pub is_foreign: bool,
}

/// Judges a scan. `asks` says that the person is about to enter a quantity anyway.
pub fn step(
    lines: &[TaskLine],
    current: Option<&TaskLine>,
    code: &str,
    asks: bool,
    today: NaiveDate,
) -> Step {
    let scan = match Scan::read(code) {
        Ok(scan) => scan,
        Err(error) => {
            let text = Message::plain("{problem}").with("problem", error);
            return Step::Stop(Stop::new(word!("Unreadable label"), printable(code), text));
        }
    };
    let Some(line) = current.filter(|line| scan.means(line)) else {
        return Step::Stop(elsewhere(lines, current, &scan));
    };
    let quantity = scan.quantity_of(line);
    let judged = quantity.unwrap_or_default();
    match check_goods(code, judged, today) {
        Err(refusal) => Step::Stop(Stop::refused(&scan, &refusal)),
        Ok(_) => match quantity.filter(|_| !asks) {
            Some(quantity) => Step::Take(quantity),
            None => Step::AskQuantity,
        },
    }
}

impl Stop {
    fn new(title: &'static str, code: String, text: Message) -> Self {
        Self {
            title,
            code,
            text,
            now: None,
            belongs_to: None,
            may_be_taught: false,
            is_foreign: false,
        }
    }

    fn refused(scan: &Scan, refusal: &Refusal) -> Self {
        let title = match refusal {
            Refusal::Expired { .. } => word!("Expired"),
            _ => word!("Not accepted"),
        };
        let text = Message::plain("{problem}").with("problem", refusal);
        Self::new(title, scan.shown(), text)
    }
}

/// A scan of something else than the current line.
fn elsewhere(lines: &[TaskLine], current: Option<&TaskLine>, scan: &Scan) -> Stop {
    let belongs = line_of(lines, scan).and_then(|index| Some((index, lines.get(index)?)));
    let text = match belongs {
        Some((index, line)) if line.is_open() => {
            Message::plain("It belongs to line {place}: {item}.")
                .with("place", index + 1)
                .with("item", &line.item_name)
        }
        Some((index, line)) => Message::plain(
            "It belongs to line {place}, which has {done} of {requested} {uom} already.",
        )
        .with("place", index + 1)
        .with("done", line.done.normalize())
        .with("requested", line.requested.normalize())
        .with("uom", &line.uom),
        None if scan.key().is_none() => Message::plain(
            "This label does not say which item it is. Scan the one with the item's number.",
        ),
        None => Message::plain("It is not on this task. Put it back."),
    };
    let title = match current {
        Some(_) => word!("Wrong item"),
        None => word!("Not needed now"),
    };
    Stop {
        now: current.map(|line| line.item_code.clone()),
        belongs_to: belongs.map(|(_, line)| line.id),
        may_be_taught: belongs.is_none() && current.is_some() && scan.key().is_some(),
        is_foreign: belongs.is_none() && scan.item_text().is_some(),
        ..Stop::new(title, scan.shown(), text)
    }
}
