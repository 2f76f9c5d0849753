//! Judging documents again: matching, eligibility, counters, tasks.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::permission::Permission;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{CompanyId, DocumentId};
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

/// Counts locked documents again, and makes or withdraws their tasks.
pub(crate) async fn count_and_task(tx: &mut Tx, ids: &[i64], now: DateTime<Utc>) -> Result<()> {
    store::documents::recount(tx, ids, now).await?;
    store::tasks::ensure(tx, ids, now).await?;
    Ok(())
}
