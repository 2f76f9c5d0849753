//! "Will we finish?": what is left against the pace of the last hours and the time left.

use crate::document::DocumentKind;
use crate::shift::ShiftDay;
use crate::{DocumentId, TaskId, TeamId, WarehouseId};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How far back the pace is measured, minutes.
pub const PACE_WINDOW: i64 = 120;
/// The most documents a forecast names.
pub const MOST_DOCUMENTS: usize = 100;
/// Fewer minutes of work say nothing about the pace.
const ENOUGH: i64 = 10;

/// Whether the work will be done in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict", content = "minutes")]
pub enum Verdict {
    /// Nothing is left.
    Nothing,
    /// Done before the shift ends, with so many minutes to spare.
    InTime(i64),
    /// Done so many minutes of work after the shift's end.
    Late(i64),
    /// Nobody worked long enough today to tell.
    NoPace,
}

/// Lines done in so many minutes of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Lines with a positive net quantity.
    pub lines: i64,
    /// Minutes of work they took, breaks left out.
    pub minutes: i64,
}

impl Pace {
    /// Lines per hour of work; none when too little was seen.
    pub fn per_hour(self) -> Option<i64> {
        self.is_known().then(|| self.lines * 60 / self.minutes)
    }

    /// Minutes of work for so many lines, rounded up; none when too little was seen.
    pub fn minutes_for(self, lines: i64) -> Option<i64> {
        self.is_known()
            .then(|| (lines * self.minutes + self.lines - 1) / self.lines)
    }

    fn is_known(self) -> bool {
        self.lines > 0 && self.minutes >= ENOUGH
    }
}

/// The outlook of a team, or of a whole site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// Site.
    pub warehouse_id: WarehouseId,
    /// The team; none is the whole site.
    pub team_id: Option<TeamId>,
    /// Shown to people.
    pub name: String,
    /// Open and claimed tasks.
    pub tasks: i64,
    /// Lines that are still to be handled.
    pub remaining: i64,
    /// What the last hours showed.
    pub pace: Pace,
    /// When the work has to be done: the shift's end; none without a shift today.
    pub ends_at: Option<DateTime<Utc>>,
    /// Minutes of work until then.
    pub minutes_left: i64,
    /// When it will be done at this pace; of a site, not before the last of its teams.
    pub eta_at: Option<DateTime<Utc>>,
    /// Whether that is in time.
    pub verdict: Verdict,
}

/// When one document will be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentOutlook {
    /// Its task.
    pub task_id: TaskId,
    /// The document.
    pub document_id: DocumentId,
    /// Which way the goods go.
    pub kind: DocumentKind,
    /// The ERP's number.
    pub number: String,
    /// Who has it.
    pub holder: Option<String>,
    /// Lines that are still to be handled.
    pub remaining: i64,
    /// Done by then, after everything that goes before it; none without a pace.
    pub eta_at: Option<DateTime<Utc>>,
    /// To be done by: its due time, else the end of its day, or of the shift if that is earlier.
    pub wanted_at: Option<DateTime<Utc>>,
    /// Will be, or is already, later than wanted.
    pub late: bool,
}

/// The outlook of the caller's sites.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// Each site, followed by its teams.
    pub outlooks: Vec<Outlook>,
    /// The documents in the queue, late ones first.
    pub documents: Vec<DocumentOutlook>,
}

impl Forecast {
    /// The outlooks by site: the site itself, followed by its teams.
    pub fn sites(&self) -> impl Iterator<Item = &[Outlook]> {
        self.outlooks
            .chunk_by(|one, next| one.warehouse_id == next.warehouse_id)
    }
}

/// Lines of a site that no team has, from its outlook and those of its teams; with them the teams make up the site.
pub fn without_team(site: &[Outlook]) -> i64 {
    let (teams, whole): (Vec<&Outlook>, Vec<&Outlook>) =
        site.iter().partition(|outlook| outlook.team_id.is_some());
    let lines = |some: &[&Outlook]| some.iter().map(|outlook| outlook.remaining).sum::<i64>();
    lines(&whole) - lines(&teams)
}

/// What is known of a team or site before anything is computed.
#[derive(Debug, Clone)]
pub struct Workload {
    /// Site.
    pub warehouse_id: WarehouseId,
    /// The team; none is the whole site.
    pub team_id: Option<TeamId>,
    /// Shown to people.
    pub name: String,
    /// Open and claimed tasks.
    pub tasks: i64,
    /// Lines that are still to be handled.
    pub remaining: i64,
    /// Lines done within [`PACE_WINDOW`].
    pub lines_done: i64,
    /// Its shift today.
    pub shift: Option<ShiftDay>,
}

impl Workload {
    /// The outlook at an instant.
    pub fn outlook(&self, now: DateTime<Utc>) -> Outlook {
        let from = now - TimeDelta::minutes(PACE_WINDOW);
        let shift = self.shift.as_ref();
        let minutes = shift.map_or(0, |shift| shift.working_minutes(from, now));
        let left = shift.map_or(0, |shift| shift.working_minutes(now, shift.ends_at));
        let pace = Pace {
            lines: self.lines_done,
            minutes,
        };
        Outlook {
            warehouse_id: self.warehouse_id,
            team_id: self.team_id,
            name: self.name.clone(),
            tasks: self.tasks,
            remaining: self.remaining,
            pace,
            ends_at: shift.map(|shift| shift.ends_at),
            minutes_left: left,
            eta_at: self.eta(pace, self.remaining, now),
            verdict: verdict(self.remaining, pace, left),
        }
    }

    /// When so many lines will be done at this pace.
    pub fn eta(&self, pace: Pace, lines: i64, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let minutes = pace.minutes_for(lines)?;
        Some(self.shift.as_ref()?.after_working(now, minutes))
    }

    /// Puts the outlook of this site off until the last of its teams is done. What a team has that showed no pace yet
    /// is in the site's own outlook, at the pace of all.
    fn wait_for(&self, site: &mut Outlook, teams: &[Outlook], now: DateTime<Utc>) {
        let busy = teams.iter().filter(|team| team.remaining > 0);
        let last = busy.filter_map(|team| team.eta_at).max();
        if let (Some(own), Some(last), Some(shift)) = (site.eta_at, last, &self.shift)
            && last > own
        {
            site.eta_at = Some(last);
            site.verdict = in_time(shift.minutes_to(now, last), site.minutes_left);
        }
    }
}

/// The outlook of a site, then of its teams, from what is known of them in that order. A site is done when
/// its last team is, however fast the others are.
pub fn outlooks(loads: &[Workload], now: DateTime<Utc>) -> Vec<Outlook> {
    let mut outlooks: Vec<Outlook> = loads.iter().map(|load| load.outlook(now)).collect();
    if let (Some(load), Some((site, teams))) = (loads.first(), outlooks.split_first_mut()) {
        load.wait_for(site, teams, now);
    }
    outlooks
}

fn verdict(remaining: i64, pace: Pace, left: i64) -> Verdict {
    if remaining <= 0 {
        return Verdict::Nothing;
    }
    match pace.minutes_for(remaining) {
        Some(needed) => in_time(needed, left),
        None => Verdict::NoPace,
    }
}

fn in_time(needed: i64, left: i64) -> Verdict {
    if needed <= left {
        Verdict::InTime(left - needed)
    } else {
        Verdict::Late(needed - left)
    }
}

/// One shift around all of a site's: people of one work while those of another rest, so no break.
pub fn whole_day(shifts: &[ShiftDay]) -> Option<ShiftDay> {
    if let [only] = shifts {
        return Some(only.clone());
    }
    Some(ShiftDay {
        name: String::new(),
        starts_at: shifts.iter().map(|shift| shift.starts_at).min()?,
        ends_at: shifts.iter().map(|shift| shift.ends_at).max()?,
        break_starts_at: None,
        break_ends_at: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        format!("2026-11-20T{text}:00Z").parse().unwrap()
    }

    fn load(remaining: i64, lines_done: i64) -> Workload {
        Workload {
            warehouse_id: WarehouseId(1),
            team_id: Some(TeamId(1)),
            name: "Alfa".into(),
            tasks: 3,
            remaining,
            lines_done,
            shift: Some(ShiftDay {
                name: "A".into(),
                starts_at: at("07:00"),
                ends_at: at("14:00"),
                break_starts_at: Some(at("09:00")),
                break_ends_at: Some(at("09:30")),
            }),
        }
    }

    #[test]
    fn a_site_is_its_teams_and_what_no_team_has() {
        let now = at("10:00");
        let of = |team: Option<i64>, remaining| {
            let mut load = load(remaining, 45);
            load.team_id = team.map(TeamId);
            load.outlook(now)
        };
        let mut forecast = Forecast {
            outlooks: vec![of(None, 100), of(Some(1), 60), of(Some(2), 15)],
            ..Forecast::default()
        };
        let mut elsewhere = of(None, 7);
        elsewhere.warehouse_id = WarehouseId(2);
        forecast.outlooks.push(elsewhere);
        let left: Vec<i64> = forecast.sites().map(without_team).collect();
        assert_eq!(left, [25, 7]);
    }

    #[test]
    fn the_break_slows_nobody_down() {
        // 08:00 to 10:00 holds ninety minutes of work: 45 lines are 30 an hour, not 22.
        let outlook = load(60, 45).outlook(at("10:00"));
        assert_eq!(outlook.pace.per_hour(), Some(30));
        assert_eq!(outlook.minutes_left, 240);
        assert_eq!(outlook.verdict, Verdict::InTime(120));
        assert_eq!(outlook.eta_at, Some(at("12:00")));
    }

    #[test]
    fn more_than_fits_into_the_shift_is_late_by_the_work_that_is_over() {
        let outlook = load(150, 45).outlook(at("10:00"));
        assert_eq!(outlook.verdict, Verdict::Late(60));
        assert_eq!(outlook.eta_at, Some(at("15:00")));
    }

    fn site(remaining: i64, lines_done: i64) -> Workload {
        Workload {
            team_id: None,
            ..load(remaining, lines_done)
        }
    }

    #[test]
    fn a_site_is_done_when_its_last_team_is() {
        // Together sixty lines an hour would be done at one; the team with 150 has thirty an hour.
        let told = outlooks(&[site(180, 90), load(150, 45), load(30, 45)], at("10:00"));
        assert_eq!(told[0].pace.per_hour(), Some(60));
        assert_eq!(told[0].eta_at, Some(at("15:00")));
        assert_eq!(told[0].verdict, Verdict::Late(60));
        assert_eq!(told[1].eta_at, Some(at("15:00")));
        assert_eq!(told[2].eta_at, Some(at("11:00")));
        // What no team has takes the site longer than any team.
        let told = outlooks(&[site(120, 45), load(30, 45)], at("10:00"));
        assert_eq!(told[0].eta_at, Some(at("14:00")));
        assert_eq!(told[0].verdict, Verdict::InTime(0));
    }

    #[test]
    fn what_a_team_has_that_did_not_begin_yet_counts_at_the_pace_of_its_site() {
        let told = outlooks(&[site(60, 45), load(30, 45), load(30, 0)], at("10:00"));
        assert_eq!(told[0].eta_at, Some(at("12:00")));
        assert_eq!(told[1].eta_at, Some(at("11:00")));
        assert_eq!(told[2].verdict, Verdict::NoPace);
        let told = outlooks(&[site(60, 0), load(60, 0)], at("10:00"));
        assert_eq!(told[0].verdict, Verdict::NoPace);
        let told = outlooks(&[site(0, 45), load(0, 45)], at("10:00"));
        assert_eq!(told[0].verdict, Verdict::Nothing);
    }

    #[test]
    fn a_morning_without_work_yet_promises_nothing() {
        assert_eq!(load(5, 0).outlook(at("07:05")).verdict, Verdict::NoPace);
        assert_eq!(load(5, 3).outlook(at("07:05")).verdict, Verdict::NoPace);
        assert_eq!(load(0, 0).outlook(at("07:05")).verdict, Verdict::Nothing);
    }
}
