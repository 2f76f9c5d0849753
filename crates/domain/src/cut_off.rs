//! Times of a site's day until which dispatches have to be done.

use crate::{CutOffId, WarehouseId, word};
use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

/// The most cut-offs a site has.
pub const MOST_CUT_OFFS: usize = 20;

/// A cut-off as it is every week, in site time. A dispatch that nobody gave a due time is due at the
/// first one after it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CutOff {
    /// Identity; none for a new one.
    pub id: Option<CutOffId>,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Shown to people, such as the courier that leaves then.
    pub name: String,
    /// The time of the day.
    pub closes: NaiveTime,
    /// The days of the week it is on: 1 is Monday, 7 is Sunday.
    pub days: Vec<i16>,
}

impl CutOff {
    /// Whether it can be like that; else a sentence for the screen.
    pub fn check(&self) -> Result<(), &'static str> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 40 {
            return Err(word!("Give the cut-off a name of at most 40 characters."));
        }
        if self.days.is_empty() {
            return Err(word!("Choose at least one day of the week."));
        }
        if !self.days.iter().all(|day| (1..=7).contains(day)) {
            return Err(word!("Days of the week are 1 for Monday to 7 for Sunday."));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_off_has_a_name_and_days_of_the_week() {
        let courier = CutOff {
            id: None,
            warehouse_id: WarehouseId(1),
            name: "Courier".to_owned(),
            closes: NaiveTime::from_hms_opt(12, 0, 0).unwrap(),
            days: vec![1, 2, 3, 4, 5],
        };
        assert_eq!(courier.check(), Ok(()));
        for name in [" ".to_owned(), "x".repeat(41)] {
            let wrong = CutOff {
                name,
                ..courier.clone()
            };
            assert!(wrong.check().is_err());
        }
        for days in [vec![], vec![0], vec![1, 8]] {
            let wrong = CutOff {
                days,
                ..courier.clone()
            };
            assert!(wrong.check().is_err());
        }
    }
}
