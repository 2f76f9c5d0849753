//! Teams, shifts and rosters.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, NaiveDate, Utc};
use domain::live::Topic;
use domain::permission::Permission;
use domain::roster::{RosterChoice, ShiftPlan, Staff, TeamPlan};
use domain::user::Caller;
use domain::{ShiftId, TeamId, UserId, WarehouseId};
use serde_json::json;
use store::{Scope, Store, Tx};

/// The most people a team has.
const LARGEST_TEAM: usize = 100;

/// Shifts, teams and workers of the caller's sites.
pub async fn staff(store: &Store, caller: &Caller) -> Result<Staff> {
    require(caller, Permission::AssignTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    read(&mut tx, caller).await
}

async fn read(tx: &mut Tx, caller: &Caller) -> Result<Staff> {
    Ok(Staff {
        shifts: store::shifts::list(tx, caller).await?,
        teams: store::teams::plans(tx, caller).await?,
        workers: store::teams::workers(tx, caller).await?,
    })
}

/// Adds a shift or changes its name, hours and break.
pub async fn save_shift(
    store: &Store,
    caller: &Caller,
    shift: &ShiftPlan,
    now: DateTime<Utc>,
) -> Result<ShiftId> {
    let mut tx = begin(store, caller, shift.warehouse_id).await?;
    shift
        .check()
        .map_err(|fault| Error::Invalid(fault.to_string()))?;
    let before = store::shifts::list(&mut tx, caller).await?;
    let before = before
        .iter()
        .find(|known| known.id.is_some() && known.id == shift.id);
    let saved = store::shifts::save(&mut tx, caller.company_id, shift).await;
    let id = saved.map_err(|error| taken(error, "There is a shift of this name already."))?;
    let facts = json!({ "before": before.map(hours), "after": hours(shift) });
    audit::by_person(&mut tx, caller, "SHIFT_SAVED", &shift.name, facts, now).await?;
    finish(tx, caller, shift.warehouse_id, "shift_saved").await?;
    Ok(id)
}

fn hours(shift: &ShiftPlan) -> String {
    let time = |time: chrono::NaiveTime| time.format("%H:%M").to_string();
    let pause = shift.pause.map_or_else(String::new, |(from, to)| {
        format!(", break {}–{}", time(from), time(to))
    });
    format!(
        "{} {}–{}{pause}",
        shift.name.trim(),
        time(shift.starts),
        time(shift.ends)
    )
}

/// Adds a team or changes its name, usual shift and people. Who joins leaves the team before.
pub async fn save_team(
    store: &Store,
    caller: &Caller,
    team: &TeamPlan,
    now: DateTime<Utc>,
) -> Result<TeamId> {
    let mut tx = begin(store, caller, team.warehouse_id).await?;
    let name = team.name.trim();
    if name.is_empty() || name.chars().count() > 40 || team.members.len() > LARGEST_TEAM {
        return Err(Error::Invalid(format!(
            "A team has a name of at most 40 characters and at most {LARGEST_TEAM} members."
        )));
    }
    let before = read(&mut tx, caller).await?;
    if let Some(shift) = team.shift_id {
        check_shift(&before, team.warehouse_id, shift)?;
    }
    let saved = store::teams::save(&mut tx, caller.company_id, team).await;
    let id = saved.map_err(|error| taken(error, "There is a team of this name already."))?;
    let joined = store::teams::set_members(&mut tx, id, team.warehouse_id, &team.members).await?;
    if joined != team.members.len() as u64 {
        return Err(Error::Invalid(
            "Only workers of the team's warehouse can belong to it.".to_owned(),
        ));
    }
    let known = before.teams.iter().find(|known| known.id == Some(id));
    let facts =
        json!({ "before": known.map(|team| words(team, &before)), "after": words(team, &before) });
    audit::by_person(&mut tx, caller, "TEAM_SAVED", name, facts, now).await?;
    let mut people = team.members.clone();
    people.extend(known.into_iter().flat_map(|team| team.members.iter()));
    tell_people(&mut tx, caller, team.warehouse_id, people).await?;
    tx.commit().await?;
    Ok(id)
}

fn words(team: &TeamPlan, staff: &Staff) -> String {
    let shift = staff
        .shifts
        .iter()
        .find(|shift| shift.id == team.shift_id && shift.id.is_some());
    let members: Vec<&str> = staff
        .workers
        .iter()
        .filter(|worker| team.members.contains(&worker.user_id))
        .map(|worker| worker.name.as_str())
        .collect();
    format!(
        "{}, shift {}: {}",
        team.name.trim(),
        shift.map_or("none", |shift| shift.name.as_str()),
        members.join(", ")
    )
}

/// What a team sees changes with its people: their handhelds are told too.
async fn tell_people(
    tx: &mut Tx,
    caller: &Caller,
    warehouse: WarehouseId,
    mut people: Vec<UserId>,
) -> Result<()> {
    people.sort_unstable();
    people.dedup();
    let mut topics = vec![Topic::Teams, Topic::Tasks];
    topics.extend(people.into_iter().map(|user| Topic::WorkerTasks(user.0)));
    let company = caller.company_id;
    Ok(store::live::publish(tx, company, Some(warehouse), &topics, "team_saved").await?)
}

/// Decides what a day is for a person.
pub async fn set_day(
    store: &Store,
    caller: &Caller,
    warehouse: WarehouseId,
    user: UserId,
    on: NaiveDate,
    choice: RosterChoice,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = begin(store, caller, warehouse).await?;
    let person = store::users::works_at(&mut tx, user, warehouse).await?;
    let person = person
        .ok_or_else(|| Error::Invalid("This person does not work at that warehouse.".to_owned()))?;
    let shift = match choice {
        RosterChoice::Shift(shift) => {
            check_shift(&read(&mut tx, caller).await?, warehouse, shift)?;
            Some(shift)
        }
        RosterChoice::Usual | RosterChoice::Off => None,
    };
    if choice == RosterChoice::Usual {
        store::rosters::clear(&mut tx, warehouse, user, on).await?;
    } else {
        let (company, by) = (caller.company_id, &caller.name);
        store::rosters::put(&mut tx, company, warehouse, user, on, shift, by, now).await?;
    }
    let facts = json!({ "day": on, "choice": choice });
    audit::by_person(&mut tx, caller, "ROSTER_SET", &person, facts, now).await?;
    finish(tx, caller, warehouse, "roster_set").await
}

fn check_shift(staff: &Staff, warehouse: WarehouseId, shift: ShiftId) -> Result<()> {
    let known = staff
        .shifts
        .iter()
        .any(|known| known.id == Some(shift) && known.warehouse_id == warehouse);
    if known {
        Ok(())
    } else {
        Err(Error::NotFound("shift"))
    }
}

async fn begin(store: &Store, caller: &Caller, warehouse: WarehouseId) -> Result<Tx> {
    require(caller, Permission::AssignTasks)?;
    if !caller.sees_warehouse(warehouse) {
        return Err(Error::NotFound("warehouse"));
    }
    Ok(store.begin(Scope::from(caller)).await?)
}

fn taken(error: store::Error, sentence: &str) -> Error {
    match error {
        store::Error::Taken { .. } => Error::Conflict(sentence.to_owned()),
        other => other.into(),
    }
}

async fn finish(mut tx: Tx, caller: &Caller, warehouse: WarehouseId, what: &str) -> Result<()> {
    let topics = [Topic::Teams, Topic::Tasks, Topic::Board(warehouse.0)];
    store::live::publish(&mut tx, caller.company_id, Some(warehouse), &topics, what).await?;
    Ok(tx.commit().await?)
}
