//! How a figure is written.

use super::number::{count, quantity};
use domain::kpi::{KpiFigure, Unit};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};

/// A figure's value with its unit; a dash where there is nothing to measure against.
pub fn value(figure: &KpiFigure) -> String {
    let Some(value) = figure.value else {
        return "–".to_owned();
    };
    // Half up, as the boards round.
    let half_up = RoundingStrategy::MidpointAwayFromZero;
    let short = quantity(value.round_dp_with_strategy(1, half_up));
    match figure.kpi.definition().unit {
        Unit::Count => count(value.round().to_i64().unwrap_or(0)),
        Unit::Quantity => quantity(value),
        Unit::Percent => format!("{short} %"),
        Unit::Minutes => t!("{minutes} min", minutes = short),
        Unit::Hours => t!("{hours} h", hours = short),
        Unit::PerHour => t!("{figure} / h", figure = short),
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

/// Seconds are told as a time, everything else as it is.
fn amount(unit: Unit, above: bool, number: Decimal) -> String {
    match (unit, above) {
        (Unit::Minutes | Unit::Hours, true) | (Unit::PerHour, false) => time(number),
        _ => quantity(number),
    }
}

/// In the unit that leaves digits to read: a short time in hours would be none.
fn time(seconds: Decimal) -> String {
    let of = |size: i64| quantity((seconds / Decimal::from(size)).round_dp(1));
    match seconds.to_i64() {
        Some(..60) => t!("{seconds} s", seconds = of(1)),
        Some(60..3_600) => t!("{minutes} min", minutes = of(60)),
        _ => t!("{hours} h", hours = of(3_600)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kpi::Kpi;

    #[test]
    fn a_percentage_half_way_is_rounded_up() {
        let written = |known: i64, all: i64, exact: Decimal| {
            value(&KpiFigure {
                kpi: Kpi::Coverage,
                numerator: Decimal::from(known),
                denominator: Some(Decimal::from(all)),
                value: Some(exact),
            })
        };
        assert_eq!(written(4_970, 6_441, Decimal::new(771_619, 4)), "77.2 %");
        assert_eq!(written(1, 16, Decimal::new(625, 2)), "6.3 %");
    }

    #[test]
    fn what_a_figure_is_divided_by_is_never_rounded_to_nothing() {
        let told = |seconds: i64| {
            fraction(&KpiFigure {
                kpi: Kpi::LinesPerHour,
                numerator: Decimal::from(2),
                denominator: Some(Decimal::from(seconds)),
                value: None,
            })
        };
        assert_eq!(told(25), "2 / 25 s");
        assert_eq!(told(90), "2 / 1.5 min");
        assert_eq!(told(7_560), "2 / 2.1 h");
        assert_eq!(told(0), "2 / 0 s");
    }
}
