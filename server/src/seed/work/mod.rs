//! What the demo's people did until now: the demo shows a warehouse that has been running.
//!
//! Days gone by are finished but for a few documents, today is done as far as the clock says. Every
//! act goes through `operations`, as if a handheld had sent it at its time.

mod act;
mod plan;

use super::people::{LEAD, demo_caller};
use super::{Error, Site};
use act::Hands;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use domain::TeamId;
use domain::task::{TaskState, TaskSummary};
use domain::user::Caller;
use plan::{Hours, Stint};
use std::collections::BTreeMap;
use store::Store;

/// When documents of a day are taken to have been read, in site time.
const READ_AT: Option<NaiveTime> = NaiveTime::from_hms_opt(6, 30, 0);
const PAGE: i64 = 200;

/// What was done.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Worked {
    /// Finished documents.
    pub finished: usize,
    /// Accepted acts of workers.
    pub acts: usize,
}

impl Worked {
    fn and(self, more: Self) -> Self {
        Self {
            finished: self.finished + more.finished,
            acts: self.acts + more.acts,
        }
    }
}

/// Somebody who works in the demo.
struct Hand {
    caller: Caller,
    team: Option<TeamId>,
    hours: Hours,
}

/// Lets the demo's people do their work up to `now`. Where somebody worked today already, today is
/// left to whoever tries the demo.
pub async fn demo_work(store: &Store, site: Site, now: DateTime<Utc>) -> Result<Worked, Error> {
    let first = once(store, site, now).await?;
    // Items that were looked up meanwhile made more documents work.
    let second = once(store, site, now).await?;
    Ok(first.and(second))
}

async fn once(store: &Store, site: Site, now: DateTime<Utc>) -> Result<Worked, Error> {
    let lead = demo_caller(store, LEAD).await?;
    let hands = hands(store, &lead).await?;
    let board = store::boards::shift(store, &lead, site.warehouse, now).await?;
    let zone: Tz = board.time_zone.parse().map_err(|_| {
        Error::Incomplete(format!("the time zone {} is not known", board.time_zone))
    })?;
    let (today, begun) = (board.day, !board.hours.is_empty());
    let read_at = READ_AT.unwrap_or_default();
    operations::documents::backdate(store, site.company, site.warehouse, read_at, now).await?;
    let mut stints: Vec<Vec<Stint>> = hands.iter().map(|_| Vec::new()).collect();
    for (day, tasks) in by_day(store, &lead, today).await? {
        if day == today && begun {
            continue;
        }
        let hours: Vec<Hours> = hands.iter().map(|hand| hand.hours).collect();
        for (own, more) in stints
            .iter_mut()
            .zip(plan::day(day, &tasks, &hours, zone, today))
        {
            own.extend(more);
        }
    }
    let working = hands.iter().zip(stints).map(|(hand, stints)| {
        let hands = Hands {
            store,
            lead: &lead,
            worker: &hand.caller,
            team: hand.team,
            now,
        };
        async move { hands.work(&stints).await }
    });
    let done = futures::future::try_join_all(working).await?;
    Ok(done.into_iter().fold(Worked::default(), Worked::and))
}

/// The workers of the demo with the usual hours of their teams.
async fn hands(store: &Store, lead: &Caller) -> Result<Vec<Hand>, Error> {
    let staff = operations::teams::staff(store, lead).await?;
    let mut hands = Vec::new();
    for person in super::DEMO_PEOPLE {
        let Some(team) = person.team else { continue };
        let caller = demo_caller(store, person.login).await?;
        let plan = staff.teams.iter().find(|known| known.name == team);
        let shift =
            plan.and_then(|plan| staff.shifts.iter().find(|shift| shift.id == plan.shift_id));
        if let Some(shift) = shift.filter(|shift| shift.id.is_some()) {
            let team = caller.team_id;
            hands.push(Hand {
                caller,
                team,
                hours: Hours::of(shift),
            });
        }
    }
    Ok(hands)
}

/// Work by the day of its document: everything of days gone by, and of today what nobody has.
async fn by_day(
    store: &Store,
    lead: &Caller,
    today: NaiveDate,
) -> Result<BTreeMap<NaiveDate, Vec<TaskSummary>>, Error> {
    let mut days: BTreeMap<NaiveDate, Vec<TaskSummary>> = BTreeMap::new();
    for state in [TaskState::Open, TaskState::Claimed] {
        let mut after = None;
        loop {
            let page = store::tasks::list(store, lead, Some(state), after.as_ref(), PAGE).await?;
            for task in page.rows {
                let free = task.holder().is_none();
                if task.dated_on < today || (task.dated_on == today && free) {
                    days.entry(task.dated_on).or_default().push(task);
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
    }
    for tasks in days.values_mut() {
        tasks.sort_by_key(|task| task.id);
    }
    Ok(days)
}
