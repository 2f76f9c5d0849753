//! What the figures mean. How each is summed stands once, in `store::kpis`; here is what people read
//! about it, and how a value follows from numerator and denominator.

mod period;
mod piece;
mod report;

pub use period::{By, MOST_DAYS, Period, Span, UnknownPeriod};
pub use piece::{Grain, Piece};
pub use report::{Fraction, KpiFigure, KpiFilter, KpiGroup, KpiReport, KpiRow, Ranges, Scope};

use crate::word;
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

/// How a value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Unit {
    /// A whole number.
    Count,
    /// A decimal over all units of measure.
    Quantity,
    /// Of a hundred.
    Percent,
    /// Minutes; the numerator is seconds.
    Minutes,
    /// Hours; the numerator is seconds.
    Hours,
    /// So many in an hour; the denominator is seconds.
    PerHour,
    /// So many for each.
    Each,
}

/// What rows a figure is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowKind {
    /// Acts of people.
    Acts,
    /// Finished documents.
    Finished,
    /// Documents by the day they are due.
    Due,
    /// Settled counts.
    Counts,
}

/// What people read about a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// Its name.
    pub label: &'static str,
    /// Numerator and denominator in words.
    pub formula: &'static str,
    /// What is left out.
    pub exclusions: &'static str,
    /// How its value is written.
    pub unit: Unit,
    /// Whether more is better; none for a profile.
    pub more_is_better: Option<bool>,
    /// What it is made of.
    pub rows: RowKind,
}

/// A word that names no figure.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown figure '{0}'")]
pub struct UnknownKpi(pub String);

const ACTS: &str = word!("Refused acts, corrections by the office and test documents.");
const DOCUMENTS: &str =
    word!("Cancelled and test documents, and documents without a warehouse of ours.");
const DUE: &str = word!(
    "Cancelled and test documents, days to come; asked for one team, shift or person it is unknown."
);

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

    /// What people read about it.
    pub fn definition(self) -> Definition {
        self.of_acts()
            .or_else(|| self.of_documents())
            .or_else(|| self.of_counts())
            .unwrap_or_else(|| self.of_shortages())
    }

    fn of_acts(self) -> Option<Definition> {
        let define = |label, formula, unit, better| {
            Some(Definition {
                label,
                formula,
                exclusions: ACTS,
                unit,
                more_is_better: better,
                rows: RowKind::Acts,
            })
        };
        match self {
            Self::Lines => define(
                word!("Lines"),
                word!(
                    "Lines with a positive net quantity, day by day. Once for the site; a line two people worked on counts for each of them."
                ),
                Unit::Count,
                Some(true),
            ),
            Self::Quantity => define(
                word!("Quantity"),
                word!("Quantity picked and received, less what was taken back, over all units."),
                Unit::Quantity,
                Some(true),
            ),
            Self::QuantityPerLine => define(
                word!("Quantity per line"),
                word!("Net quantity / lines."),
                Unit::Each,
                None,
            ),
            Self::TakenBack => define(
                word!("Picks taken back"),
                word!("Picks taken back / picks."),
                Unit::Percent,
                Some(false),
            ),
            _ => None,
        }
    }

    fn of_documents(self) -> Option<Definition> {
        let define = |label, formula, unit, better, rows| {
            let exclusions = if rows == RowKind::Due { DUE } else { DOCUMENTS };
            Some(Definition {
                label,
                formula,
                exclusions,
                unit,
                more_is_better: better,
                rows,
            })
        };
        let (finished, due) = (RowKind::Finished, RowKind::Due);
        match self {
            Self::Documents => define(
                word!("Documents"),
                word!("Documents finished, in full or short."),
                Unit::Count,
                Some(true),
                finished,
            ),
            Self::DocumentsPerDay => define(
                word!("Documents per day"),
                word!(
                    "Documents finished / days of the period up to today, those without work included."
                ),
                Unit::Each,
                Some(true),
                finished,
            ),
            Self::DocumentsPerHour => define(
                word!("Documents per task hour"),
                word!(
                    "Documents finished whose work has a beginning / hours of work on them. Task time, not paid hours."
                ),
                Unit::PerHour,
                Some(true),
                finished,
            ),
            Self::PartialRatio => define(
                word!("Finished short"),
                word!("Documents finished with a line not in full / documents finished."),
                Unit::Percent,
                Some(false),
                finished,
            ),
            Self::OrderFill => define(
                word!("Order fill"),
                word!("Documents finished in full / documents finished."),
                Unit::Percent,
                Some(true),
                finished,
            ),
            Self::LineFill => define(
                word!("Line fill"),
                word!("Lines done in full / floor lines of finished documents."),
                Unit::Percent,
                Some(true),
                finished,
            ),
            Self::UnitFill => define(
                word!("Unit fill"),
                word!(
                    "Quantity done, of each line no more than it asks for / quantity asked for, on floor lines of finished documents."
                ),
                Unit::Percent,
                Some(true),
                finished,
            ),
            Self::OnTime => define(
                word!("On time"),
                word!(
                    "Documents finished by the end of the day on them / documents of that day with floor work."
                ),
                Unit::Percent,
                Some(true),
                due,
            ),
            Self::Coverage => define(
                word!("WMS / ERP"),
                word!(
                    "Document lines that exist in our catalogue and warehouse / all lines on the ERP's documents of the day."
                ),
                Unit::Percent,
                Some(true),
                due,
            ),
            Self::TaskDuration => define(
                word!("Task duration"),
                word!(
                    "Time between acts from the beginning of work to its end, gaps over 15 minutes left out / documents finished."
                ),
                Unit::Minutes,
                Some(false),
                finished,
            ),
            Self::IdleTime => define(
                word!("Idle per task"),
                word!("Gaps over 15 minutes between acts, breaks included / documents finished."),
                Unit::Minutes,
                Some(false),
                finished,
            ),
            Self::CycleTime => define(
                word!("Cycle time"),
                word!("Time from first read from the ERP to finished / documents finished."),
                Unit::Hours,
                Some(false),
                finished,
            ),
            Self::LinesPerHour => define(
                word!("Lines per task hour"),
                word!(
                    "Lines done in full on finished documents / hours of work on them. Task time, not paid hours."
                ),
                Unit::PerHour,
                Some(true),
                finished,
            ),
            Self::LinesPerDocument => define(
                word!("Lines per document"),
                word!("Floor lines / documents, of finished documents."),
                Unit::Each,
                None,
                finished,
            ),
            _ => None,
        }
    }

    fn of_counts(self) -> Option<Definition> {
        (self == Self::CountAccuracy).then_some(Definition {
            label: word!("Count accuracy"),
            formula: word!(
                "Counts that found what was on record / counts settled, each an item on a location."
            ),
            exclusions: word!(
                "Counts that wait. Asked for one kind, team, shift or person, and by part, it is unknown."
            ),
            unit: Unit::Percent,
            more_is_better: Some(true),
            rows: RowKind::Counts,
        })
    }

    fn of_shortages(self) -> Definition {
        let (label, formula) = match self {
            Self::ShortNotInStock => (
                word!("Not in stock"),
                word!("Shortage reports \"not in stock\" that stand."),
            ),
            Self::ShortDamaged => (
                word!("Damaged"),
                word!("Shortage reports \"damaged\" that stand."),
            ),
            Self::ShortNotFound => (
                word!("Not found"),
                word!("Shortage reports \"not found\" that stand."),
            ),
            Self::ShortWrongItem => (
                word!("Wrong item"),
                word!("Shortage reports \"wrong item\" that stand."),
            ),
            Self::ShortOther => (
                word!("Other"),
                word!("Shortage reports for another reason that stand."),
            ),
            _ => (
                word!("Shortages"),
                word!("Shortage reports, less those taken back."),
            ),
        };
        Definition {
            label,
            formula,
            exclusions: ACTS,
            unit: Unit::Count,
            more_is_better: Some(false),
            rows: RowKind::Acts,
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
