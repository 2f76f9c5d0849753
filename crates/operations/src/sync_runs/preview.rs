//! Dry runs: a page is imported for real in a transaction that is rolled back, and what differed is
//! kept. So a preview can never disagree with the import it previews.

use super::page::{close, import, kind_of};
use super::{ClaimedRun, Committed, Page, Records, finish::settle};
use crate::Result;
use crate::import::{Context, Imported, count, follow_ended, key_of_ended};
use chrono::{DateTime, Utc};
use domain::preview::{PreviewKind, PreviewRow, compare};
use domain::sync::{Entity, RunState, SyncMode};
use std::collections::{BTreeSet, HashMap};
use std::time::Duration;
use store::sync_previews::{Snapshot, document_key};
use store::sync_runs::Progress;
use store::{Scope, Store, Tx};

/// Looks at a page: what importing it would do is kept with the run, nothing else is written.
pub(super) async fn preview_page(
    store: &Store,
    claimed: &ClaimedRun,
    page: &Page,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<Committed> {
    let (imported, rows) = try_out(store, claimed, page, now).await?;
    let run = &claimed.run;
    let mut rejected = imported.rejected;
    rejected.extend(page.refused.iter().cloned());
    let mut counts = imported.counts;
    counts.refused = count(rejected.len());
    counts.pages = 1;
    counts.rows = count(page.rows);
    let mut tx = store.begin(Scope::Company(run.company_id)).await?;
    store::sync_previews::record(&mut tx, run.company_id, run.id, &rows).await?;
    store::sync_runs::record_rejected(&mut tx, run.company_id, run.id, &rejected, now).await?;
    let met = match run.mode {
        SyncMode::Full => store::sync_seen::record(&mut tx, run.id, &met(page)).await?,
        SyncMode::Delta => 0,
    };
    let progress = Progress {
        id: run.id,
        token: claimed.token,
        page: counts,
        position: page.next.as_deref(),
        seen_keys: met,
        high_water: None,
        lease_until: now + lease,
    };
    close(tx, run, &progress, now).await
}

/// Imports the page and takes it back; what differed in between comes out.
async fn try_out(
    store: &Store,
    claimed: &ClaimedRun,
    page: &Page,
    now: DateTime<Utc>,
) -> Result<(Imported, Vec<PreviewRow>)> {
    let run = &claimed.run;
    let mut tx = store.begin(Scope::Company(run.company_id)).await?;
    let context = Context {
        company: run.company_id,
        connection: &claimed.connection,
        remember: None,
        correlation_id: &page.correlation_id,
        now,
    };
    let before = rows_now(&mut tx, claimed, page).await?;
    let kind = kind_of(run.entity);
    let ended = follow_ended(&mut tx, &context, kind, &page.ended).await?;
    let mut imported = import(&mut tx, &context, run, &page.records).await?;
    imported.count_ended(ended, page.ended.len());
    let after = rows_now(&mut tx, claimed, page).await?;
    tx.rollback().await?;
    Ok((imported, differences(&before, &after, page)))
}

async fn rows_now(
    tx: &mut Tx,
    claimed: &ClaimedRun,
    page: &Page,
) -> Result<HashMap<String, Snapshot>> {
    let records = &page.records;
    let (company, connection) = (claimed.run.company_id, claimed.run.connection_id);
    Ok(match records {
        Records::Items(_) => store::sync_previews::items_now(tx, company, &keys(records)).await?,
        Records::Partners(_) => {
            store::sync_previews::partners_now(tx, connection, &keys(records)).await?
        }
        Records::Documents(rows) => {
            let kind = kind_of(claimed.run.entity).as_str();
            let rows = rows.iter();
            let keys: Vec<_> = rows
                .map(|row| (row.number.clone(), row.doc_type.clone(), row.dated_on))
                .chain(page.ended.iter().map(key_of_ended))
                .collect();
            store::sync_previews::documents_now(tx, connection, kind, &keys).await?
        }
        Records::Stock(_) => {
            store::sync_previews::stock_now(tx, connection, &keys(records)).await?
        }
    })
}

/// The rows of a page by the key a preview names them with, in the order they came.
fn keys(records: &Records) -> Vec<String> {
    match records {
        Records::Items(rows) => rows.iter().map(|row| row.code.clone()).collect(),
        Records::Partners(rows) => rows.iter().map(|row| row.code.clone()).collect(),
        Records::Documents(rows) => rows
            .iter()
            .map(|row| document_key(&row.number, &row.doc_type, row.dated_on))
            .collect(),
        Records::Stock(rows) => rows.iter().map(|row| row.item_code.clone()).collect(),
    }
}

/// What a full pass met: a row that could not be read still exists upstream.
fn met(page: &Page) -> Vec<String> {
    let refused = page.refused.iter().map(|row| row.external_key.clone());
    keys(&page.records).into_iter().chain(refused).collect()
}

fn differences(
    before: &HashMap<String, Snapshot>,
    after: &HashMap<String, Snapshot>,
    page: &Page,
) -> Vec<PreviewRow> {
    let mut rows = Vec::new();
    let mut told = BTreeSet::new();
    let ended = page.ended.iter();
    let ended = ended.map(|one| document_key(&one.number, &one.doc_type, one.dated_on));
    for key in keys(&page.records).into_iter().chain(ended) {
        let (old, new) = (before.get(&key), after.get(&key));
        // An item whose stock is all gone has no row afterwards.
        let Some(shown) = new.or(old) else { continue };
        if !told.insert(key.clone()) {
            continue;
        }
        let fields = |row: Option<&'_ Snapshot>| row.map(|row| row.fields.clone());
        let (changes, left_out) = compare(fields(old).as_ref(), fields(new).as_ref());
        let kind = match old {
            None => PreviewKind::Created,
            Some(_) if changes.is_empty() => continue,
            Some(_) => PreviewKind::Changed,
        };
        rows.push(PreviewRow {
            kind,
            external_key: key,
            label: shown.label.clone(),
            changes,
            left_out,
        });
    }
    rows
}

/// Ends a dry run: keeps what would be marked inactive, and opens the preview for a decision. The
/// cursor stays where it is.
pub(super) async fn finish_preview(
    store: &Store,
    claimed: &ClaimedRun,
    now: DateTime<Utc>,
) -> Result<()> {
    let run = &claimed.run;
    let mut tx = store.begin(Scope::Company(run.company_id)).await?;
    let (unseen, message) = unseen(&mut tx, claimed).await?;
    store::sync_seen::forget(&mut tx, run.id).await?;
    settle(
        &mut tx,
        claimed,
        RunState::Done,
        message.as_deref(),
        unseen,
        now,
    )
    .await?;
    store::sync_previews::open(&mut tx, run.id).await?;
    Ok(tx.commit().await?)
}

/// How many rows a full pass did not meet, kept with the preview, and what the brake says to it.
async fn unseen(tx: &mut Tx, claimed: &ClaimedRun) -> Result<(i64, Option<String>)> {
    let run = &claimed.run;
    let may_deactivate = matches!(run.entity, Entity::Items | Entity::Partners | Entity::Stock);
    if run.mode != SyncMode::Full || !may_deactivate {
        return Ok((0, None));
    }
    let (company, connection) = (run.company_id, run.connection_id);
    if store::sync_seen::count(tx, run.id).await? != store::sync_runs::seen_keys(tx, run.id).await?
    {
        let message = "The database restarted during the pass, so what would be marked inactive is not known. Start the dry run again.";
        return Ok((0, Some(message.to_owned())));
    }
    let store::sync_seen::Unseen { active, unseen } = match run.entity {
        Entity::Stock => store::stock::count_unseen(tx, connection, run.id).await?,
        entity => store::sync_seen::count_unseen(tx, entity, connection, run.id).await?,
    };
    store::sync_previews::record_unseen(tx, company, run.entity, connection, run.id).await?;
    let brake = claimed.connection.brake_percent;
    let message = (unseen * 100 > active * i64::from(brake)).then(|| {
        format!(
            "{unseen} of {active} active rows would be marked inactive, more than {brake} %. Look at them before you apply this."
        )
    });
    Ok((unseen, message))
}
