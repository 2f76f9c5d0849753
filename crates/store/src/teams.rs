//! `teams`.

use crate::paging::after_id;
use crate::{Error, Result, Scope, Store, Tx};
use domain::page::{Cursor, Page};
use domain::roster::{Member, TeamPlan};
use domain::team::Team;
use domain::user::Caller;
use domain::{CompanyId, ShiftId, TeamId, UserId, WarehouseId};

struct TeamRow {
    id: i64,
    warehouse_id: i64,
    name: String,
    members: i64,
}

impl From<TeamRow> for Team {
    fn from(row: TeamRow) -> Self {
        Self {
            id: TeamId(row.id),
            warehouse_id: WarehouseId(row.warehouse_id),
            name: row.name,
            members: row.members,
        }
    }
}

macro_rules! select_teams {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            TeamRow,
            r#"select t.id, t.warehouse_id, t.name,
                      (select count(*) from users u where u.team_id = t.id and u.disabled_at is null) as "members!"
               from teams t "# + $rest
            $(, $argument)*
        )
    };
}

/// The teams of the caller's sites, by name; at most 500.
pub async fn list(store: &Store, caller: &Caller) -> Result<Vec<Team>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_teams!(
        "where t.company_id = $1 and t.warehouse_id = any($2)
         order by t.name, t.id
         limit 500",
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(Team::from).collect())
}

/// The same as pages, in the order they were set up.
pub async fn page(
    store: &Store,
    caller: &Caller,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<Team>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_teams!(
        "where t.company_id = $1 and t.warehouse_id = any($2) and t.id > $3
         order by t.id
         limit $4",
        caller.company_id.0,
        &caller.warehouse_ids(),
        after_id(cursor)?,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()).map(Team::from))
}

/// The site and name of a team.
pub async fn find(tx: &mut Tx, team: TeamId) -> Result<Option<(WarehouseId, String)>> {
    let row = sqlx::query!("select warehouse_id, name from teams where id = $1", team.0)
        .fetch_optional(tx.conn())
        .await?;
    Ok(row.map(|row| (WarehouseId(row.warehouse_id), row.name)))
}

/// The enabled members of a team.
pub async fn members(tx: &mut Tx, team: TeamId) -> Result<Vec<UserId>> {
    let ids = sqlx::query_scalar!(
        "select id from users where team_id = $1 and disabled_at is null order by id limit 200",
        team.0
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// The teams of the caller's sites with their shift and people, by name; at most 200.
pub async fn plans(tx: &mut Tx, caller: &Caller) -> Result<Vec<TeamPlan>> {
    let rows = sqlx::query!(
        r#"select t.id, t.warehouse_id, t.name, t.shift_id,
                  array(select u.id from users u where u.team_id = t.id and u.disabled_at is null
                        order by u.name, u.id) as "members!"
           from teams t
           where t.company_id = $1 and t.warehouse_id = any($2)
           order by t.name, t.id
           limit 200"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| TeamPlan {
            id: Some(TeamId(row.id)),
            warehouse_id: WarehouseId(row.warehouse_id),
            name: row.name,
            shift_id: row.shift_id.map(ShiftId),
            members: row.members.into_iter().map(UserId).collect(),
        })
        .collect())
}

/// The workers of the caller's sites, by name; at most 500.
pub async fn workers(tx: &mut Tx, caller: &Caller) -> Result<Vec<Member>> {
    let rows = sqlx::query!(
        "select u.id, u.login, u.name, u.team_id
         from users u
         where u.company_id = $1 and u.role = 'worker' and u.disabled_at is null
           and exists (select from user_warehouses x where x.user_id = u.id and x.warehouse_id = any($2))
         order by u.name, u.id
         limit 500",
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Member {
            user_id: UserId(row.id),
            login: row.login,
            name: row.name,
            team_id: row.team_id.map(TeamId),
        })
        .collect())
}

/// Adds a team, or changes name and shift of the one of that identity.
pub async fn save(tx: &mut Tx, company: CompanyId, team: &TeamPlan) -> Result<TeamId> {
    let shift = team.shift_id.map(|id| id.0);
    let id = match team.id {
        Some(id) => {
            sqlx::query_scalar!(
                "update teams set name = $3, shift_id = $4
                 where id = $1 and warehouse_id = $2 returning id",
                id.0,
                team.warehouse_id.0,
                team.name.trim(),
                shift,
            )
            .fetch_optional(tx.conn())
            .await?
        }
        None => Some(
            sqlx::query_scalar!(
                "insert into teams (company_id, warehouse_id, name, shift_id)
                 values ($1, $2, $3, $4) returning id",
                company.0,
                team.warehouse_id.0,
                team.name.trim(),
                shift,
            )
            .fetch_one(tx.conn())
            .await?,
        ),
    };
    id.map(TeamId).ok_or(Error::NotFound { what: "team" })
}

/// Makes exactly these workers of the site the members of a team; returns how many of them it has.
pub async fn set_members(
    tx: &mut Tx,
    team: TeamId,
    warehouse: WarehouseId,
    members: &[UserId],
) -> Result<u64> {
    let ids: Vec<i64> = members.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update users set team_id = null where team_id = $1 and not id = any($2)",
        team.0,
        &ids,
    )
    .execute(tx.conn())
    .await?;
    let joined = sqlx::query!(
        "update users u set team_id = $1
         where u.id = any($2) and u.role = 'worker' and u.disabled_at is null
           and exists (select from user_warehouses x where x.user_id = u.id and x.warehouse_id = $3)",
        team.0,
        &ids,
        warehouse.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(joined.rows_affected())
}

/// Adds a team, or finds the one of that name.
pub async fn put(
    tx: &mut Tx,
    company: CompanyId,
    warehouse: WarehouseId,
    name: &str,
) -> Result<TeamId> {
    let id = sqlx::query_scalar!(
        "insert into teams (company_id, warehouse_id, name) values ($1, $2, $3)
         on conflict (warehouse_id, name) do update set name = excluded.name
         returning id",
        company.0,
        warehouse.0,
        name,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(TeamId(id))
}
