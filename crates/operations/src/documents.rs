//! Judging documents again: matching, eligibility, counters, tasks.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, NaiveTime, Utc};
use domain::document::{DocumentDetail, EnteredByHand, ErpState, NOTE_LENGTH};
use domain::live::Topic;
use domain::permission::Permission;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{CompanyId, DocumentId, WarehouseId};
use serde_json::json;
use store::timeline::NewEntries;
use store::{Scope, Store, Tx};

/// A person asks for one document to be matched and judged again.
pub async fn recalculate(
    store: &Store,
    caller: &Caller,
    id: DocumentId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::AnswerMappings)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::documents::lock(&mut tx, &[id.0]).await?;
    let (_, warehouse) = store::documents::status(&mut tx, id).await?;
    if warehouse.is_some_and(|warehouse| !caller.sees_warehouse(warehouse)) {
        return Err(Error::NotFound("document"));
    }
    judge_again(&mut tx, caller.company_id, &[id.0], now).await?;
    let mut entries = NewEntries::default();
    entries.push(
        id,
        TimelineKind::Recalculated,
        "Matched and judged again.".to_owned(),
    );
    store::timeline::record(
        &mut tx,
        caller.company_id,
        &entries,
        &caller.name,
        None,
        now,
    )
    .await?;
    audit::by_person(
        &mut tx,
        caller,
        "DOCUMENT_RECALCULATED",
        &id.to_string(),
        json!({}),
        now,
    )
    .await?;
    let topics = [Topic::Document(id.0), Topic::Documents, Topic::Tasks];
    store::live::publish(
        &mut tx,
        caller.company_id,
        warehouse,
        &topics,
        "recalculated",
    )
    .await?;
    Ok(tx.commit().await?)
}

/// A person says that the result of a document stands in the ERP, and how it got there.
pub async fn mark_entered(
    store: &Store,
    caller: &Caller,
    id: DocumentId,
    note: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let note = note.trim();
    if !NOTE_LENGTH.contains(&note.chars().count()) {
        let text = "Say how it was entered, or under which number, in 3 to 500 characters.";
        return Err(Error::Invalid(text.to_owned()));
    }
    let entered = EnteredByHand {
        at: now,
        by: caller.name.clone(),
        note: note.to_owned(),
    };
    set_entered(store, caller, id, Some(&entered), now).await
}

/// Takes that back.
pub async fn unmark_entered(
    store: &Store,
    caller: &Caller,
    id: DocumentId,
    now: DateTime<Utc>,
) -> Result<()> {
    set_entered(store, caller, id, None, now).await
}

async fn set_entered(
    store: &Store,
    caller: &Caller,
    id: DocumentId,
    entered: Option<&EnteredByHand>,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::AssignTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::documents::lock(&mut tx, &[id.0]).await?;
    let before = store::documents::get(store, caller, id).await?;
    let (wanted, refusal) = match entered {
        Some(_) => (
            ErpState::Waits,
            "This document does not wait to be entered in the ERP.",
        ),
        None => (
            ErpState::Entered,
            "Nobody said that this document was entered.",
        ),
    };
    if before.erp.state != wanted {
        return Err(Error::Conflict(format!("{refusal} {}", before.erp.text)));
    }
    store::documents::set_entered(&mut tx, id, entered).await?;
    let (action, text, facts) = told(&before, entered);
    let mut entries = NewEntries::default();
    entries.push(id, TimelineKind::Resolved, text);
    let (company, by) = (caller.company_id, &caller.name);
    store::timeline::record(&mut tx, company, &entries, by, None, now).await?;
    let number = &before.document.number;
    audit::by_person(&mut tx, caller, action, number, facts, now).await?;
    let topics = [Topic::Document(id.0), Topic::Documents];
    let warehouse = before.document.warehouse_id;
    store::live::publish(&mut tx, company, warehouse, &topics, "erp_entry").await?;
    Ok(tx.commit().await?)
}

fn told(
    before: &DocumentDetail,
    entered: Option<&EnteredByHand>,
) -> (&'static str, String, serde_json::Value) {
    let erp = &before.source;
    match (entered, &before.erp.entered) {
        (Some(entered), _) => (
            "ERP_ENTRY_MARKED",
            format!("Marked as entered in {erp} by hand: {}", entered.note),
            json!({ "note": entered.note, "erp": erp }),
        ),
        (None, old) => (
            "ERP_ENTRY_TAKEN_BACK",
            format!("Not entered in {erp} after all."),
            json!({ "before": old, "erp": erp }),
        ),
    }
}

/// Takes the documents of a site to have been read in the morning of their day, as if Crossdock had
/// run then: a demo's history begins with it.
pub async fn backdate(
    store: &Store,
    company: CompanyId,
    warehouse: WarehouseId,
    read_at: NaiveTime,
    now: DateTime<Utc>,
) -> Result<i64> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    let moved = store::documents::backdate(&mut tx, company, warehouse, read_at, now).await?;
    tx.commit().await?;
    Ok(moved)
}

/// Matches, judges and counts locked documents again, and makes or withdraws their tasks.
pub(crate) async fn judge_again(
    tx: &mut Tx,
    company: CompanyId,
    ids: &[i64],
    now: DateTime<Utc>,
) -> Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    store::document_lines::rematch(tx, company, ids, None).await?;
    count_and_task(tx, ids, now).await
}

/// Counts locked documents again, makes or withdraws their tasks, and says when these are due.
pub(crate) async fn count_and_task(tx: &mut Tx, ids: &[i64], now: DateTime<Utc>) -> Result<()> {
    store::documents::recount(tx, ids, now).await?;
    store::tasks::ensure(tx, ids, now).await?;
    Ok(store::cut_off_plans::plan(tx, ids, now).await?)
}
