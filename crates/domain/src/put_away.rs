//! Bringing what was received to its location: the rules, the same in the browser and on the server.

use crate::document::UnknownWord;
use crate::location::location_key;
use crate::picking::{Refusal, TaskLine, check_pick};
use crate::scanning::Scan;
use crate::{Quantity, TaskId};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Received goods that lie on no location yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutAway {
    /// The task that received them.
    pub task_id: TaskId,
    /// The ERP's number of the receipt.
    pub number: String,
    /// The goods: requested is what was received, done what was put away of it.
    pub line: TaskLine,
    /// Where they belong; none when every location is taken.
    pub suggested: Option<PutAwayPlace>,
}

/// A location, and why it is the one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutAwayPlace {
    /// The location's code.
    pub location: String,
    /// Why.
    pub reason: SuggestionReason,
}

/// Why a location is suggested, the best reason first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SuggestionReason {
    /// The item lies there.
    HoldsItem,
    /// The item lay there last.
    LastHeld,
    /// Nothing lies there; in the zone of the item's kind where there is such a place.
    Empty,
}

impl SuggestionReason {
    /// The stable word of the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::HoldsItem => "holds_item",
            Self::LastHeld => "last_held",
            Self::Empty => "empty",
        }
    }

    /// What people read.
    pub fn label(self) -> &'static str {
        match self {
            Self::HoldsItem => crate::word!("The item lies there"),
            Self::LastHeld => crate::word!("The item lay there last"),
            Self::Empty => crate::word!("This location is empty"),
        }
    }
}

impl FromStr for SuggestionReason {
    type Err = UnknownWord;
    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let mut all = [Self::HoldsItem, Self::LastHeld, Self::Empty].into_iter();
        all.find(|reason| reason.as_str() == text)
            .ok_or_else(|| UnknownWord(text.to_owned()))
    }
}

/// What a scan leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// These goods come first: their place in the list.
    Turn(usize),
    /// The location that was suggested.
    Place,
    /// Another location: the person has to confirm it.
    Other(String),
}

/// Judges a scan: an item of the list turns to it, everything else is a location.
pub fn step(rows: &[PutAway], current: &PutAway, code: &str) -> Step {
    let is_item = |scan: &Scan| {
        let means = |row: &PutAway| scan.means(&row.line);
        let here = |row: &PutAway| row.line.id == current.line.id && means(row);
        let first = || rows.iter().position(means);
        rows.iter().position(here).or_else(first)
    };
    if let Some(index) = Scan::read(code).ok().as_ref().and_then(is_item) {
        return Step::Turn(index);
    }
    match &current.suggested {
        Some(suggested) if is_same(&suggested.location, code) => Step::Place,
        _ => Step::Other(code.trim().to_owned()),
    }
}

/// Whether a scanned code is that location's.
pub fn is_same(location: &str, code: &str) -> bool {
    location_key(location) == location_key(code)
}

/// Checks how much is put where. Another location than was suggested needs the person's word.
pub fn check(
    line: &TaskLine,
    quantity: Quantity,
    location: &str,
    suggested: Option<&str>,
    other_confirmed: bool,
) -> Result<(), Refusal> {
    match check_pick(line, quantity, None, false) {
        Err(Refusal::MoreThanRequested { remaining, asked }) => {
            return Err(Refusal::MoreThanReceived { remaining, asked });
        }
        other => other?,
    }
    match suggested {
        Some(suggested) if !is_same(suggested, location) && !other_confirmed => {
            Err(Refusal::OtherLocation {
                suggested: suggested.to_owned(),
            })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LineId;
    use crate::document::LineStatus;

    fn row(id: i64, code: &str, location: &str) -> PutAway {
        PutAway {
            task_id: TaskId(1),
            number: "R1".into(),
            line: TaskLine {
                id: LineId(id),
                item_code: code.into(),
                item_name: "LANTERN".into(),
                uom: "KOM".into(),
                decimals: 0,
                requested: 6.into(),
                done: 2.into(),
                status: LineStatus::Partial,
                reason: None,
                reason_text: None,
                conflict: None,
                last_worker: None,
                barcodes: Vec::new(),
                packs: Vec::new(),
                location: None,
            },
            suggested: Some(PutAwayPlace {
                location: location.into(),
                reason: SuggestionReason::HoldsItem,
            }),
        }
    }

    #[test]
    fn a_scan_is_an_item_of_the_list_or_a_location() {
        let rows = [row(1, "A", "A-01"), row(2, "B", "B-01")];
        assert_eq!(step(&rows, &rows[0], "b"), Step::Turn(1));
        assert_eq!(step(&rows, &rows[0], " a-01\n"), Step::Place);
        let other = Step::Other("B-01".into());
        assert_eq!(step(&rows, &rows[0], "B-01"), other);
    }

    #[test]
    fn no_more_is_put_away_than_was_received() {
        let line = row(1, "A", "A-01").line;
        let put = |quantity: u32| check(&line, Quantity::from(quantity), "A-01", None, false);
        assert_eq!(put(4), Ok(()));
        assert!(matches!(put(5), Err(Refusal::MoreThanReceived { .. })));
        assert_eq!(put(0), Err(Refusal::ZeroQuantity));
    }

    #[test]
    fn another_location_needs_the_persons_word() {
        let line = row(1, "A", "A-01").line;
        let put = |location, confirmed| {
            check(&line, Quantity::from(1), location, Some("A-01"), confirmed)
        };
        assert_eq!(put("a-01", false), Ok(()));
        assert!(matches!(
            put("B-01", false),
            Err(Refusal::OtherLocation { .. })
        ));
        assert_eq!(put("B-01", true), Ok(()));
    }
}
