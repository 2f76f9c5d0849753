//! How a figure is written.

use super::number::{count, quantity};
use domain::kpi::{KpiFigure, Unit};
use rust_decimal::prelude::ToPrimitive;

/// A figure's value with its unit; a dash where there is nothing to measure against.
pub fn value(figure: &KpiFigure) -> String {
    let Some(value) = figure.value else {
        return "–".to_owned();
    };
    let short = quantity(value.round_dp(1));
    match figure.kpi.definition().unit {
        Unit::Count => count(value.round().to_i64().unwrap_or(0)),
        Unit::Quantity => quantity(value),
        Unit::Percent => format!("{short} %"),
        Unit::Minutes => format!("{short} min"),
        Unit::Hours => format!("{short} h"),
        Unit::PerHour => format!("{short} / h"),
        Unit::Each => quantity(value.round_dp(2)),
    }
}

/// What was divided by what; the figure itself where nothing was.
pub fn fraction(figure: &KpiFigure) -> String {
    let above = amount(figure.kpi.definition().unit, true, figure.numerator);
    match figure.denominator {
        None => above,
        Some(below) => format!(
            "{above} / {}",
            amount(figure.kpi.definition().unit, false, below)
        ),
    }
}

/// Seconds are told in minutes or hours, everything else as it is.
fn amount(unit: Unit, above: bool, number: rust_decimal::Decimal) -> String {
    let of = |seconds: i64| quantity((number / rust_decimal::Decimal::from(seconds)).round_dp(1));
    match (unit, above) {
        (Unit::Minutes, true) => format!("{} min", of(60)),
        (Unit::Hours, true) | (Unit::PerHour, false) => format!("{} h", of(3_600)),
        _ => quantity(number),
    }
}
