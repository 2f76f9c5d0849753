//! Answering what an upstream value means here.

mod accept;
mod ask_again;

pub use accept::{accept, acceptable};
pub use ask_again::ask_again;

use crate::{Error, Result, audit, documents, require};
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::mapping::{MappingAnswer, MappingKind};
use domain::permission::Permission;
use domain::sync::{Entity, SyncMode};
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, MappingId, WarehouseId};
use serde_json::json;
use store::document_lines::Matching;
use store::mappings::{KnownMapping, StoredMapping};
use store::{Scope, Store, Tx};

/// Writes a person's answer, or another one than before, and applies it: documents of a warehouse
/// name or an item code are judged again; for a unit, a full sync of the catalogue brings the items
/// that waited. Returns the documents judged.
pub async fn answer(
    store: &Store,
    caller: &Caller,
    id: MappingId,
    answer: &MappingAnswer,
    now: DateTime<Utc>,
) -> Result<i64> {
    require(caller, Permission::AnswerMappings)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let judged = apply(&mut tx, caller, id, answer, now).await?;
    tell(&mut tx, caller.company_id, "mapping_answered").await?;
    tx.commit().await?;
    Ok(judged)
}

/// Applies one answer inside a transaction.
async fn apply(
    tx: &mut Tx,
    caller: &Caller,
    id: MappingId,
    answer: &MappingAnswer,
    now: DateTime<Utc>,
) -> Result<i64> {
    // Taken first: imports hold it before they touch documents.
    store::document_lines::hold_matching(tx, caller.company_id, Matching::Answers).await?;
    let mapping = store::mappings::lock(tx, caller.company_id, id).await?;
    let target = match answer {
        MappingAnswer::Means(code) => Some(code.trim()),
        MappingAnswer::Ignore => None,
    };
    check_target(tx, caller, mapping.kind, target).await?;
    store::mappings::answer(tx, id, target, &caller.name, now).await?;
    let judged = judge(tx, caller, &mapping, target, now).await?;
    let facts = json!({
        "kind": mapping.kind.as_str(),
        "before": mapping.target,
        "ignored_before": mapping.ignored,
        "after": target,
    });
    audit::by_person(
        tx,
        caller,
        "MAPPING_ANSWERED",
        &mapping.external,
        facts,
        now,
    )
    .await?;
    Ok(judged)
}

/// Applies what a value means from now on, or that it means nothing of ours or nobody knows.
async fn judge(
    tx: &mut Tx,
    caller: &Caller,
    mapping: &StoredMapping,
    target: Option<&str>,
    now: DateTime<Utc>,
) -> Result<i64> {
    match mapping.kind {
        MappingKind::Warehouse => answer_warehouse(tx, caller, mapping, target, now).await,
        MappingKind::Uom => answer_uom(tx, caller, mapping, target, now).await,
        MappingKind::Item => answer_item(tx, caller, mapping, now).await,
    }
}

async fn tell(tx: &mut Tx, company: CompanyId, what: &str) -> Result<()> {
    let topics = [
        Topic::Mappings,
        Topic::Documents,
        Topic::Tasks,
        Topic::Items,
        Topic::Connections,
    ];
    Ok(store::live::publish(tx, company, None, &topics, what).await?)
}

/// Refuses a code that is none of ours.
async fn check_target(
    tx: &mut Tx,
    caller: &Caller,
    kind: MappingKind,
    target: Option<&str>,
) -> Result<()> {
    let Some(code) = target else { return Ok(()) };
    match kind {
        MappingKind::Warehouse => our_warehouse(tx, caller, code).await.map(drop),
        MappingKind::Uom => our_unit(tx, caller, code).await,
        MappingKind::Item => {
            let known = store::items::exists(tx, caller.company_id, code).await?;
            let refused = || Error::Invalid(format!("There is no item with the code '{code}'."));
            known.then_some(()).ok_or_else(refused)
        }
    }
}

async fn our_warehouse(tx: &mut Tx, caller: &Caller, code: &str) -> Result<WarehouseId> {
    let found = store::warehouses::find_by_code(tx, caller.company_id, code).await?;
    found
        .filter(|id| caller.sees_warehouse(*id))
        .ok_or_else(|| Error::Invalid(format!("There is no warehouse with the code '{code}'.")))
}

async fn our_unit(tx: &mut Tx, caller: &Caller, code: &str) -> Result<()> {
    let known = store::companies::uom_codes(tx, caller.company_id).await?;
    if known.iter().any(|uom| uom == code) {
        return Ok(());
    }
    let choice = known.join(", ");
    Err(Error::Invalid(format!(
        "There is no unit '{code}'. Choose one of: {choice}."
    )))
}

async fn answer_warehouse(
    tx: &mut Tx,
    caller: &Caller,
    mapping: &StoredMapping,
    target: Option<&str>,
    now: DateTime<Utc>,
) -> Result<i64> {
    let warehouse = match target {
        Some(code) => Some(our_warehouse(tx, caller, code).await?),
        None => None,
    };
    let (connection, key) = (mapping.connection_id, mapping.key.as_str());
    let ids = store::documents::ids_of_warehouse_key(tx, connection, key).await?;
    store::documents::lock(tx, &ids).await?;
    store::documents::set_warehouse_of_key(tx, connection, key, warehouse, now).await?;
    store::stock::set_warehouse_of_key(tx, connection, key, warehouse).await?;
    documents::judge_again(tx, caller.company_id, &ids, now).await?;
    Ok(count(&ids))
}

async fn answer_uom(
    tx: &mut Tx,
    caller: &Caller,
    mapping: &StoredMapping,
    target: Option<&str>,
    now: DateTime<Utc>,
) -> Result<i64> {
    if target.is_none() {
        return Ok(0);
    }
    let (company, connection) = (caller.company_id, mapping.connection_id);
    let (entity, full, by) = (Entity::Items, SyncMode::Full, caller.name.as_str());
    store::sync_runs::request(tx, company, connection, entity, full, by, now).await?;
    Ok(0)
}

/// Lines the floor has begun keep the item they were begun with.
async fn answer_item(
    tx: &mut Tx,
    caller: &Caller,
    mapping: &StoredMapping,
    now: DateTime<Utc>,
) -> Result<i64> {
    let (company, connection) = (caller.company_id, mapping.connection_id);
    let code = mapping.key.as_str();
    let ids = store::mappings::documents_of_code(tx, company, connection, code).await?;
    store::documents::lock(tx, &ids).await?;
    store::mappings::unmatch_answered(tx, &ids, code).await?;
    documents::judge_again(tx, company, &ids, now).await?;
    Ok(count(&ids))
}

fn count(ids: &[i64]) -> i64 {
    i64::try_from(ids.len()).unwrap_or(i64::MAX)
}

/// Writes an answer known from the settings, unless a person's stands already.
pub async fn put_known(
    store: &Store,
    company: CompanyId,
    connection: ConnectionId,
    known: &KnownMapping<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    store::mappings::put(&mut tx, company, connection, known, now).await?;
    Ok(tx.commit().await?)
}
