//! `teams`.

use crate::{Result, Scope, Store, Tx};
use domain::team::Team;
use domain::user::Caller;
use domain::{CompanyId, TeamId, UserId, WarehouseId};

/// The teams of the caller's sites.
pub async fn list(store: &Store, caller: &Caller) -> Result<Vec<Team>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query!(
        r#"select t.id, t.warehouse_id, t.name,
                  (select count(*) from users u where u.team_id = t.id and u.disabled_at is null) as "members!"
           from teams t
           where t.company_id = $1 and t.warehouse_id = any($2)
           order by t.name, t.id"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Team {
            id: TeamId(row.id),
            warehouse_id: WarehouseId(row.warehouse_id),
            name: row.name,
            members: row.members,
        })
        .collect())
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
