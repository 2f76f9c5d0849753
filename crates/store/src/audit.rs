//! `audit_entries`.

use crate::keyset::{Keyset, instant};
use crate::paging::contains;
use crate::{Result, Store, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use domain::audit::{AuditEntry, AuditFilter, AuditSort};
use domain::audit_words::{ABOUT_CONNECTIONS, ABOUT_DOCUMENTS, ABOUT_SITES};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{CompanyId, UserId};
use sqlx::{Postgres, QueryBuilder};

/// An entry to add.
#[derive(Debug)]
pub struct NewEntry<'a> {
    /// Tenant; none when a sign-in named no known login.
    pub company_id: Option<CompanyId>,
    /// Login that acted, if a person did.
    pub user_id: Option<UserId>,
    /// Name of the person or part.
    pub actor: &'a str,
    /// Stable word.
    pub action: &'a str,
    /// What it was done to.
    pub subject: &'a str,
    /// Facts.
    pub details: serde_json::Value,
    /// Where the person acted.
    pub device: Option<&'a str>,
}

/// Adds an entry.
pub async fn record(tx: &mut Tx, entry: NewEntry<'_>, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into audit_entries (company_id, at, user_id, actor, action, subject, details, device)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        entry.company_id.map(|id| id.0),
        at,
        entry.user_id.map(|id| id.0),
        entry.actor,
        entry.action,
        entry.subject,
        entry.details,
        entry.device,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    at: DateTime<Utc>,
    actor: String,
    action: String,
    subject: String,
    subject_name: Option<String>,
    details: serde_json::Value,
    device: Option<String>,
    sort_key: String,
}

/// A page of the entries that fit; days are those of the caller's first site.
pub async fn list(
    store: &Store,
    caller: &Caller,
    filter: &AuditFilter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<AuditEntry>> {
    let AuditSort::At = filter.sort.by;
    let keyset = Keyset::new(filter.sort, instant("a.at"), "a.id", cursor)?;
    let mut query =
        QueryBuilder::new("select a.id, a.at, a.actor, a.action, a.subject, a.details, a.device, ");
    name_of_subject(&mut query);
    query.push(keyset.key());
    query.push(" from audit_entries a where a.company_id = ");
    query.push_bind(caller.company_id.0);
    narrow(&mut query, caller, filter);
    keyset.push(&mut query, limit);
    let mut reading = store.read(caller).await?;
    let rows: Vec<Row> = reading.all(query.build_query_as()).await?;
    let page = Page::cut(rows, limit, |row| keyset.cursor(&row.sort_key, row.id));
    Ok(page.map(entry))
}

/// What the subject is called today, where it is an id.
fn name_of_subject(query: &mut QueryBuilder<Postgres>) {
    query.push("case when a.subject !~ '^[0-9]{1,18}$' then null");
    query.push(" when a.action = any(");
    query.push_bind(names(&ABOUT_SITES));
    query.push(") then (select w.name from warehouses w");
    query.push(" where w.company_id = a.company_id and w.id = a.subject::bigint)");
    query.push(" when a.action = any(");
    query.push_bind(names(&ABOUT_CONNECTIONS));
    query.push(") then (select c.name from connections c");
    query.push(" where c.company_id = a.company_id and c.id = a.subject::bigint)");
    query.push(" when a.action = any(");
    query.push_bind(names(&ABOUT_DOCUMENTS));
    query.push(") then (select d.number from documents d");
    query.push(" where d.company_id = a.company_id and d.id = a.subject::bigint)");
    query.push(" end as subject_name, ");
}

fn names(actions: &[&str]) -> Vec<String> {
    actions.iter().map(|action| (*action).to_owned()).collect()
}

fn entry(row: Row) -> AuditEntry {
    AuditEntry {
        id: row.id,
        at: row.at,
        actor: row.actor,
        action: row.action,
        subject: row.subject,
        subject_name: row.subject_name,
        details: row.details,
        device: row.device,
    }
}

fn narrow(query: &mut QueryBuilder<Postgres>, caller: &Caller, filter: &AuditFilter) {
    if let Some(user) = filter.user {
        query.push(" and a.user_id = ").push_bind(user.0);
    }
    if let Some(action) = &filter.action {
        query.push(" and a.action = ").push_bind(action.clone());
    }
    if let Some(from) = filter.from {
        query.push(" and a.at >= ");
        midnight(query, caller, from);
    }
    if let Some(after) = filter.until.and_then(|day| day.succ_opt()) {
        query.push(" and a.at < ");
        midnight(query, caller, after);
    }
    if let Some(q) = contains(filter.q.as_deref()) {
        query.push(" and (a.subject ilike ").push_bind(q.clone());
        query.push(" or a.actor ilike ").push_bind(q.clone());
        query.push(" or a.details::text ilike ").push_bind(q);
        query.push(")");
    }
}

/// The beginning of a day at the caller's first site.
fn midnight(query: &mut QueryBuilder<Postgres>, caller: &Caller, day: NaiveDate) {
    query.push_bind(day);
    query.push("::date::timestamp at time zone coalesce((select w.time_zone from warehouses w where w.id = any(");
    query.push_bind(caller.warehouse_ids());
    query.push(") order by w.name, w.id limit 1), 'UTC')");
}

/// The actions that occur, by name.
pub async fn actions(store: &Store, caller: &Caller) -> Result<Vec<String>> {
    let mut reading = store.read(caller).await?;
    // One step of the index per distinct action, not one per entry.
    let rows = reading
        .all(sqlx::query_scalar!(
            r#"with recursive steps as (
                   (select action from audit_entries where company_id = $1 order by action limit 1)
                   union all
                   select (select a.action from audit_entries a
                           where a.company_id = $1 and a.action > s.action order by a.action limit 1)
                   from steps s where s.action is not null)
               select action as "action!" from steps where action is not null limit 500"#,
            caller.company_id.0,
        ))
        .await?;
    Ok(rows)
}

/// One entry.
pub async fn get(store: &Store, caller: &Caller, id: i64) -> Result<AuditEntry> {
    let mut query =
        QueryBuilder::new("select a.id, a.at, a.actor, a.action, a.subject, a.details, a.device, ");
    name_of_subject(&mut query);
    query.push("''::text as sort_key from audit_entries a where a.company_id = ");
    query.push_bind(caller.company_id.0);
    query.push(" and a.id = ").push_bind(id);
    let mut reading = store.read(caller).await?;
    let row: Option<Row> = reading.optional(query.build_query_as()).await?;
    row.map(entry).ok_or(crate::Error::NotFound {
        what: "audit entry",
    })
}
