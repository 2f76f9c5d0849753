//! The rules of working on a line, the same in the browser and on the server.

mod refusal;

pub use refusal::Refusal;

use crate::document::{DocumentStatus, LineStatus};
use crate::scanning::Scan;
use crate::shortage::ShortageReason;
use crate::task::TaskState;
use crate::{LineId, Quantity};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A line as the floor sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskLine {
    /// Identity.
    pub id: LineId,
    /// SKU.
    pub item_code: String,
    /// Title.
    pub item_name: String,
    /// Unit: ours where the document's is known, else as written there.
    pub uom: String,
    /// Decimals the unit allows (0 for pieces).
    pub decimals: u8,
    /// As the ERP wants it.
    pub requested: Decimal,
    /// As the floor did it.
    pub done: Decimal,
    /// Where it stands.
    pub status: LineStatus,
    /// Why less.
    pub reason: Option<ShortageReason>,
    /// Why less, in words.
    pub reason_text: Option<String>,
    /// What a person has to decide.
    pub conflict: Option<String>,
    /// Who touched it last.
    pub last_worker: Option<String>,
    /// Look-up keys of the item's barcodes; see [`crate::barcode::Barcode::key`].
    pub barcodes: Vec<String>,
    /// Those of them that stand for more or less than one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub packs: Vec<Pack>,
    /// Where the item lies, first on the way; lines come in this order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
}

/// A barcode that stands for a pack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pack {
    /// The barcode's look-up key.
    pub key: String,
    /// How much it holds, in the item's unit.
    pub quantity: Quantity,
}

impl TaskLine {
    /// What is still to do; never negative.
    pub fn remaining(&self) -> Decimal {
        (self.requested - self.done).max(Decimal::ZERO)
    }

    /// Whether the ERP did not ask for it: it came with a receipt all the same.
    pub fn is_unexpected(&self) -> bool {
        self.requested.is_zero()
    }

    /// Whether a worker still has to do something about it.
    pub fn is_open(&self) -> bool {
        self.status != LineStatus::Done && self.reason.is_none()
    }

    /// The name of its unit beside so much of it. ERPs name units of their own in the plural, which reads
    /// wrong beside exactly one; other names stay as they came.
    pub fn unit(&self, quantity: Decimal) -> &str {
        match self.uom.as_str() {
            "Units" | "Dozens" | "Hours" | "Days" if quantity == Decimal::ONE => {
                self.uom.trim_end_matches('s')
            }
            uom => uom,
        }
    }

    /// Whether a scanned or typed code means this line's item.
    pub fn answers_to(&self, scanned: &str) -> bool {
        Scan::read(scanned).is_ok_and(|scan| scan.means(self))
    }
}

/// Checks a pick against its line.
pub fn check_pick(
    line: &TaskLine,
    quantity: Quantity,
    scanned: Option<&str>,
    over_confirmed: bool,
) -> Result<(), Refusal> {
    if quantity.is_zero() {
        return Err(Refusal::ZeroQuantity);
    }
    if let Some(scanned) = scanned
        && !line.answers_to(scanned)
    {
        return Err(Refusal::WrongItem {
            scanned: scanned.trim().to_owned(),
            item_code: line.item_code.clone(),
        });
    }
    if quantity.value().normalize().scale() > u32::from(line.decimals) {
        return Err(indivisible(line));
    }
    if quantity.value() > line.remaining() && !over_confirmed {
        return Err(Refusal::MoreThanRequested {
            remaining: line.remaining().normalize(),
            asked: quantity,
        });
    }
    Ok(())
}

fn indivisible(line: &TaskLine) -> Refusal {
    Refusal::Indivisible {
        uom: line.uom.clone(),
    }
}

/// Checks a shortage report against its line.
pub fn check_short(
    line: &TaskLine,
    reason: ShortageReason,
    text: Option<&str>,
) -> Result<(), Refusal> {
    if line.remaining().is_zero() {
        return Err(Refusal::NothingMissing);
    }
    if reason == ShortageReason::Other && text.is_none_or(|text| text.trim().is_empty()) {
        return Err(Refusal::ReasonNeedsText);
    }
    Ok(())
}

/// Whether a task in this state takes work.
pub fn check_task(state: TaskState) -> Result<(), Refusal> {
    match state {
        TaskState::Open | TaskState::Claimed => Ok(()),
        TaskState::Done | TaskState::Cancelled => Err(Refusal::TaskClosed),
    }
}

/// What finishing makes of the document, or what has to be confirmed first.
pub fn check_finish(
    lines: &[TaskLine],
    partial_confirmed: bool,
) -> Result<DocumentStatus, Refusal> {
    let missing = lines
        .iter()
        .filter(|line| line.status != LineStatus::Done)
        .count();
    match missing {
        0 => Ok(DocumentStatus::Done),
        _ if partial_confirmed => Ok(DocumentStatus::Partial),
        lines => Err(Refusal::LinesMissing { lines }),
    }
}

/// Checks that goods which are not on the document can be taken in: `item` is the line they would make.
pub fn check_unexpected(item: &TaskLine, quantity: Quantity) -> Result<(), Refusal> {
    check_pick(item, quantity, None, true)
}

/// The line a worker should do next: the first open one at or after `from`, else the first open one.
pub fn next_line(lines: &[TaskLine], from: usize) -> Option<usize> {
    let open = |index: &usize| lines.get(*index).is_some_and(TaskLine::is_open);
    (from..lines.len())
        .find(open)
        .or_else(|| (0..from.min(lines.len())).find(open))
}

/// The line a scan means: an open one first.
pub fn line_of(lines: &[TaskLine], scan: &Scan) -> Option<usize> {
    let means = |line: &TaskLine| scan.means(line);
    lines
        .iter()
        .position(|line| line.is_open() && means(line))
        .or_else(|| lines.iter().position(means))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(requested: i64, done: i64) -> TaskLine {
        TaskLine {
            id: LineId(1),
            item_code: "85123A".into(),
            item_name: "HANGING HEART".into(),
            uom: "KOM".into(),
            decimals: 0,
            requested: requested.into(),
            done: done.into(),
            status: LineStatus::of(requested.into(), done.into(), None),
            reason: None,
            reason_text: None,
            conflict: None,
            last_worker: None,
            barcodes: vec!["02000000000015".into()],
            packs: Vec::new(),
            location: None,
        }
    }

    #[test]
    fn an_over_pick_asks_and_is_never_capped() {
        let line = line(6, 4);
        let asked = "3".parse().unwrap();
        assert!(matches!(
            check_pick(&line, asked, None, false),
            Err(Refusal::MoreThanRequested { .. })
        ));
        assert_eq!(check_pick(&line, asked, None, true), Ok(()));
    }

    #[test]
    fn a_plural_unit_is_singular_beside_one_and_others_stay_as_they_are() {
        let named = |uom: &str| TaskLine {
            uom: uom.to_owned(),
            ..line(6, 0)
        };
        assert_eq!(named("Units").unit("1.00".parse().unwrap()), "Unit");
        for quantity in ["0", "0.5", "2"] {
            assert_eq!(named("Units").unit(quantity.parse().unwrap()), "Units");
        }
        for uom in ["KOM", "Gross", "kg", ""] {
            assert_eq!(named(uom).unit(Decimal::ONE), uom);
        }
    }

    #[test]
    fn pieces_are_not_split_and_metres_are() {
        let mut line = line(6, 0);
        let half = "0.5".parse().unwrap();
        assert!(matches!(
            check_pick(&line, half, None, false),
            Err(Refusal::Indivisible { .. })
        ));
        line.decimals = 3;
        assert_eq!(check_pick(&line, half, None, false), Ok(()));
    }

    #[test]
    fn a_scan_of_another_item_is_refused() {
        let scanned = Some("4006381333931");
        assert!(matches!(
            check_pick(&line(6, 0), Quantity::from(1), scanned, false),
            Err(Refusal::WrongItem { .. })
        ));
    }

    #[test]
    fn finishing_short_needs_a_confirmation() {
        let lines = [line(6, 6), line(6, 2)];
        assert_eq!(
            check_finish(&lines, false),
            Err(Refusal::LinesMissing { lines: 1 })
        );
        assert_eq!(check_finish(&lines, true), Ok(DocumentStatus::Partial));
        assert_eq!(check_finish(&lines[..1], false), Ok(DocumentStatus::Done));
    }

    #[test]
    fn what_came_unexpected_needs_a_quantity_its_unit_allows_and_asks_for_nothing_more() {
        let mut came = line(0, 0);
        let half = "0.5".parse().unwrap();
        assert!(came.is_unexpected() && !line(1, 0).is_unexpected());
        assert_eq!(check_unexpected(&came, Quantity::from(7)), Ok(()));
        assert_eq!(
            check_unexpected(&came, Quantity::from(0)),
            Err(Refusal::ZeroQuantity)
        );
        assert!(matches!(
            check_unexpected(&came, half),
            Err(Refusal::Indivisible { .. })
        ));
        came.decimals = 3;
        assert_eq!(check_unexpected(&came, half), Ok(()));
    }

    #[test]
    fn other_needs_words() {
        assert_eq!(
            check_short(&line(6, 2), ShortageReason::Other, Some(" ")),
            Err(Refusal::ReasonNeedsText)
        );
        assert_eq!(
            check_short(&line(6, 2), ShortageReason::Damaged, None),
            Ok(())
        );
        assert_eq!(
            check_short(&line(6, 6), ShortageReason::Damaged, None),
            Err(Refusal::NothingMissing)
        );
    }
}
