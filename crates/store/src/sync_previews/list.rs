//! A preview as people see it.

use crate::error::word;
use crate::paging::contains;
use crate::sync_runs::get;
use crate::{Error, Result, Store};
use domain::SyncRunId;
use domain::page::{Cursor, Page};
use domain::preview::{PreviewFilter, PreviewKind, PreviewRow};
use domain::user::Caller;

/// Rows of a dry run's preview, in the order they came.
pub async fn list(
    store: &Store,
    caller: &Caller,
    run: SyncRunId,
    filter: &PreviewFilter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<PreviewRow>> {
    let after: i64 = match cursor {
        None => 0,
        Some(Cursor(text)) => text.parse().map_err(|_| Error::BadCursor)?,
    };
    get(store, caller, run).await?;
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query!(
            "select id, kind, external_key, label, changes, left_out
             from sync_previews
             where company_id = $1 and run_id = $2 and id > $3 and ($4::text is null or kind = $4)
               and ($5::text is null or external_key ilike $5 or label ilike $5)
             order by id
             limit $6",
            caller.company_id.0,
            run.0,
            after,
            filter.kind.map(PreviewKind::as_str),
            contains(filter.q.as_deref()),
            limit + 1,
        ))
        .await?;
    let rows: Vec<(i64, PreviewRow)> = rows
        .into_iter()
        .map(|row| {
            let preview = PreviewRow {
                kind: word("sync_previews", "kind", &row.kind)?,
                external_key: row.external_key,
                label: row.label,
                changes: serde_json::from_value(row.changes).unwrap_or_default(),
                left_out: row.left_out,
            };
            Ok((row.id, preview))
        })
        .collect::<Result<_>>()?;
    Ok(Page::cut(rows, limit, |row| row.0.to_string()).map(|row| row.1))
}
