//! Places inside a warehouse.

use crate::WarehouseId;
use crate::company::Warehouse;
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// The most locations of a warehouse.
pub const MOST: usize = 5_000;
const LONGEST_CODE: usize = 40;

/// A location as people see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Location {
    /// As on its label.
    pub code: String,
    /// Part of the site; empty when it has none.
    pub zone: String,
    /// Different items that lie there.
    pub items: i64,
    /// How much lies there, over all units.
    pub quantity: Decimal,
    /// Since when it is not suggested, because somebody found it full.
    pub full_since: Option<DateTime<Utc>>,
}

/// The locations of one site, and the sites there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteLocations {
    /// The caller's sites.
    pub sites: Vec<Warehouse>,
    /// The one shown.
    pub site: Option<WarehouseId>,
    /// Its locations in walking order.
    pub rows: Vec<Location>,
}

/// What lies where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocationStock {
    /// Site.
    pub warehouse_code: String,
    /// Location.
    pub location: String,
    /// In the unit of the item.
    pub quantity: Decimal,
}

/// A location as a lead writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LocationPlan {
    /// As on its label; 1 to 40 characters.
    pub code: String,
    /// Part of the site.
    #[serde(default)]
    pub zone: String,
}

/// Why a list of locations cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LocationError {
    /// More than a warehouse has.
    #[error("A warehouse has at most 5,000 locations.")]
    TooMany,
    /// Empty, or longer than a label.
    #[error(
        "Line {line}: a location's code and zone have at most 40 characters, the code at least one."
    )]
    BadCode {
        /// Counted from 1.
        line: usize,
    },
    /// Named twice.
    #[error("Line {line}: {code} is there twice.")]
    Twice {
        /// Counted from 1.
        line: usize,
        /// The code.
        code: String,
    },
}

/// What a scanned code is compared with.
pub fn location_key(code: &str) -> String {
    code.trim().to_uppercase()
}

/// Reads one location a line in walking order, the zone behind a semicolon; empty lines do not count.
pub fn read(text: &str) -> Vec<LocationPlan> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let plan = |line: &str| {
        let (code, zone) = line.split_once(';').unwrap_or((line, ""));
        LocationPlan {
            code: code.trim().to_owned(),
            zone: zone.trim().to_owned(),
        }
    };
    lines.map(plan).collect()
}

/// The same as text.
pub fn write(locations: &[Location]) -> String {
    let line = |location: &Location| match location.zone.as_str() {
        "" => location.code.clone(),
        zone => format!("{};{zone}", location.code),
    };
    locations.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Checks a list: every code once, none empty or too long.
pub fn check(plans: &[LocationPlan]) -> Result<(), LocationError> {
    if plans.len() > MOST {
        return Err(LocationError::TooMany);
    }
    let mut known = HashSet::with_capacity(plans.len());
    for (line, plan) in (1..).zip(plans) {
        let letters = plan.code.trim().chars().count();
        if letters == 0 || letters > LONGEST_CODE || plan.zone.chars().count() > LONGEST_CODE {
            return Err(LocationError::BadCode { line });
        }
        if !known.insert(location_key(&plan.code)) {
            let code = plan.code.clone();
            return Err(LocationError::Twice { line, code });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_in_walking_order_with_its_zones() {
        let plans = read("A-01-01; A\n\n A-01-02 ;A\nRAMP\n");
        let codes: Vec<_> = plans.iter().map(|plan| plan.code.as_str()).collect();
        assert_eq!(codes, ["A-01-01", "A-01-02", "RAMP"]);
        assert_eq!((plans[1].zone.as_str(), plans[2].zone.as_str()), ("A", ""));
        assert_eq!(check(&plans), Ok(()));
    }

    #[test]
    fn a_code_stands_once_whatever_its_case() {
        let twice = check(&read("a-1\nB-1\nA-1"));
        assert_eq!(
            twice,
            Err(LocationError::Twice {
                line: 3,
                code: "A-1".to_owned()
            })
        );
        let empty = check(&read(";A"));
        assert_eq!(empty, Err(LocationError::BadCode { line: 1 }));
    }
}
