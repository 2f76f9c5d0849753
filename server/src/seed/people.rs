//! People of the demo.

use super::{Error, Site};
use crate::auth::password;
use chrono::{DateTime, Utc};
use domain::TeamId;
use domain::permission::Role;
use operations::users::NewUser;
use store::Store;

/// Everybody's password in the demo; never set outside of it.
pub const DEMO_PASSWORD: &str = "demo-crossdock";

/// A person of the demo.
#[derive(Debug)]
pub struct Person {
    /// What is typed at the sign-in.
    pub login: &'static str,
    /// Shown to people.
    pub name: &'static str,
    /// What they may do.
    pub role: Role,
    /// The same in words.
    pub what: &'static str,
}

/// All of them.
pub const DEMO_PEOPLE: &[Person] = &[
    Person {
        login: "ana",
        name: "Ana Jovanović",
        role: Role::Admin,
        what: "admin: connections, users, everything",
    },
    Person {
        login: "luka",
        name: "Luka Petrović",
        role: Role::Lead,
        what: "lead: documents, tasks, mappings",
    },
    Person {
        login: "marko",
        name: "Marko Ilić",
        role: Role::Worker,
        what: "worker of team Alfa: own tasks on the handheld",
    },
    Person {
        login: "jelena",
        name: "Jelena Nikolić",
        role: Role::Worker,
        what: "worker of team Alfa: own tasks on the handheld",
    },
    Person {
        login: "tv",
        name: "TV Veleprodaja",
        role: Role::Viewer,
        what: "viewer: the board on the TV",
    },
];

/// The team and its people. Those who exist keep their passwords.
pub async fn demo_people(store: &Store, site: Site, now: DateTime<Utc>) -> Result<(), Error> {
    let team =
        operations::companies::ensure_team(store, site.company, site.warehouse, "Alfa").await?;
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
        let user = new_user(person, made, site, team);
        operations::users::ensure(store, site.company, &user, now).await?;
        hash = Some(user.password_hash);
    }
    Ok(())
}

fn new_user(person: &Person, password_hash: String, site: Site, team: TeamId) -> NewUser {
    NewUser {
        login: person.login.to_owned(),
        name: person.name.to_owned(),
        role: person.role,
        password_hash,
        password_temporary: false,
        team_id: (person.role == Role::Worker).then_some(team),
        warehouses: vec![site.warehouse],
    }
}
