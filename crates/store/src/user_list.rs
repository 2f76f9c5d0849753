//! The users list and one user of it.

use crate::error::word;
use crate::keyset::{Column, Keyset, instant, number, text};
use crate::paging::contains;
use crate::{Error, Result, Scope, Store};
use chrono::{DateTime, Utc};
use domain::page::{Cursor, Page};
use domain::user::{Caller, UserDetail, UserFilter, UserRow, UserSort};
use domain::{TeamId, UserId, WarehouseId};
use sqlx::{Postgres, QueryBuilder};

const OPEN_TASKS: &str =
    "(select count(*) from tasks k where k.worker_id = u.id and k.state in ('open', 'claimed'))";
const LAST_SEEN: &str = "(select max(s.last_seen_at) from sessions s where s.user_id = u.id)";
const LAST_SEEN_OR_NEVER: &str =
    "coalesce((select max(s.last_seen_at) from sessions s where s.user_id = u.id), 'epoch')";
const WAREHOUSES: &str = "array(select w.name from user_warehouses x join warehouses w on w.id = x.warehouse_id \
     where x.user_id = u.id order by w.name)";

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    login: String,
    name: String,
    role: String,
    team_id: Option<i64>,
    team_name: Option<String>,
    warehouses: Vec<String>,
    open_tasks: i64,
    active: bool,
    password_temporary: bool,
    last_seen_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    sort_key: String,
}

fn column(by: UserSort) -> Column {
    match by {
        UserSort::Name => text("u.name"),
        UserSort::Login => text("u.login"),
        UserSort::Role => text("u.role"),
        UserSort::Team => text("coalesce(t.name, '')"),
        UserSort::OpenTasks => number(OPEN_TASKS),
        UserSort::LastSeen => instant(LAST_SEEN_OR_NEVER),
    }
}

/// A page of the users who share a site with the caller.
pub async fn page(
    store: &Store,
    caller: &Caller,
    filter: &UserFilter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<UserRow>> {
    let keyset = Keyset::new(filter.sort, column(filter.sort.by), "u.id", cursor)?;
    let mut query = select(caller, &keyset.key());
    narrow(&mut query, filter);
    keyset.push(&mut query, limit);
    let mut reading = store.read(caller).await?;
    let rows: Vec<Row> = reading.all(query.build_query_as()).await?;
    Page::cut(rows, limit, |row| keyset.cursor(&row.sort_key, row.id)).try_map(read)
}

/// One user with sites and sessions.
pub async fn get(
    store: &Store,
    caller: &Caller,
    id: UserId,
    now: DateTime<Utc>,
) -> Result<UserDetail> {
    let mut query = select(caller, "''::text as sort_key");
    query.push(" and u.id = ").push_bind(id.0);
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row: Option<Row> = query.build_query_as().fetch_optional(tx.conn()).await?;
    let row = row.ok_or(Error::NotFound { what: "user" })?;
    let (team_id, created_at) = (row.team_id.map(TeamId), row.created_at);
    let warehouses = sqlx::query_scalar!(
        "select warehouse_id from user_warehouses
         where company_id = $1 and user_id = $2 and warehouse_id = any($3) order by warehouse_id",
        caller.company_id.0,
        id.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    let sessions = crate::sessions::of_user(&mut tx, id, now).await?;
    let tokens = crate::refresh_tokens::count_of_user(&mut tx, id, now).await?;
    let has_badge = sqlx::query_scalar!(
        r#"select badge_hash is not null as "has!" from users where company_id = $1 and id = $2"#,
        caller.company_id.0,
        id.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(UserDetail {
        row: read(row)?,
        team_id,
        warehouse_ids: warehouses.into_iter().map(WarehouseId).collect(),
        created_at,
        sessions,
        tokens,
        has_badge,
    })
}

fn select(caller: &Caller, key: &str) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::new(format!(
        "select u.id, u.login, u.name, u.role, u.team_id, t.name as team_name, \
         {WAREHOUSES} as warehouses, {OPEN_TASKS} as open_tasks, u.disabled_at is null as active, \
         u.password_temporary, {LAST_SEEN} as last_seen_at, u.created_at, {key} \
         from users u left join teams t on t.id = u.team_id where u.company_id = "
    ));
    query.push_bind(caller.company_id.0);
    query.push(" and exists (select from user_warehouses x where x.user_id = u.id and x.warehouse_id = any(");
    query.push_bind(caller.warehouse_ids()).push("))");
    query
}

fn narrow(query: &mut QueryBuilder<Postgres>, filter: &UserFilter) {
    if let Some(q) = contains(filter.q.as_deref()) {
        query.push(" and (u.name ilike ").push_bind(q.clone());
        query.push(" or u.login ilike ").push_bind(q).push(")");
    }
    if let Some(role) = filter.role {
        query.push(" and u.role = ").push_bind(role.as_str());
    }
    if let Some(team) = filter.team {
        query.push(" and u.team_id = ").push_bind(team.0);
    }
    if let Some(site) = filter.warehouse {
        query.push(" and exists (select from user_warehouses y where y.user_id = u.id and y.warehouse_id = ");
        query.push_bind(site.0).push(")");
    }
    if let Some(active) = filter.active {
        query
            .push(" and (u.disabled_at is null) = ")
            .push_bind(active);
    }
}

fn read(row: Row) -> Result<UserRow> {
    Ok(UserRow {
        id: UserId(row.id),
        login: row.login,
        name: row.name,
        role: word("users", "role", &row.role)?,
        team_name: row.team_name,
        warehouses: row.warehouses,
        open_tasks: row.open_tasks,
        active: row.active,
        password_temporary: row.password_temporary,
        last_seen_at: row.last_seen_at,
    })
}
