//! `rejected_rows`.

use super::get;
use crate::paging::contains;
use crate::{Error, Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::page::{Cursor, Page};
use domain::sync::RejectedRow;
use domain::user::Caller;
use domain::{CompanyId, SyncRunId};

/// A row not accepted.
#[derive(Debug, Clone)]
pub struct NewRejection {
    /// The upstream's key.
    pub external_key: String,
    /// Why, and what to do.
    pub reason: String,
    /// The row as it came.
    pub payload: serde_json::Value,
}

/// Keeps rows not accepted.
pub async fn record_rejected(
    tx: &mut Tx,
    company: CompanyId,
    run: SyncRunId,
    rows: &[NewRejection],
    at: DateTime<Utc>,
) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let keys: Vec<String> = rows.iter().map(|row| row.external_key.clone()).collect();
    let reasons: Vec<String> = rows.iter().map(|row| row.reason.clone()).collect();
    let payloads: Vec<serde_json::Value> = rows.iter().map(|row| row.payload.clone()).collect();
    sqlx::query!(
        "insert into rejected_rows (company_id, run_id, external_key, reason, payload, at)
         select $1, $2, key, reason, payload, $3
         from unnest($4::text[], $5::text[], $6::jsonb[]) as r (key, reason, payload)",
        company.0,
        run.0,
        at,
        &keys,
        &reasons,
        &payloads,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The rows a run did not accept, in the order they came; `q` is looked for in key and reason.
pub async fn rejected(
    store: &Store,
    caller: &Caller,
    run: SyncRunId,
    q: Option<&str>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<RejectedRow>> {
    let after: i64 = match cursor {
        None => 0,
        Some(Cursor(text)) => text.parse().map_err(|_| Error::BadCursor)?,
    };
    get(store, caller, run).await?;
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query!(
            "select id, external_key, reason, payload, at from rejected_rows
             where company_id = $1 and run_id = $2 and id > $3
               and ($5::text is null or external_key ilike $5 or reason ilike $5)
             order by id
             limit $4",
            caller.company_id.0,
            run.0,
            after,
            limit + 1,
            contains(q),
        ))
        .await?;
    let rows: Vec<(i64, RejectedRow)> = rows
        .into_iter()
        .map(|row| {
            let rejected = RejectedRow {
                external_key: row.external_key,
                reason: row.reason,
                payload: row.payload,
                at: row.at,
            };
            (row.id, rejected)
        })
        .collect();
    Ok(Page::cut(rows, limit, |row| row.0.to_string()).map(|row| row.1))
}
