//! Questions about figures and their answers.

use super::{By, Kpi, Period, Span};
use crate::document::DocumentKind;
use crate::{DocumentId, ShiftId, TeamId, UserId, WarehouseId};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A numerator, and what it is measured against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fraction {
    /// Above the line.
    pub numerator: Decimal,
    /// Below the line; none for plain counts.
    pub denominator: Option<Decimal>,
}

/// Whose figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// Only this kind of document.
    pub kind: Option<DocumentKind>,
    /// Only this shift.
    pub shift: Option<ShiftId>,
    /// Only this team.
    pub team: Option<TeamId>,
    /// Only this person.
    pub worker: Option<UserId>,
}

impl Scope {
    /// Whether lines count for each person who worked on them.
    pub fn is_personal(self) -> bool {
        self.shift.is_some() || self.team.is_some() || self.worker.is_some()
    }
}

/// Which figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KpiFilter {
    /// Site; none when the caller sees one only.
    pub warehouse: Option<WarehouseId>,
    /// The calendar's period that holds `on`, unless `from` and `to` are given.
    pub period: Option<Period>,
    /// A day of the site; today when left out.
    pub on: Option<NaiveDate>,
    /// First day.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Whose.
    #[serde(flatten)]
    pub scope: Scope,
    /// Broken down by.
    pub by: Option<By>,
}

/// Days to read, and what was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranges {
    /// The days asked for, up to today.
    pub span: Span,
    /// Today at the site.
    pub today: NaiveDate,
}

/// One figure with what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KpiFigure {
    /// Which.
    pub kpi: Kpi,
    /// Above the line, in the units of the definition (seconds for durations).
    pub numerator: Decimal,
    /// Below the line; none for plain counts.
    pub denominator: Option<Decimal>,
    /// What people read; none when there is nothing to measure against.
    pub value: Option<Decimal>,
}

impl KpiFigure {
    /// With its value.
    pub fn new(kpi: Kpi, fraction: Fraction) -> Self {
        Self {
            kpi,
            numerator: fraction.numerator,
            denominator: fraction.denominator,
            value: kpi.value(fraction),
        }
    }
}

/// The figures of one part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KpiGroup {
    /// The part: an id, a day, an hour, a kind; empty for what belongs to none.
    pub key: String,
    /// Shown to people.
    pub name: String,
    /// Its figures.
    pub figures: Vec<KpiFigure>,
}

/// Figures of a site over some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KpiReport {
    /// Site.
    pub warehouse_id: WarehouseId,
    /// First day, in site time.
    pub from: NaiveDate,
    /// Last day, never after today.
    pub to: NaiveDate,
    /// The instant the figures are true for: everything committed before is in them.
    pub as_of: DateTime<Utc>,
    /// The newest change in the days and months they were read from.
    pub changed_at: Option<DateTime<Utc>>,
    /// When documents were last read from the ERP.
    pub synced_at: Option<DateTime<Utc>>,
    /// The only person they are about, when the caller may see no others.
    pub own: bool,
    /// All figures.
    pub figures: Vec<KpiFigure>,
    /// The same, broken down.
    pub groups: Vec<KpiGroup>,
}

impl KpiReport {
    /// One of them.
    pub fn figure(&self, kpi: Kpi) -> Option<&KpiFigure> {
        self.figures.iter().find(|figure| figure.kpi == kpi)
    }
}

/// One row that a figure is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KpiRow {
    /// Names the row within its list.
    pub id: i64,
    /// When it counts.
    pub at: DateTime<Utc>,
    /// The document; none for a count.
    pub document_id: Option<DocumentId>,
    /// Which way its goods go; none for a count.
    pub kind: Option<DocumentKind>,
    /// The ERP's number, or the location that was counted.
    pub number: String,
    /// The item worked on or counted, or the document's state.
    pub detail: String,
    /// Whom it counts for.
    pub worker: Option<String>,
    /// What it adds above the line.
    pub numerator: Decimal,
    /// What it adds below the line.
    pub denominator: Option<Decimal>,
}
