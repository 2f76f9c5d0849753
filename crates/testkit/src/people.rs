//! A company with a site, units, shifts and people, and a second company beside it.

use chrono::{DateTime, NaiveTime, Utc};
use domain::permission::Role;
use domain::user::Caller;
use domain::{CompanyId, TeamId, WarehouseId};
use operations::{companies, users};
use store::Store;
use store::users::NewUser;

/// The time zone of the sites.
pub const SITE_TIME_ZONE: &str = "Europe/Belgrade";
/// A well-formed hash that no password has: these people do not sign in.
const NO_PASSWORD: &str = "$argon2id$v=19$m=8,t=1,p=1$bm9zYWx0bm9zYWx0$AAAAAAAAAAAAAAAAAAAAAA";

/// Everybody a test needs.
#[derive(Debug, Clone)]
pub struct People {
    /// The company.
    pub company: CompanyId,
    /// Its site with the code `VELE_TEST`, where everybody works.
    pub warehouse: WarehouseId,
    /// Its site with the code `MALO_TEST`, which only ana and luka see.
    pub other_warehouse: WarehouseId,
    /// The team of marko and jelena.
    pub alfa: TeamId,
    /// The admin.
    pub ana: Caller,
    /// The lead.
    pub luka: Caller,
    /// A worker of team Alfa.
    pub marko: Caller,
    /// A worker of team Alfa.
    pub jelena: Caller,
    /// A worker without a team.
    pub petar: Caller,
    /// A screen.
    pub tv: Caller,
    /// The admin of another company, with a site whose code is `VELE_TEST` too.
    pub stranger: Caller,
}

impl People {
    /// Writes them all.
    ///
    /// # Panics
    /// When the database refuses: the test cannot go on.
    pub async fn settle(store: &Store, now: DateTime<Utc>) -> Self {
        let (company, warehouse) = company(store, "Kolibri d.o.o.").await;
        let other_warehouse = warehouse_of(store, company, "MALO_TEST", "Maloprodaja").await;
        let alfa = companies::ensure_team(store, company, warehouse, "Alfa").await;
        let alfa = done(alfa);
        let (elsewhere, far) = company_beside(store).await;
        let here = [warehouse];
        let both = [warehouse, other_warehouse];
        let hire = async |name, role, team, sites: &[WarehouseId]| {
            user(store, company, name, role, team, sites, now).await
        };
        Self {
            ana: hire("Ana", Role::Admin, None, &both).await,
            luka: hire("Luka", Role::Lead, None, &both).await,
            marko: hire("Marko", Role::Worker, Some(alfa), &here).await,
            jelena: hire("Jelena", Role::Worker, Some(alfa), &here).await,
            petar: hire("Petar", Role::Worker, None, &here).await,
            tv: hire("TV", Role::Viewer, None, &here).await,
            stranger: user(store, elsewhere, "Zoran", Role::Admin, None, &[far], now).await,
            company,
            warehouse,
            other_warehouse,
            alfa,
        }
    }
}

/// A company with the site `VELE_TEST`, the units KOM, KG, M and PAK, and shifts A and B.
async fn company(store: &Store, name: &str) -> (CompanyId, WarehouseId) {
    let company = done(companies::ensure(store, name).await);
    let warehouse = warehouse_of(store, company, "VELE_TEST", "Veleprodaja").await;
    let uoms = [
        ("KOM", "piece", 0),
        ("KG", "kilogram", 3),
        ("M", "metre", 2),
        ("PAK", "pack", 0),
    ];
    done(companies::put_uoms(store, company, &uoms).await);
    for (name, hours, pause) in [
        ("A", (8, 15), ((10, 0), (10, 30))),
        ("B", (12, 19), ((14, 0), (14, 30))),
    ] {
        let hours = (time(hours.0, 0), time(hours.1, 0));
        let pause = (time(pause.0.0, pause.0.1), time(pause.1.0, pause.1.1));
        let put = companies::put_shift(store, company, warehouse, name, hours, Some(pause));
        done(put.await);
    }
    (company, warehouse)
}

async fn company_beside(store: &Store) -> (CompanyId, WarehouseId) {
    company(store, "Galeb d.o.o.").await
}

async fn warehouse_of(store: &Store, company: CompanyId, code: &str, name: &str) -> WarehouseId {
    done(companies::ensure_warehouse(store, company, code, name, SITE_TIME_ZONE).await)
}

async fn user(
    store: &Store,
    company: CompanyId,
    name: &str,
    role: Role,
    team_id: Option<TeamId>,
    sites: &[WarehouseId],
    now: DateTime<Utc>,
) -> Caller {
    let user = NewUser {
        login: name.to_lowercase(),
        name: name.to_owned(),
        role,
        password_hash: NO_PASSWORD.to_owned(),
        password_temporary: false,
        team_id,
        warehouses: sites.to_vec(),
    };
    let id = done(users::ensure(store, company, &user, now).await);
    let found = store::users::find_caller(store, id).await;
    let found = found.ok().flatten();
    done(found.ok_or("a login that was just made cannot be read")).0
}

fn time(hour: u32, minute: u32) -> NaiveTime {
    NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default()
}

/// The value, or the end of the test.
#[expect(
    clippy::panic,
    reason = "a test without its people has nothing to return to"
)]
pub(crate) fn done<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    match result {
        Ok(value) => value,
        Err(error) => panic!("a test could not be set up: {error:?}"),
    }
}
