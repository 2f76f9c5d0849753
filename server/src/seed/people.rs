//! People of the demo.

use super::{Error, Site};
use crate::auth::password;
use chrono::{DateTime, Datelike as _, Days, Utc, Weekday};
use domain::TeamId;
use domain::permission::Role;
use domain::roster::RosterChoice;
use domain::user::Caller;
use operations::users::NewUser;
use store::Store;

/// Everybody's password in the demo; never set outside of it.
pub const DEMO_PASSWORD: &str = "demo-crossdock";

/// Who gives out the work.
pub(super) const LEAD: &str = "luka";

/// A person of the demo.
#[derive(Debug)]
pub struct Person {
    /// What is typed at the sign-in.
    pub login: &'static str,
    /// Shown to people.
    pub name: &'static str,
    /// What they may do.
    pub role: Role,
    /// The team of a worker.
    pub team: Option<&'static str>,
    /// The same in words.
    pub what: &'static str,
}

/// Their teams with the usual shift of each.
const TEAMS: &[(&str, &str)] = &[("Alfa", "A"), ("Beta", "B")];

/// All of them.
pub const DEMO_PEOPLE: &[Person] = &[
    Person {
        login: "ana",
        name: "Ana Jovanović",
        role: Role::Admin,
        team: None,
        what: "admin: connections, users, everything",
    },
    Person {
        login: "luka",
        name: "Luka Petrović",
        role: Role::Lead,
        team: None,
        what: "lead: documents, tasks, mappings",
    },
    Person {
        login: "marko",
        name: "Marko Ilić",
        role: Role::Worker,
        team: Some("Alfa"),
        what: "worker of team Alfa: own tasks on the handheld",
    },
    Person {
        login: "jelena",
        name: "Jelena Nikolić",
        role: Role::Worker,
        team: Some("Alfa"),
        what: "worker of team Alfa: own tasks on the handheld",
    },
    Person {
        login: "sara",
        name: "Sara Đorđević",
        role: Role::Worker,
        team: Some("Beta"),
        what: "worker of team Beta, the late shift",
    },
    Person {
        login: "nikola",
        name: "Nikola Stojanović",
        role: Role::Worker,
        team: Some("Beta"),
        what: "worker of team Beta, the late shift",
    },
    Person {
        login: "tv",
        name: "TV Veleprodaja",
        role: Role::Viewer,
        team: None,
        what: "viewer: the board on the TV",
    },
];

/// The teams and their people. Those who exist keep their passwords.
pub async fn demo_people(store: &Store, site: Site, now: DateTime<Utc>) -> Result<(), Error> {
    let mut hash = None;
    for person in DEMO_PEOPLE {
        if store::users::find_for_login(store, person.login)
            .await?
            .is_some()
        {
            continue;
        }
        // One hash for all: it takes a tenth of a second to make, and this password is no secret.
        let made = match hash.take() {
            Some(made) => made,
            None => password::hash(DEMO_PASSWORD.into()).await?,
        };
        let team = match person.team {
            Some(name) => Some(ensure_team(store, site, name).await?),
            None => None,
        };
        let user = new_user(person, made, site, team);
        operations::users::ensure(store, site.company, &user, now).await?;
        hash = Some(user.password_hash);
    }
    Ok(())
}

async fn ensure_team(store: &Store, site: Site, name: &str) -> Result<TeamId, Error> {
    Ok(operations::companies::ensure_team(store, site.company, site.warehouse, name).await?)
}

fn new_user(
    person: &Person,
    password_hash: String,
    site: Site,
    team_id: Option<TeamId>,
) -> NewUser {
    NewUser {
        login: person.login.to_owned(),
        name: person.name.to_owned(),
        role: person.role,
        password_hash,
        password_temporary: false,
        team_id,
        warehouses: vec![site.warehouse],
    }
}

/// Somebody of the demo, to act in their name.
pub(super) async fn demo_caller(store: &Store, login: &str) -> Result<Caller, Error> {
    let known = store::users::find_for_login(store, login).await?;
    let known = known.ok_or_else(|| {
        Error::Incomplete(format!(
            "there is no '{login}'; run 'crossdock seed --demo' first"
        ))
    })?;
    Ok(known.caller)
}

/// The usual shifts of the teams and a roster, unless the teams have their shifts already.
pub async fn demo_roster(store: &Store, site: Site, now: DateTime<Utc>) -> Result<(), Error> {
    let lead = demo_caller(store, LEAD).await?;
    let teams = operations::teams::staff(store, &lead).await?.teams;
    if teams.iter().any(|team| team.shift_id.is_some()) {
        return Ok(());
    }
    usual_shifts(store, &lead, now).await?;
    roster(store, &lead, site, now).await
}

async fn usual_shifts(store: &Store, lead: &Caller, now: DateTime<Utc>) -> Result<(), Error> {
    let staff = operations::teams::staff(store, lead).await?;
    for mut team in staff.teams {
        let usual = TEAMS.iter().find(|(name, _)| *name == team.name);
        let shift = usual.and_then(|(_, shift)| staff.shifts.iter().find(|own| own.name == *shift));
        if let Some(shift) = shift {
            team.shift_id = shift.id;
            operations::teams::save_team(store, lead, &team, now).await?;
        }
    }
    Ok(())
}

/// What differs from the usual shifts in the two weeks to come: days off, and a swap.
async fn roster(store: &Store, lead: &Caller, site: Site, now: DateTime<Utc>) -> Result<(), Error> {
    let week = store::rosters::week(store, lead, site.warehouse, None, now).await?;
    let shifts = operations::teams::staff(store, lead).await?.shifts;
    let late = shifts.iter().find(|shift| shift.name == "B");
    let late = late.and_then(|shift| shift.id).map(RosterChoice::Shift);
    for ahead in 1..=14 {
        let day = week.today + Days::new(ahead);
        for person in &week.people {
            let choice = match (day.weekday(), person.name.split(' ').next()) {
                (Weekday::Sun, _) | (Weekday::Sat, Some("Marko" | "Sara")) => RosterChoice::Off,
                (Weekday::Wed, Some("Jelena")) => late.unwrap_or(RosterChoice::Usual),
                _ => continue,
            };
            let (site, who) = (site.warehouse, person.user_id);
            operations::teams::set_day(store, lead, site, who, day, choice, now).await?;
        }
    }
    Ok(())
}
