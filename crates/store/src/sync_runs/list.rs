//! Runs as people see them.

use crate::error::word;
use crate::paging::before_id;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::page::{Cursor, Page};
use domain::preview::PreviewOutcome;
use domain::sync::{Entity, RunFilter, RunState, SyncCounts, SyncRun};
use domain::user::Caller;
use domain::{ConnectionId, SyncRunId};

struct RunRow {
    id: i64,
    connection_id: i64,
    connection: String,
    entity: String,
    mode: String,
    state: String,
    pages: i64,
    rows_read: i64,
    created: i64,
    updated: i64,
    unchanged: i64,
    refused: i64,
    deactivated: i64,
    message: Option<String>,
    requested_by: String,
    requested_at: DateTime<Utc>,
    started_at: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
    finished_at: Option<DateTime<Utc>>,
    cancel_requested: bool,
    correlation_id: String,
    dry: bool,
    preview_state: Option<String>,
    preview_decided_by: Option<String>,
    preview_decided_at: Option<DateTime<Utc>>,
    applied_run_id: Option<i64>,
}

impl TryFrom<RunRow> for SyncRun {
    type Error = Error;
    fn try_from(row: RunRow) -> Result<Self> {
        let preview = match row.preview_state {
            Some(state) => Some(PreviewOutcome {
                state: word("sync_runs", "preview_state", &state)?,
                decided_by: row.preview_decided_by,
                decided_at: row.preview_decided_at,
                applied_run_id: row.applied_run_id.map(SyncRunId),
            }),
            None => None,
        };
        Ok(Self {
            id: SyncRunId(row.id),
            connection_id: ConnectionId(row.connection_id),
            connection: row.connection,
            entity: word("sync_runs", "entity", &row.entity)?,
            mode: word("sync_runs", "mode", &row.mode)?,
            state: word("sync_runs", "state", &row.state)?,
            counts: SyncCounts {
                pages: row.pages,
                rows: row.rows_read,
                created: row.created,
                updated: row.updated,
                unchanged: row.unchanged,
                refused: row.refused,
                deactivated: row.deactivated,
            },
            requested_by: row.requested_by,
            requested_at: row.requested_at,
            started_at: row.started_at,
            updated_at: row.updated_at,
            finished_at: row.finished_at,
            message: row.message,
            cancel_requested: row.cancel_requested,
            correlation_id: row.correlation_id,
            dry: row.dry,
            preview,
        })
    }
}

macro_rules! select_runs {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            RunRow,
            "select r.id, r.connection_id, c.name as connection, r.entity, r.mode, r.state, r.pages, r.rows_read,
                    r.created, r.updated, r.unchanged, r.refused, r.deactivated, r.message, r.requested_by,
                    r.requested_at, r.started_at, r.updated_at, r.finished_at, r.cancel_requested, r.correlation_id, r.dry,
                    r.preview_state, r.preview_decided_by, r.preview_decided_at, r.applied_run_id
             from sync_runs r
             join connections c on c.id = r.connection_id " + $rest
            $(, $argument)*
        )
    };
}

/// Newest first, narrowed by the filter.
pub async fn list(
    store: &Store,
    caller: &Caller,
    filter: &RunFilter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<SyncRun>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_runs!(
        "where r.company_id = $1 and c.warehouse_id = any($2) and r.id < $3
           and ($4::bigint is null or r.connection_id = $4) and ($5::text is null or r.entity = $5)
           and ($6::text is null or r.state = $6) and ($7::boolean is null or r.dry = $7)
         order by r.id desc
         limit $8",
        caller.company_id.0,
        &caller.warehouse_ids(),
        before_id(cursor)?,
        filter.connection_id.map(|id| id.0),
        filter.entity.map(Entity::as_str),
        filter.state.map(RunState::as_str),
        filter.dry,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows
        .into_iter()
        .map(SyncRun::try_from)
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// One run.
pub async fn get(store: &Store, caller: &Caller, id: SyncRunId) -> Result<SyncRun> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row = select_runs!(
        "where r.company_id = $1 and c.warehouse_id = any($2) and r.id = $3",
        caller.company_id.0,
        &caller.warehouse_ids(),
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "sync run" })?;
    row.try_into()
}

/// The newest real run of an entity.
pub async fn newest(
    tx: &mut Tx,
    connection: ConnectionId,
    entity: Entity,
) -> Result<Option<SyncRun>> {
    let row = select_runs!(
        "where r.connection_id = $1 and r.entity = $2 and not r.dry order by r.id desc limit 1",
        connection.0,
        entity.as_str(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(SyncRun::try_from).transpose()
}
