//! How much a label says it is, in a line's unit.

use crate::gs1::{ElementString, Measure};
use crate::picking::TaskLine;
use rust_decimal::Decimal;

/// Kilograms of a pound, exactly.
const POUND: Decimal = Decimal::from_parts(45_359_237, 0, 0, false, 8);

/// A count of packs of `pack`, or a measure in the line's unit; none where the label has neither.
pub(super) fn on_label(label: &ElementString, line: &TaskLine, pack: Decimal) -> Option<Decimal> {
    let measured = |uom: &Unit| label.measures().find_map(|measure| uom.of(&measure));
    match unit(&line.uom) {
        Some(uom) => measured(&uom).map(|amount| amount.round_dp(u32::from(line.decimals))),
        None => label.count().map(|count| Decimal::from(count) * pack),
    }
}

/// A unit that labels measure in: which entries, and how many of it make one of theirs.
struct Unit {
    kinds: &'static [&'static str],
    factor: Decimal,
}

/// The units of goods by measure, as ERPs of the region write them.
fn unit(uom: &str) -> Option<Unit> {
    const WEIGHT: &[&str] = &["310", "320"];
    let (kinds, factor): (&'static [&'static str], Decimal) =
        match uom.to_ascii_uppercase().as_str() {
            "KG" => (WEIGHT, Decimal::ONE),
            "G" | "GR" => (WEIGHT, Decimal::ONE_THOUSAND),
            "T" => (WEIGHT, Decimal::new(1, 3)),
            "M" => (&["311"], Decimal::ONE),
            "M2" => (&["314"], Decimal::ONE),
            "L" | "LIT" => (&["315"], Decimal::ONE),
            "M3" => (&["316"], Decimal::ONE),
            _ => return None,
        };
    Some(Unit { kinds, factor })
}

impl Unit {
    fn of(&self, measure: &Measure) -> Option<Decimal> {
        let ours = self.kinds.contains(&measure.ai.as_str());
        let pound = if measure.ai == "320" {
            POUND
        } else {
            Decimal::ONE
        };
        ours.then(|| measure.value * pound * self.factor)
    }
}
