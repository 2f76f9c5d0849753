//! What people read about each figure, and how its value is written.

use super::Kpi;
use crate::word;
use serde::{Deserialize, Serialize};

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

const ACTS: &str = word!("Refused acts, corrections by the office and test documents.");
const DOCUMENTS: &str =
    word!("Cancelled and test documents, and documents without a warehouse of ours.");
const DUE: &str = word!(
    "Cancelled and test documents, days to come; asked for one team, shift or person it is unknown."
);

impl Kpi {
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
}
