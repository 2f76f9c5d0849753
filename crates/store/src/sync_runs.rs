//! `sync_runs`, `rejected_rows`.

use crate::error::word;
use crate::paging::before_id;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::page::{Cursor, Page};
use domain::sync::{Entity, RejectedRow, RunState, SyncCounts, SyncMode, SyncRun};
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, SyncRunId};
use uuid::Uuid;

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
}

impl TryFrom<RunRow> for SyncRun {
    type Error = Error;
    fn try_from(row: RunRow) -> Result<Self> {
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
        })
    }
}

macro_rules! select_runs {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            RunRow,
            "select r.id, r.connection_id, c.name as connection, r.entity, r.mode, r.state, r.pages, r.rows_read,
                    r.created, r.updated, r.unchanged, r.refused, r.deactivated, r.message, r.requested_by,
                    r.requested_at, r.started_at, r.updated_at, r.finished_at
             from sync_runs r
             join connections c on c.id = r.connection_id " + $rest
            $(, $argument)*
        )
    };
}

/// Newest first, of one account or all.
pub async fn list(
    store: &Store,
    caller: &Caller,
    connection: Option<ConnectionId>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<SyncRun>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_runs!(
        "where r.company_id = $1 and c.warehouse_id = any($2) and r.id < $3
           and ($4::bigint is null or r.connection_id = $4)
         order by r.id desc
         limit $5",
        caller.company_id.0,
        &caller.warehouse_ids(),
        before_id(cursor)?,
        connection.map(|id| id.0),
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

/// The newest run of an entity.
pub async fn newest(
    tx: &mut Tx,
    connection: ConnectionId,
    entity: Entity,
) -> Result<Option<SyncRun>> {
    let row = select_runs!(
        "where r.connection_id = $1 and r.entity = $2 order by r.id desc limit 1",
        connection.0,
        entity.as_str(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(SyncRun::try_from).transpose()
}

/// The rows a run did not accept, in the order they came.
pub async fn rejected(
    store: &Store,
    caller: &Caller,
    run: SyncRunId,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<RejectedRow>> {
    let after: i64 = match cursor {
        None => 0,
        Some(Cursor(text)) => text.parse().map_err(|_| Error::BadCursor)?,
    };
    get(store, caller, run).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query!(
        "select id, external_key, reason, payload, at from rejected_rows
         where company_id = $1 and run_id = $2 and id > $3
         order by id
         limit $4",
        caller.company_id.0,
        run.0,
        after,
        limit + 1,
    )
    .fetch_all(tx.conn())
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

/// Adds a run, unless one of that account and entity is under way: then that one's id comes back
/// with `false`.
pub async fn request(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    entity: Entity,
    mode: SyncMode,
    requested_by: &str,
    at: DateTime<Utc>,
) -> Result<(SyncRunId, bool)> {
    let created = sqlx::query_scalar!(
        "insert into sync_runs (company_id, connection_id, entity, mode, state, requested_by, requested_at, updated_at)
         values ($1, $2, $3, $4, 'queued', $5, $6, $6)
         on conflict (connection_id, entity) where state in ('queued', 'running', 'needs_approval') do nothing
         returning id",
        company.0,
        connection.0,
        entity.as_str(),
        mode.as_str(),
        requested_by,
        at,
    )
    .fetch_optional(tx.conn())
    .await?;
    if let Some(id) = created {
        return Ok((SyncRunId(id), true));
    }
    let active = sqlx::query_scalar!(
        "select id from sync_runs
         where connection_id = $1 and entity = $2 and state in ('queued', 'running', 'needs_approval')",
        connection.0,
        entity.as_str(),
    )
    .fetch_optional(tx.conn())
    .await?;
    active
        .map(|id| (SyncRunId(id), false))
        .ok_or(Error::NotFound { what: "sync run" })
}

/// A run taken by a worker.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// Identity.
    pub id: SyncRunId,
    /// Tenant.
    pub company_id: CompanyId,
    /// Account.
    pub connection_id: ConnectionId,
    /// What.
    pub entity: Entity,
    /// How much.
    pub mode: SyncMode,
    /// Where a delta begins.
    pub since: Option<DateTime<Utc>>,
    /// The connector's place after the last committed page.
    pub position: Option<String>,
    /// Highest change time seen so far.
    pub high_water: Option<DateTime<Utc>>,
    /// Figures so far.
    pub counts: SyncCounts,
    /// Taken over from a dead worker.
    pub resumed: bool,
    /// The last page is committed; only finishing is left.
    pub pages_complete: bool,
    /// Keys a full pass wrote to `sync_seen`.
    pub seen_keys: i64,
    /// A person's answer to the brake.
    pub deactivation_approved: Option<bool>,
}

/// Takes one run that waits, or whose worker is gone; another token fences the old worker out.
pub async fn claim(
    tx: &mut Tx,
    token: Uuid,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
) -> Result<Option<Claimed>> {
    let row = sqlx::query!(
        // Materialized: joined directly, the subquery may run once per row and claim several.
        r#"with old as materialized (
               select id, state from sync_runs
               where state = 'queued' or (state = 'running' and lease_until < $2)
               order by id
               limit 1
               for update skip locked
           )
           update sync_runs r
           set state = 'running', lease_token = $1, lease_until = $3,
               started_at = coalesce(r.started_at, $2), updated_at = $2,
               resumed = r.resumed + case when old.state = 'running' then 1 else 0 end
           from old
           where r.id = old.id
           returning r.id, r.company_id, r.connection_id, r.entity, r.mode, r.since, r.position, r.high_water,
                     r.pages, r.rows_read, r.created, r.updated, r.unchanged, r.refused, r.deactivated,
                     (old.state = 'running') as "resumed!", r.pages_complete, r.seen_keys, r.deactivation_approved"#,
        token,
        now,
        lease_until,
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Claimed {
        id: SyncRunId(row.id),
        company_id: CompanyId(row.company_id),
        connection_id: ConnectionId(row.connection_id),
        entity: word("sync_runs", "entity", &row.entity)?,
        mode: word("sync_runs", "mode", &row.mode)?,
        since: row.since,
        position: row.position,
        high_water: row.high_water,
        counts: SyncCounts {
            pages: row.pages,
            rows: row.rows_read,
            created: row.created,
            updated: row.updated,
            unchanged: row.unchanged,
            refused: row.refused,
            deactivated: row.deactivated,
        },
        resumed: row.resumed,
        pages_complete: row.pages_complete,
        seen_keys: row.seen_keys,
        deactivation_approved: row.deactivation_approved,
    }))
}

/// Fixes where a delta begins, once, at its first claim.
pub async fn set_since(tx: &mut Tx, id: SyncRunId, since: Option<DateTime<Utc>>) -> Result<()> {
    sqlx::query!("update sync_runs set since = $2 where id = $1", id.0, since)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// What a committed page leaves behind.
#[derive(Debug)]
pub struct Progress<'a> {
    /// Run.
    pub id: SyncRunId,
    /// The worker's token.
    pub token: Uuid,
    /// Figures of this page.
    pub page: SyncCounts,
    /// Where to go on; none after the last page.
    pub position: Option<&'a str>,
    /// Keys this page added to `sync_seen`.
    pub seen_keys: i64,
    /// Highest change time seen on this page.
    pub high_water: Option<DateTime<Utc>>,
    /// New end of the lease.
    pub lease_until: DateTime<Utc>,
}

/// Writes a page's figures; none when the lease was lost. Otherwise: whether a person asked to stop.
pub async fn progress(
    tx: &mut Tx,
    progress: &Progress<'_>,
    at: DateTime<Utc>,
) -> Result<Option<bool>> {
    let page = &progress.page;
    let cancel = sqlx::query_scalar!(
        "update sync_runs
         set pages = pages + $3, rows_read = rows_read + $4, created = created + $5, updated = updated + $6,
             unchanged = unchanged + $7, refused = refused + $8, position = $9,
             high_water = greatest(high_water, $10), updated_at = $11, lease_until = $12,
             pages_complete = $9::text is null, seen_keys = seen_keys + $13
         where id = $1 and lease_token = $2 and state = 'running'
         returning cancel_requested",
        progress.id.0,
        progress.token,
        page.pages,
        page.rows,
        page.created,
        page.updated,
        page.unchanged,
        page.refused,
        progress.position,
        progress.high_water,
        at,
        progress.lease_until,
        progress.seen_keys,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(cancel)
}

/// Keeps the lease while a page takes long; none when it was lost, otherwise whether a person asked
/// to stop.
pub async fn renew(
    store: &Store,
    id: SyncRunId,
    token: Uuid,
    lease_until: DateTime<Utc>,
) -> Result<Option<bool>> {
    let mut tx = store.begin(Scope::System).await?;
    let cancel = sqlx::query_scalar!(
        "update sync_runs set lease_until = $3 where id = $1 and lease_token = $2 and state = 'running'
         returning cancel_requested",
        id.0,
        token,
        lease_until,
    )
    .fetch_optional(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(cancel)
}

/// Writes why a run waits, or that it goes on.
pub async fn note(
    tx: &mut Tx,
    id: SyncRunId,
    token: Uuid,
    message: Option<&str>,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update sync_runs set message = $3, updated_at = $4
         where id = $1 and lease_token = $2 and state = 'running'",
        id.0,
        token,
        message,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Moves a run that this worker holds to another state; false when the lease was lost.
pub async fn settle(
    tx: &mut Tx,
    id: SyncRunId,
    token: Uuid,
    state: RunState,
    message: Option<&str>,
    deactivated: i64,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update sync_runs
         set state = $3, message = $4, deactivated = deactivated + $5, updated_at = $6::timestamptz,
             finished_at = case when $7 then $6::timestamptz end, lease_token = null, lease_until = null
         where id = $1 and lease_token = $2 and state = 'running'",
        id.0,
        token,
        state.as_str(),
        message,
        deactivated,
        at,
        state.is_final(),
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A person's wish to stop: a waiting run ends at once, a running one after its current page.
/// Returns whether there was anything to stop.
pub async fn cancel(
    tx: &mut Tx,
    company: CompanyId,
    id: SyncRunId,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update sync_runs
         set cancel_requested = true,
             state = case when state = 'running' then state else 'cancelled' end,
             finished_at = case when state = 'running' then null else $3::timestamptz end,
             updated_at = $3
         where id = $1 and company_id = $2 and state in ('queued', 'running', 'needs_approval')",
        id.0,
        company.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// A person's answer to the brake: the run goes back to the queue to finish accordingly.
pub async fn decide_deactivation(
    tx: &mut Tx,
    company: CompanyId,
    id: SyncRunId,
    approve: bool,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update sync_runs set deactivation_approved = $3, state = 'queued', updated_at = $4
         where id = $1 and company_id = $2 and state = 'needs_approval'",
        id.0,
        company.0,
        approve,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

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

/// Highest change time a run has seen.
pub async fn high_water(tx: &mut Tx, id: SyncRunId) -> Result<Option<DateTime<Utc>>> {
    let high = sqlx::query_scalar!("select high_water from sync_runs where id = $1", id.0)
        .fetch_optional(tx.conn())
        .await?;
    Ok(high.flatten())
}

/// Keys a full pass wrote to `sync_seen`, as the run's logged row has it.
pub async fn seen_keys(tx: &mut Tx, id: SyncRunId) -> Result<i64> {
    let keys = sqlx::query_scalar!("select seen_keys from sync_runs where id = $1", id.0)
        .fetch_one(tx.conn())
        .await?;
    Ok(keys)
}
