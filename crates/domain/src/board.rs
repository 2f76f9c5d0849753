//! What a TV shows. Admin and the API return the same figures from the same query.

use crate::connection::{Health, Undelivered};
use crate::forecast::Outlook;
use crate::kpi::KpiFigure;
use crate::shift::ShiftDay;
use crate::{UserId, WarehouseId};
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// The shift board of one warehouse for the site's current day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShiftBoard {
    /// Site.
    pub warehouse_id: WarehouseId,
    /// The site's name.
    pub warehouse: String,
    /// IANA name; every time on the board is shown in it.
    pub time_zone: String,
    /// The site's offset from UTC now, minutes.
    pub utc_offset_minutes: i32,
    /// The instant the figures were read.
    pub as_of: DateTime<Utc>,
    /// The site's current day.
    pub day: NaiveDate,
    /// Today's shifts; several may overlap.
    pub shifts: Vec<ShiftDay>,
    /// Figures of the day.
    pub figures: BoardFigures,
    /// Who did most today, best first, at most ten.
    pub leaderboard: Vec<LeaderRow>,
    /// Lines picked per hour of the site's day, only hours with work.
    pub hours: Vec<HourRow>,
}

/// The figures of a day. Each is defined once, in the query behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoardFigures {
    /// Lines with a positive net picked quantity today.
    pub lines_picked: i64,
    /// Net quantity picked today, over all units.
    pub quantity_picked: Decimal,
    /// Dispatches with floor work that nobody finished yet.
    pub documents_open: i64,
    /// Dispatches finished short today.
    pub documents_partial: i64,
    /// Dispatches finished in full today.
    pub documents_done: i64,
    /// Lines on dispatches and receipts of the last seven days that exist in our catalogue and warehouse.
    pub coverage_lines_wms: i64,
    /// All lines on dispatches and receipts of the last seven days.
    pub coverage_lines_erp: i64,
}

impl BoardFigures {
    /// WMS/ERP coverage in tenths of a percent, half up; none without lines.
    pub fn coverage_per_mille(&self) -> Option<i64> {
        let (known, all) = (self.coverage_lines_wms, self.coverage_lines_erp);
        (all > 0).then(|| (known * 1000 + all / 2) / all)
    }
}

/// One worker's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeaderRow {
    /// The worker; none on a screen that must not tell who.
    pub user_id: Option<UserId>,
    /// The worker's name, or the place where a screen must not tell it.
    pub name: String,
    /// The worker's team.
    pub team: Option<String>,
    /// Lines with a positive net picked quantity.
    pub lines: i64,
    /// Net quantity.
    pub quantity: Decimal,
}

/// One hour of the site's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct HourRow {
    /// 0–23 in site time.
    pub hour: i32,
    /// Lines picked in that hour.
    pub lines: i64,
}

/// Where and when a board was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardSite {
    /// Site.
    pub warehouse_id: WarehouseId,
    /// The site's name.
    pub warehouse: String,
    /// The site's offset from UTC now, minutes.
    pub utc_offset_minutes: i32,
    /// The instant the figures were read.
    pub as_of: DateTime<Utc>,
    /// The site's current day.
    pub day: NaiveDate,
}

/// The shift board with what the handheld does not need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftView {
    /// The board.
    pub board: ShiftBoard,
    /// Teams by lines, best first.
    pub teams: Vec<TeamRow>,
    /// Whether the site finishes in time, then its teams.
    pub outlooks: Vec<Outlook>,
    /// Urgent tasks that are not done.
    #[serde(default)]
    pub urgent: i64,
}

/// One team's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamRow {
    /// The team's name.
    pub name: String,
    /// Lines its people worked on.
    pub lines: i64,
    /// Net quantity.
    pub quantity: Decimal,
    /// The same lines by the shift they were done in, by name.
    #[serde(default)]
    pub shifts: Vec<ShiftLines>,
}

/// What was done in one shift.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftLines {
    /// The shift's name.
    pub shift: String,
    /// Lines.
    pub lines: i64,
}

/// One part of a chart, with a value for each step of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Shift or team.
    pub name: String,
    /// One per step; a step without work is zero.
    pub values: Vec<i64>,
}

/// Lines by day and by week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThroughputBoard {
    /// Where and when.
    pub site: BoardSite,
    /// The last days, oldest first.
    pub days: Vec<NaiveDate>,
    /// The Mondays of the last weeks, oldest first.
    pub weeks: Vec<NaiveDate>,
    /// Lines of those days by shift.
    pub days_by_shift: Vec<Series>,
    /// Lines of those days by team.
    pub days_by_team: Vec<Series>,
    /// Lines of those weeks by shift.
    pub weeks_by_shift: Vec<Series>,
    /// Lines of those weeks by team.
    pub weeks_by_team: Vec<Series>,
}

/// How well the work was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualityBoard {
    /// Where and when.
    pub site: BoardSite,
    /// Figures of dispatches and receipts today.
    pub today: Vec<KpiFigure>,
    /// The same of the last seven days.
    pub week: Vec<KpiFigure>,
    /// The last days, oldest first.
    pub days: Vec<NaiveDate>,
    /// Documents finished short in tenths of a percent, a day each; none without documents.
    pub partial: Vec<Option<i64>>,
    /// Seconds of work per document, a day each; none without documents.
    pub duration: Vec<Option<i64>>,
}

/// How the site's upstream systems are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionsBoard {
    /// Where and when.
    pub site: BoardSite,
    /// By name.
    pub connections: Vec<ConnectionLight>,
}

/// One upstream system, as a screen may show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionLight {
    /// Chosen by the admin.
    pub name: String,
    /// Whether it can be relied on.
    pub health: Health,
    /// Last call that succeeded.
    pub last_ok_at: Option<DateTime<Utc>>,
    /// When documents were last read.
    pub documents_at: Option<DateTime<Utc>>,
    /// When the catalogue was last read.
    pub items_at: Option<DateTime<Utc>>,
    /// Whether the last sync of anything failed.
    pub failed: bool,
    /// Results that do not get through to it.
    #[serde(default)]
    pub undelivered: Option<Undelivered>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(known: i64, all: i64) -> Option<i64> {
        let figures = BoardFigures {
            lines_picked: 0,
            quantity_picked: Decimal::ZERO,
            documents_open: 0,
            documents_partial: 0,
            documents_done: 0,
            coverage_lines_wms: known,
            coverage_lines_erp: all,
        };
        figures.coverage_per_mille()
    }

    #[test]
    fn coverage_is_rounded_half_up() {
        assert_eq!(covered(4_970, 6_441), Some(772));
        assert_eq!(covered(1, 16), Some(63), "6.25 % is half way");
        assert_eq!(covered(1, 3), Some(333));
        assert_eq!(covered(6_441, 6_441), Some(1_000));
        assert_eq!(covered(0, 0), None);
    }
}
