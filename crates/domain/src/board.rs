//! What a TV shows. Admin and the API return the same figures from the same query.

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
    /// Dispatch lines of the last seven days that exist in our catalogue and warehouse.
    pub coverage_lines_wms: i64,
    /// All dispatch lines of the last seven days.
    pub coverage_lines_erp: i64,
}

impl BoardFigures {
    /// WMS/ERP coverage in tenths of a percent; none without lines.
    pub fn coverage_per_mille(&self) -> Option<i64> {
        (self.coverage_lines_erp > 0)
            .then(|| self.coverage_lines_wms * 1000 / self.coverage_lines_erp)
    }
}

/// One worker's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeaderRow {
    /// The worker.
    pub user_id: UserId,
    /// The worker's name.
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
