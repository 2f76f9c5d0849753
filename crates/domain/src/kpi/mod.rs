//! What the figures mean. How each is summed stands once, in `store::kpis`; here is what people read
//! about it, and how a value follows from numerator and denominator.

mod definition;
mod period;
mod piece;
mod report;

pub use definition::{Definition, RowKind, Unit};
pub use period::{By, MOST_DAYS, Period, Span, UnknownPeriod};
pub use piece::{Grain, Piece};
pub use report::{Fraction, KpiFigure, KpiFilter, KpiGroup, KpiReport, KpiRow, Ranges, Scope};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// A figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Kpi {
    /// Lines worked.
    Lines,
    /// Net quantity.
    Quantity,
    /// Documents finished.
    Documents,
    /// Documents finished per day.
    DocumentsPerDay,
    /// Finished short among finished.
    PartialRatio,
    /// Finished in full among finished.
    OrderFill,
    /// Lines in full among lines of finished documents.
    LineFill,
    /// Quantity done of the quantity asked for.
    UnitFill,
    /// Finished by the due day among due.
    OnTime,
    /// The ERP's lines that are known here.
    Coverage,
    /// Minutes of work per document.
    TaskDuration,
    /// Minutes of idle time per document.
    IdleTime,
    /// Hours from first read to finished.
    CycleTime,
    /// Lines in full per hour of work.
    LinesPerHour,
    /// Finished documents per hour of work.
    DocumentsPerHour,
    /// Lines per finished document.
    LinesPerDocument,
    /// Quantity per line worked.
    QuantityPerLine,
    /// Picks taken back among picks.
    TakenBack,
    /// Standing shortage reports.
    Shortages,
    /// Of them: not in stock.
    ShortNotInStock,
    /// Of them: damaged.
    ShortDamaged,
    /// Of them: not found.
    ShortNotFound,
    /// Of them: wrong item.
    ShortWrongItem,
    /// Of them: other.
    ShortOther,
    /// Counts that found what was on record.
    CountAccuracy,
}

/// A word that names no figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown figure '{0}'")]
pub struct UnknownKpi(pub String);

impl Kpi {
    /// All of them, in the order people read them; first those that the database sums.
    pub const ALL: [Self; 25] = [
        Self::Lines,
        Self::Quantity,
        Self::Documents,
        Self::DocumentsPerDay,
        Self::LinesPerHour,
        Self::DocumentsPerHour,
        Self::TaskDuration,
        Self::IdleTime,
        Self::CycleTime,
        Self::PartialRatio,
        Self::OrderFill,
        Self::LineFill,
        Self::UnitFill,
        Self::OnTime,
        Self::Coverage,
        Self::TakenBack,
        Self::LinesPerDocument,
        Self::QuantityPerLine,
        Self::Shortages,
        Self::ShortNotInStock,
        Self::ShortDamaged,
        Self::ShortNotFound,
        Self::ShortWrongItem,
        Self::ShortOther,
        Self::CountAccuracy,
    ];

    /// Its stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lines => "lines",
            Self::Quantity => "quantity",
            Self::Documents => "documents",
            Self::DocumentsPerDay => "documents_per_day",
            Self::PartialRatio => "partial_ratio",
            Self::OrderFill => "order_fill",
            Self::LineFill => "line_fill",
            Self::UnitFill => "unit_fill",
            Self::OnTime => "on_time",
            Self::Coverage => "coverage",
            Self::TaskDuration => "task_duration",
            Self::IdleTime => "idle_time",
            Self::CycleTime => "cycle_time",
            Self::LinesPerHour => "lines_per_hour",
            Self::DocumentsPerHour => "documents_per_hour",
            Self::LinesPerDocument => "lines_per_document",
            Self::QuantityPerLine => "quantity_per_line",
            Self::TakenBack => "taken_back",
            Self::Shortages => "shortages",
            Self::ShortNotInStock => "short_not_in_stock",
            Self::ShortDamaged => "short_damaged",
            Self::ShortNotFound => "short_not_found",
            Self::ShortWrongItem => "short_wrong_item",
            Self::ShortOther => "short_other",
            Self::CountAccuracy => "count_accuracy",
        }
    }

    /// The value of a fraction; none without a denominator. At most four decimals.
    pub fn value(self, fraction: Fraction) -> Option<Decimal> {
        let Fraction {
            numerator,
            denominator,
        } = fraction;
        let factor = |numerator: i64, denominator: i64| {
            let below = denominator_of(denominator, fraction.denominator)?;
            numerator_of(fraction.numerator, numerator)?.checked_div(below)
        };
        let value = match self.definition().unit {
            Unit::Count | Unit::Quantity => Some(numerator),
            Unit::Percent => factor(100, 1),
            Unit::Minutes => factor(1, 60),
            Unit::Hours => factor(1, 3_600),
            Unit::PerHour => factor(3_600, 1),
            Unit::Each => denominator
                .filter(|below| !below.is_zero())
                .and_then(|below| numerator.checked_div(below)),
        };
        value.map(|value| value.round_dp(4).normalize())
    }
}

fn numerator_of(numerator: Decimal, factor: i64) -> Option<Decimal> {
    numerator.checked_mul(Decimal::from(factor))
}

fn denominator_of(factor: i64, denominator: Option<Decimal>) -> Option<Decimal> {
    denominator
        .filter(|below| !below.is_zero())
        .and_then(|below| below.checked_mul(Decimal::from(factor)))
}

impl FromStr for Kpi {
    type Err = UnknownKpi;
    fn from_str(text: &str) -> Result<Self, UnknownKpi> {
        Self::ALL
            .into_iter()
            .find(|kpi| kpi.as_str() == text)
            .ok_or_else(|| UnknownKpi(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(kpi: Kpi, numerator: i64, denominator: i64) -> Option<String> {
        let fraction = Fraction {
            numerator: numerator.into(),
            denominator: Some(denominator.into()),
        };
        kpi.value(fraction).map(|value| value.to_string())
    }

    #[test]
    fn a_value_follows_from_numerator_and_denominator() {
        assert_eq!(value(Kpi::PartialRatio, 1, 3).as_deref(), Some("33.3333"));
        assert_eq!(value(Kpi::TaskDuration, 90, 1).as_deref(), Some("1.5"));
        assert_eq!(value(Kpi::CycleTime, 5_400, 1).as_deref(), Some("1.5"));
        assert_eq!(value(Kpi::LinesPerHour, 10, 1_800).as_deref(), Some("20"));
        assert_eq!(value(Kpi::LinesPerDocument, 5, 2).as_deref(), Some("2.5"));
    }

    #[test]
    fn without_a_denominator_a_ratio_is_unknown_and_not_zero() {
        assert_eq!(value(Kpi::PartialRatio, 0, 0), None);
        assert_eq!(value(Kpi::LinesPerHour, 3, 0), None);
    }

    #[test]
    fn every_figure_is_named_once_and_found_by_its_word() {
        for kpi in Kpi::ALL {
            assert_eq!(kpi.as_str().parse(), Ok(kpi));
            let json = serde_json::to_value(kpi).unwrap();
            assert_eq!(json, kpi.as_str());
            assert!(!kpi.definition().formula.is_empty());
        }
        let words: std::collections::BTreeSet<_> = Kpi::ALL.map(Kpi::as_str).into();
        assert_eq!(words.len(), Kpi::ALL.len());
    }
}
