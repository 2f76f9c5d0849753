//! `audit_entries`.

use crate::paging::before_id;
use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::audit::AuditEntry;
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{CompanyId, UserId};

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
}

/// Adds an entry.
pub async fn record(tx: &mut Tx, entry: NewEntry<'_>, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into audit_entries (company_id, at, user_id, actor, action, subject, details)
         values ($1, $2, $3, $4, $5, $6, $7)",
        entry.company_id.map(|id| id.0),
        at,
        entry.user_id.map(|id| id.0),
        entry.actor,
        entry.action,
        entry.subject,
        entry.details,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Newest first.
pub async fn list(
    store: &Store,
    caller: &Caller,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<AuditEntry>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query_as!(
        AuditEntry,
        "select id, at, actor, action, subject, details
         from audit_entries
         where company_id = $1 and id < $2
         order by id desc
         limit $3",
        caller.company_id.0,
        before_id(cursor)?,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}
