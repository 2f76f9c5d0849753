//! A page as a connector brought it, written in one transaction.

use super::preview::preview_page;
use super::{ClaimedRun, lost_lease, tell};
use crate::Result;
use crate::import::{
    Context, Imported, count, follow_ended, import_documents, import_items, import_partners,
    import_stock,
};
use chrono::{DateTime, Utc};
use domain::document::{DocumentKind, DocumentRecord, EndedDocument};
use domain::item::ItemRecord;
use domain::partner::PartnerRecord;
use domain::stock::StockRecord;
use domain::sync::{Entity, SyncCounts, SyncMode};
use std::time::Duration;
use store::sync_runs::{Claimed, NewRejection, Progress};
use store::{Scope, Store, Tx};

/// Rows of a page, by what they are.
#[derive(Debug)]
pub enum Records {
    /// Catalogue.
    Items(Vec<ItemRecord>),
    /// Trading parties.
    Partners(Vec<PartnerRecord>),
    /// On hand.
    Stock(Vec<StockRecord>),
    /// Receipts or dispatches.
    Documents(Vec<DocumentRecord>),
}

/// A page as a connector brought it.
#[derive(Debug)]
pub struct Page {
    /// The rows that could be read.
    pub records: Records,
    /// Documents that are no work any more upstream.
    pub ended: Vec<EndedDocument>,
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
/// and writes nothing, when another worker took the run over; only what documents ended in is written
/// before, which is true whoever read it.
pub async fn commit_page(
    store: &Store,
    claimed: &ClaimedRun,
    page: &Page,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<Committed> {
    let run = &claimed.run;
    if run.dry {
        return preview_page(store, claimed, page, lease, now).await;
    }
    let remember = (run.mode == SyncMode::Full).then_some(run.id);
    let context = Context {
        company: run.company_id,
        connection: &claimed.connection,
        remember,
        correlation_id: &page.correlation_id,
        now,
    };
    let ended = end(store, &context, run.entity, &page.ended).await?;
    let mut tx = store.begin(Scope::Company(run.company_id)).await?;
    let mut imported = import(&mut tx, &context, run, &page.records).await?;
    imported.count_ended(ended, page.ended.len());
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
    close(tx, run, &progress, now).await
}

/// Follows ended documents in a transaction of their own, so that documents are locked once per
/// transaction, in one order.
async fn end(
    store: &Store,
    context: &Context<'_>,
    entity: Entity,
    ended: &[EndedDocument],
) -> Result<usize> {
    if ended.is_empty() {
        return Ok(0);
    }
    let mut tx = store.begin(Scope::Company(context.company)).await?;
    let changed = follow_ended(&mut tx, context, kind_of(entity), ended).await?;
    tx.commit().await?;
    Ok(changed)
}

/// Leaves the page's figures and position with the run, tells of them, and ends the transaction.
pub(super) async fn close(
    mut tx: Tx,
    run: &Claimed,
    progress: &Progress<'_>,
    now: DateTime<Utc>,
) -> Result<Committed> {
    let cancel_requested = store::sync_runs::progress(&mut tx, progress, now)
        .await?
        .ok_or_else(lost_lease)?;
    let what = "page_committed";
    tell(&mut tx, run.company_id, run.id, run.entity, what).await?;
    tx.commit().await?;
    Ok(Committed {
        counts: progress.page,
        cancel_requested,
    })
}

pub(super) async fn import(
    tx: &mut Tx,
    context: &Context<'_>,
    run: &Claimed,
    records: &Records,
) -> Result<Imported> {
    match (records, run.entity) {
        (Records::Items(rows), _) => import_items(tx, context, rows).await,
        (Records::Partners(rows), _) => import_partners(tx, context, rows).await,
        (Records::Stock(rows), _) => import_stock(tx, context, run.id, rows).await,
        (Records::Documents(rows), entity) => {
            import_documents(tx, context, kind_of(entity), rows).await
        }
    }
}

/// The documents of an entity.
pub(super) fn kind_of(entity: Entity) -> DocumentKind {
    match entity {
        Entity::Receipts => DocumentKind::Receipt,
        _ => DocumentKind::Dispatch,
    }
}
