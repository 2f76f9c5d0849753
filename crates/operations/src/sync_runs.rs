//! A sync from the wish to the end: requested by a person or schedule, claimed by a worker, committed
//! page by page, finished with the cursor moved.

use crate::import::{Context, Imported, count, import_documents, import_items, import_partners};
use crate::{Error, Result, audit, import, require};
use chrono::{DateTime, Utc};
use domain::document::{DocumentKind, DocumentRecord};
use domain::item::ItemRecord;
use domain::live::Topic;
use domain::partner::PartnerRecord;
use domain::permission::Permission;
use domain::sync::{Entity, RunState, SyncCounts, SyncMode};
use domain::user::Caller;
use domain::{ConnectionId, SyncRunId};
use serde_json::json;
use std::time::Duration;
use store::connections::ConnectionForWork;
use store::sync_runs::{Claimed, NewRejection, Progress};
use store::{Scope, Store, Tx};
use uuid::Uuid;

/// Asks for a sync; when one of that account and entity is under way, its id comes back.
pub async fn request(
    store: &Store,
    caller: &Caller,
    connection: ConnectionId,
    entity: Entity,
    mode: SyncMode,
    now: DateTime<Utc>,
) -> Result<SyncRunId> {
    require(caller, Permission::ManageConnections)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::connections::check_visible(&mut tx, caller, connection).await?;
    let company = caller.company_id;
    let (id, created) = store::sync_runs::request(
        &mut tx,
        company,
        connection,
        entity,
        mode,
        &caller.name,
        now,
    )
    .await?;
    if created {
        let facts = json!({ "entity": entity.as_str(), "mode": mode.as_str(), "run": id.0 });
        audit::by_person(
            &mut tx,
            caller,
            "SYNC_REQUESTED",
            &connection.to_string(),
            facts,
            now,
        )
        .await?;
        tell(&mut tx, company, id, entity, "run_requested").await?;
    }
    tx.commit().await?;
    Ok(id)
}

/// Stops a run: a waiting one at once, a running one after its current page.
pub async fn cancel(
    store: &Store,
    caller: &Caller,
    id: SyncRunId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let run = store::sync_runs::get(store, caller, id).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    if !store::sync_runs::cancel(&mut tx, caller.company_id, id, now).await? {
        return Err(Error::Conflict("This run has already ended.".to_owned()));
    }
    if run.state == RunState::NeedsApproval {
        store::sync_seen::forget(&mut tx, id).await?;
    }
    audit::by_person(
        &mut tx,
        caller,
        "SYNC_CANCELLED",
        &id.to_string(),
        json!({}),
        now,
    )
    .await?;
    tell(
        &mut tx,
        caller.company_id,
        id,
        run.entity,
        "cancel_requested",
    )
    .await?;
    Ok(tx.commit().await?)
}

/// Answers the brake: deactivate what the pass did not meet, or leave it.
pub async fn decide_deactivation(
    store: &Store,
    caller: &Caller,
    id: SyncRunId,
    approve: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let run = store::sync_runs::get(store, caller, id).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    if !store::sync_runs::decide_deactivation(&mut tx, caller.company_id, id, approve, now).await? {
        return Err(Error::Conflict(
            "This run does not wait for a decision.".to_owned(),
        ));
    }
    let facts = json!({ "approve": approve });
    audit::by_person(
        &mut tx,
        caller,
        "DEACTIVATION_DECIDED",
        &id.to_string(),
        facts,
        now,
    )
    .await?;
    tell(&mut tx, caller.company_id, id, run.entity, "decided").await?;
    Ok(tx.commit().await?)
}

/// A run held by this worker.
#[derive(Debug, Clone)]
pub struct ClaimedRun {
    /// The run as claimed.
    pub run: Claimed,
    /// Fences everybody else out.
    pub token: Uuid,
    /// The account to talk to.
    pub connection: ConnectionForWork,
}

/// Takes one run that waits or whose worker is gone.
pub async fn claim(
    store: &Store,
    token: Uuid,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<Option<ClaimedRun>> {
    let mut tx = store.begin(Scope::System).await?;
    let Some(mut run) = store::sync_runs::claim(&mut tx, token, now, now + lease).await? else {
        return Ok(None);
    };
    let connection = store::connections::for_work(&mut tx, run.connection_id).await?;
    if run.mode == SyncMode::Delta && run.since.is_none() && run.counts.pages == 0 {
        // The connector takes off the overlap its system needs.
        run.since = store::connections::cursor(&mut tx, connection.id, run.entity).await?;
        store::sync_runs::set_since(&mut tx, run.id, run.since).await?;
    }
    tell(&mut tx, run.company_id, run.id, run.entity, "started").await?;
    tx.commit().await?;
    Ok(Some(ClaimedRun {
        run,
        token,
        connection,
    }))
}

/// Rows of a page, by what they are.
#[derive(Debug)]
pub enum Records {
    /// Catalogue.
    Items(Vec<ItemRecord>),
    /// Trading parties.
    Partners(Vec<PartnerRecord>),
    /// Receipts or dispatches.
    Documents(Vec<DocumentRecord>),
}

/// A page as a connector brought it.
#[derive(Debug)]
pub struct Page {
    /// The rows that could be read.
    pub records: Records,
    /// Those that could not.
    pub refused: Vec<NewRejection>,
    /// Where the next page begins; none after the last.
    pub next: Option<String>,
    /// Highest change time on the page.
    pub high_water: Option<DateTime<Utc>>,
    /// Rows on the wire.
    pub rows: usize,
    /// The call behind it.
    pub correlation_id: String,
}

/// What a committed page means for the run.
#[derive(Debug, Clone, Copy)]
pub struct Committed {
    /// Figures of this page.
    pub counts: SyncCounts,
    /// A person asked to stop.
    pub cancel_requested: bool,
}

/// Writes a page: rows, figures, position and live event in one transaction. Fails with a conflict,
/// and writes nothing, when another worker took the run over.
pub async fn commit_page(
    store: &Store,
    claimed: &ClaimedRun,
    page: &Page,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<Committed> {
    let run = &claimed.run;
    let mut tx = store.begin(Scope::Company(run.company_id)).await?;
    let remember = (run.mode == SyncMode::Full).then_some(run.id);
    let context = Context {
        company: run.company_id,
        connection: &claimed.connection,
        remember,
        correlation_id: &page.correlation_id,
        now,
    };
    let mut imported = import(&mut tx, &context, run.entity, &page.records).await?;
    if let Some(run) = remember {
        // A row that could not be read still exists upstream.
        let keys: Vec<String> = page
            .refused
            .iter()
            .map(|row| row.external_key.clone())
            .collect();
        imported.seen_keys += store::sync_seen::record(&mut tx, run, &keys).await?;
    }
    imported.rejected.extend(page.refused.iter().cloned());
    imported.counts.refused = count(imported.rejected.len());
    imported.counts.pages = 1;
    imported.counts.rows = count(page.rows);
    store::sync_runs::record_rejected(&mut tx, run.company_id, run.id, &imported.rejected, now)
        .await?;
    let progress = Progress {
        id: run.id,
        token: claimed.token,
        page: imported.counts,
        position: page.next.as_deref(),
        seen_keys: imported.seen_keys,
        high_water: page
            .high_water
            .filter(|high| *high <= now + chrono::Duration::days(1)),
        lease_until: now + lease,
    };
    let cancel_requested = store::sync_runs::progress(&mut tx, &progress, now)
        .await?
        .ok_or_else(lost_lease)?;
    tell(
        &mut tx,
        run.company_id,
        run.id,
        run.entity,
        "page_committed",
    )
    .await?;
    tx.commit().await?;
    Ok(Committed {
        counts: imported.counts,
        cancel_requested,
    })
}

fn lost_lease() -> Error {
    Error::Conflict("Another worker took this run over.".to_owned())
}

async fn import(
    tx: &mut Tx,
    context: &Context<'_>,
    entity: Entity,
    records: &Records,
) -> Result<Imported> {
    match (records, entity) {
        (Records::Items(rows), _) => import_items(tx, context, rows).await,
        (Records::Partners(rows), _) => import_partners(tx, context, rows).await,
        (Records::Documents(rows), Entity::Receipts) => {
            import_documents(tx, context, DocumentKind::Receipt, rows).await
        }
        (Records::Documents(rows), _) => {
            import_documents(tx, context, DocumentKind::Dispatch, rows).await
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finish {
    /// Complete.
    Done,
    /// The brake waits for a person.
    NeedsApproval,
}

/// Ends a run whose last page is committed: marks what a full pass did not meet as inactive, unless
/// that is more than `brake_percent` of the active rows and nobody approved; moves the cursor.
pub async fn finish(
    store: &Store,
    claimed: &ClaimedRun,
    brake_percent: u8,
    now: DateTime<Utc>,
) -> Result<Finish> {
    let run = &claimed.run;
    let mut tx = store.begin(Scope::Company(run.company_id)).await?;
    let verdict = judge_unseen(&mut tx, claimed, brake_percent).await?;
    let (state, message, deactivated) = match verdict {
        Unseen::Ask(message) => (RunState::NeedsApproval, Some(message), 0),
        Unseen::Leave(message) => (RunState::Done, message, 0),
        Unseen::Deactivate => (
            RunState::Done,
            None,
            deactivate(&mut tx, claimed, now).await?,
        ),
    };
    if state == RunState::Done {
        let high_water = store::sync_runs::high_water(&mut tx, run.id).await?;
        let (company, connection) = (run.company_id, run.connection_id);
        store::connections::move_cursor(&mut tx, company, connection, run.entity, high_water, now)
            .await?;
        store::sync_seen::forget(&mut tx, run.id).await?;
    }
    settle(
        &mut tx,
        claimed,
        state,
        message.as_deref(),
        deactivated,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(if state == RunState::Done {
        Finish::Done
    } else {
        Finish::NeedsApproval
    })
}

enum Unseen {
    Leave(Option<String>),
    Ask(String),
    Deactivate,
}

async fn judge_unseen(tx: &mut Tx, claimed: &ClaimedRun, brake_percent: u8) -> Result<Unseen> {
    let run = &claimed.run;
    let may_deactivate = matches!(run.entity, Entity::Items | Entity::Partners);
    if run.mode != SyncMode::Full || !may_deactivate {
        return Ok(Unseen::Leave(None));
    }
    let written = store::sync_runs::seen_keys(tx, run.id).await?;
    if store::sync_seen::count(tx, run.id).await? != written {
        let message = "The database restarted during the pass, so nothing was marked inactive. The next full sync does it.";
        return Ok(Unseen::Leave(Some(message.to_owned())));
    }
    let store::sync_seen::Unseen { active, unseen } =
        store::sync_seen::count_unseen(tx, run.entity, run.connection_id, run.id).await?;
    match run.deactivation_approved {
        Some(true) => Ok(Unseen::Deactivate),
        Some(false) => Ok(Unseen::Leave(Some(format!(
            "{unseen} rows were left active, as decided."
        )))),
        None if unseen * 100 > active * i64::from(brake_percent) => Ok(Unseen::Ask(format!(
            "{unseen} of {active} active rows are missing upstream, more than {brake_percent} %. Approve to mark them inactive, or refuse to leave them."
        ))),
        None if unseen == 0 => Ok(Unseen::Leave(None)),
        None => Ok(Unseen::Deactivate),
    }
}

async fn deactivate(tx: &mut Tx, claimed: &ClaimedRun, now: DateTime<Utc>) -> Result<i64> {
    let run = &claimed.run;
    let (entity, connection) = (run.entity, run.connection_id);
    Ok(store::sync_seen::deactivate_unseen(tx, entity, connection, run.id, now).await?)
}

/// Ends a run that cannot go on; the message says why and what to do.
pub async fn fail(
    store: &Store,
    claimed: &ClaimedRun,
    message: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    end(store, claimed, RunState::Failed, Some(message), now).await
}

/// Ends a run that a person stopped.
pub async fn cancelled(store: &Store, claimed: &ClaimedRun, now: DateTime<Utc>) -> Result<()> {
    end(store, claimed, RunState::Cancelled, None, now).await
}

async fn end(
    store: &Store,
    claimed: &ClaimedRun,
    state: RunState,
    message: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = store.begin(Scope::Company(claimed.run.company_id)).await?;
    store::sync_seen::forget(&mut tx, claimed.run.id).await?;
    settle(&mut tx, claimed, state, message, 0, now).await?;
    Ok(tx.commit().await?)
}

async fn settle(
    tx: &mut Tx,
    claimed: &ClaimedRun,
    state: RunState,
    message: Option<&str>,
    deactivated: i64,
    now: DateTime<Utc>,
) -> Result<()> {
    let run = &claimed.run;
    let (id, token) = (run.id, claimed.token);
    if !store::sync_runs::settle(tx, id, token, state, message, deactivated, now).await? {
        return Err(lost_lease());
    }
    tell(tx, run.company_id, id, run.entity, state.as_str()).await
}

async fn tell(
    tx: &mut Tx,
    company: domain::CompanyId,
    id: SyncRunId,
    entity: Entity,
    what: &str,
) -> Result<()> {
    let list = match entity {
        Entity::Items => Topic::Items,
        Entity::Partners => Topic::Partners,
        Entity::Dispatches | Entity::Receipts => Topic::Documents,
    };
    let topics = [Topic::SyncRun(id.0), Topic::Connections, list];
    Ok(store::live::publish(tx, company, None, &topics, what).await?)
}

/// Keeps the lease while a page takes long; says whether a person asked to stop. An error when the
/// lease was lost.
pub async fn renew(
    store: &Store,
    claimed: &ClaimedRun,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<bool> {
    let kept = store::sync_runs::renew(store, claimed.run.id, claimed.token, now + lease).await?;
    kept.ok_or_else(lost_lease)
}

/// Says on the run why it waits; it goes on by itself.
pub async fn note(
    store: &Store,
    claimed: &ClaimedRun,
    message: Option<&str>,
    now: DateTime<Utc>,
) -> Result<()> {
    let run = &claimed.run;
    let mut tx = store.begin(Scope::Company(run.company_id)).await?;
    store::sync_runs::note(&mut tx, run.id, claimed.token, message, now).await?;
    tell(&mut tx, run.company_id, run.id, run.entity, "noted").await?;
    Ok(tx.commit().await?)
}

/// Codes on open documents that match no item and were not asked for within 24 hours.
pub async fn due_lookups(
    store: &Store,
    claimed: &ClaimedRun,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Vec<String>> {
    let mut tx = store.begin(Scope::Company(claimed.run.company_id)).await?;
    let since = now - chrono::Duration::hours(24);
    Ok(store::lookups::due(&mut tx, claimed.connection.id, since, limit).await?)
}

/// Keeps the answer of an on-demand look-up, a miss too; a hit becomes an item and frees its lines.
pub async fn record_lookup(
    store: &Store,
    claimed: &ClaimedRun,
    code: &str,
    found: Option<ItemRecord>,
    correlation_id: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let company = claimed.run.company_id;
    let connection = &claimed.connection;
    let mut tx = store.begin(Scope::Company(company)).await?;
    let hit = found.is_some();
    let context = Context {
        company,
        connection,
        remember: None,
        correlation_id,
        now,
    };
    let taken = match found {
        Some(record) => import::import_looked_up(&mut tx, &context, record).await?,
        None => false,
    };
    store::lookups::record(&mut tx, company, connection.id, code, hit, now).await?;
    let facts = json!({ "found": hit, "taken": taken, "correlation_id": correlation_id });
    audit::by_machine(
        &mut tx,
        company,
        &connection.name,
        "CATALOG_LOOKUP_API",
        code,
        facts,
        now,
    )
    .await?;
    if hit {
        let topics = [Topic::Items, Topic::Documents, Topic::Tasks];
        store::live::publish(&mut tx, company, None, &topics, "looked_up").await?;
    }
    Ok(tx.commit().await?)
}
