//! `mappings`.

mod choices;
mod effect;
mod list;
mod suggest;

pub use choices::choices;
pub use effect::{documents_of_code, has_item_answers, unmatch_answered};
pub use list::{list, waiting_with_suggestions};
pub use suggest::{ask_about_item, suggest_item};

use crate::error::word;
use crate::{Error, Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::mapping::MappingKind;
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, MappingId};
use std::collections::HashMap;

/// How many answers people owe: a code that no line waits for is owed nothing.
pub async fn count_unanswered(store: &Store, caller: &Caller) -> Result<i64> {
    let mut reading = store.read(caller).await?;
    let count = reading.one(sqlx::query_scalar!(
        r#"select count(*) as "count!" from mappings m
           where m.company_id = $1 and m.answered_at is null
             and (m.kind <> 'item' or exists (select from document_lines l
                                              where l.company_id = m.company_id and l.item_code = m.key and l.item_id is null))"#,
        caller.company_id.0
    )).await?;
    Ok(count)
}

/// The answers given so far, by compared form; `None` for "none of ours".
pub async fn answers(
    tx: &mut Tx,
    connection: ConnectionId,
    kind: MappingKind,
) -> Result<HashMap<String, Option<String>>> {
    let rows = sqlx::query!(
        "select key, target from mappings where connection_id = $1 and kind = $2 and answered_at is not null",
        connection.0,
        kind.as_str(),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.target)).collect())
}

/// Asks people about values met for the first time; returns how many were new.
pub async fn ask(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    kind: MappingKind,
    externals: &[String],
    at: DateTime<Utc>,
) -> Result<u64> {
    let keys: Vec<String> = externals.iter().map(|text| kind.key(text)).collect();
    let done = sqlx::query!(
        "insert into mappings (company_id, connection_id, kind, key, external, first_seen_at)
         select distinct on (key) $1::bigint, $2::bigint, $3::text, key, external, $4::timestamptz
         from unnest($5::text[], $6::text[]) as m (key, external)
         where not exists (select from mappings x where x.connection_id = $2 and x.kind = $3 and x.key = m.key)
         order by key
         on conflict (connection_id, kind, key) do nothing",
        company.0,
        connection.0,
        kind.as_str(),
        at,
        &keys,
        externals,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}

/// A mapping to answer.
#[derive(Debug, Clone)]
pub struct StoredMapping {
    /// Account it was met on.
    pub connection_id: ConnectionId,
    /// What kind of value.
    pub kind: MappingKind,
    /// Compared form.
    pub key: String,
    /// As written upstream.
    pub external: String,
    /// The answer that stands; none while a person owes it, or when it is none of ours.
    pub target: Option<String>,
    /// Known, and none of ours.
    pub ignored: bool,
}

/// One mapping of the company, locked.
pub async fn lock(tx: &mut Tx, company: CompanyId, id: MappingId) -> Result<StoredMapping> {
    let row = sqlx::query!(
        "select connection_id, kind, key, external, target, ignored from mappings where id = $1 and company_id = $2 for update",
        id.0,
        company.0,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "mapping" })?;
    Ok(StoredMapping {
        connection_id: ConnectionId(row.connection_id),
        kind: word("mappings", "kind", &row.kind)?,
        key: row.key,
        external: row.external,
        target: row.target,
        ignored: row.ignored,
    })
}

/// Writes an answer: a code of ours, or none.
pub async fn answer(
    tx: &mut Tx,
    id: MappingId,
    target: Option<&str>,
    by: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update mappings set target = $2, ignored = $2::text is null, answered_by = $3, answered_at = $4 where id = $1",
        id.0,
        target,
        by,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes an answer away: people owe one again.
pub async fn ask_again(tx: &mut Tx, id: MappingId) -> Result<()> {
    sqlx::query!(
        "update mappings set target = null, ignored = false, answered_by = null, answered_at = null where id = $1",
        id.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// An answer that is known from the start (settings, seed).
#[derive(Debug)]
pub struct KnownMapping<'a> {
    /// What kind of value.
    pub kind: MappingKind,
    /// As written upstream.
    pub external: &'a str,
    /// Our code.
    pub target: &'a str,
    /// Who says so.
    pub by: &'a str,
}

/// Writes a known answer, unless one stands already.
pub async fn put(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    known: &KnownMapping<'_>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into mappings (company_id, connection_id, kind, key, external, target, first_seen_at, answered_at, answered_by)
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8)
         on conflict (connection_id, kind, key) do nothing",
        company.0,
        connection.0,
        known.kind.as_str(),
        known.kind.key(known.external),
        known.external,
        known.target,
        at,
        known.by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
