//! Who works when: shifts, teams, and single days that differ.

use crate::{ShiftId, TeamId, UserId, WarehouseId};
use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};

/// A shift as it is every day, in site time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShiftPlan {
    /// Identity; none for a new one.
    pub id: Option<ShiftId>,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Shown to people.
    pub name: String,
    /// Work begins.
    pub starts: NaiveTime,
    /// Work ends, on the same day.
    pub ends: NaiveTime,
    /// Break, if any: from and to.
    pub pause: Option<(NaiveTime, NaiveTime)>,
}

/// Why a shift cannot be like that. Each has one sentence for the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShiftFault {
    /// Nobody could call it anything.
    #[error("Give the shift a name of at most 40 characters.")]
    Name,
    /// It ends before it begins.
    #[error("A shift ends after it starts, on the same day.")]
    Hours,
    /// The break ends before it begins.
    #[error("The break ends after it starts.")]
    Break,
    /// The break is not within the shift.
    #[error("The break lies within the shift.")]
    BreakOutside,
}

impl ShiftPlan {
    /// Whether it can be like that.
    pub fn check(&self) -> Result<(), ShiftFault> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 40 {
            return Err(ShiftFault::Name);
        }
        if self.ends <= self.starts {
            return Err(ShiftFault::Hours);
        }
        match self.pause {
            Some((from, to)) if to <= from => Err(ShiftFault::Break),
            Some((from, to)) if from <= self.starts || to >= self.ends => {
                Err(ShiftFault::BreakOutside)
            }
            _ => Ok(()),
        }
    }
}

/// A person of a team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub user_id: UserId,
    /// What is typed at the sign-in.
    pub login: String,
    /// Shown to people.
    pub name: String,
    /// The team.
    pub team_id: Option<TeamId>,
}

/// A team with its people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamPlan {
    /// Identity; none for a new one.
    pub id: Option<TeamId>,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Shown to people.
    pub name: String,
    /// The usual shift.
    pub shift_id: Option<ShiftId>,
    /// Who belongs to it.
    pub members: Vec<UserId>,
}

/// Shifts, teams and workers of the caller's sites.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// By site and start.
    pub shifts: Vec<ShiftPlan>,
    /// By name.
    pub teams: Vec<TeamPlan>,
    /// Workers by name, whatever their team.
    pub workers: Vec<Member>,
}

/// What a day is for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "day", content = "shift")]
pub enum RosterChoice {
    /// As the team works.
    Usual,
    /// Not at work.
    Off,
    /// At work in that shift.
    Shift(ShiftId),
}

/// A person's day as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RosterDay {
    /// The shift worked; none is not at work.
    pub shift_id: Option<ShiftId>,
    /// Somebody decided it for this day.
    pub decided: bool,
}

/// A person's week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RosterRow {
    /// Who.
    pub user_id: UserId,
    /// Shown to people.
    pub name: String,
    /// Team of the person.
    pub team_name: Option<String>,
    /// Monday to Sunday.
    pub days: Vec<RosterDay>,
}

/// A site's week.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RosterWeek {
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Its Monday.
    pub monday: NaiveDate,
    /// The site's current day.
    pub today: NaiveDate,
    /// People by team and name.
    pub people: Vec<RosterRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    fn shift(starts: u32, ends: u32, pause: Option<(u32, u32)>) -> ShiftPlan {
        ShiftPlan {
            id: None,
            warehouse_id: WarehouseId(1),
            name: "A".into(),
            starts: time(starts, 0),
            ends: time(ends, 0),
            pause: pause.map(|(from, to)| (time(from, 0), time(to, 30))),
        }
    }

    #[test]
    fn a_shift_needs_hours_that_follow_each_other_and_a_break_within() {
        assert_eq!(shift(8, 15, Some((10, 10))).check(), Ok(()));
        assert_eq!(shift(8, 15, None).check(), Ok(()));
        assert_eq!(shift(15, 8, None).check(), Err(ShiftFault::Hours));
        assert_eq!(shift(8, 15, Some((12, 11))).check(), Err(ShiftFault::Break));
        assert_eq!(
            shift(8, 15, Some((15, 15))).check(),
            Err(ShiftFault::BreakOutside)
        );
        let nameless = ShiftPlan {
            name: " ".into(),
            ..shift(8, 15, None)
        };
        assert_eq!(nameless.check(), Err(ShiftFault::Name));
    }
}
