//! Answering what an upstream value means here.

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

/// Writes a person's answer and applies it: documents of a warehouse name are judged again; for a
/// unit, a full sync of the catalogue brings the items that waited. Returns the documents judged.
pub async fn answer(
    store: &Store,
    caller: &Caller,
    id: MappingId,
    answer: &MappingAnswer,
    now: DateTime<Utc>,
) -> Result<i64> {
    require(caller, Permission::AnswerMappings)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let mapping = store::mappings::lock(&mut tx, caller.company_id, id).await?;
    let target = match answer {
        MappingAnswer::Means(code) => Some(code.trim()),
        MappingAnswer::Ignore => None,
    };
    let judged = match mapping.kind {
        MappingKind::Warehouse => answer_warehouse(&mut tx, caller, &mapping, target, now).await?,
        MappingKind::Uom => answer_uom(&mut tx, caller, &mapping, target, now).await?,
    };
    store::mappings::answer(&mut tx, id, target, &caller.name, now).await?;
    let facts = json!({ "kind": mapping.kind.as_str(), "after": target });
    audit::by_person(
        &mut tx,
        caller,
        "MAPPING_ANSWERED",
        &mapping.external,
        facts,
        now,
    )
    .await?;
    let topics = [
        Topic::Mappings,
        Topic::Documents,
        Topic::Tasks,
        Topic::Connections,
    ];
    store::live::publish(
        &mut tx,
        caller.company_id,
        None,
        &topics,
        "mapping_answered",
    )
    .await?;
    tx.commit().await?;
    Ok(judged)
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
    store::document_lines::hold_matching(tx, caller.company_id, Matching::Answers).await?;
    let ids = store::documents::ids_of_warehouse_key(tx, connection, key).await?;
    store::documents::lock(tx, &ids).await?;
    store::documents::set_warehouse_of_key(tx, connection, key, warehouse, now).await?;
    documents::judge_again(tx, caller.company_id, &ids, now).await?;
    Ok(i64::try_from(ids.len()).unwrap_or(i64::MAX))
}

async fn our_warehouse(tx: &mut Tx, caller: &Caller, code: &str) -> Result<WarehouseId> {
    let found = store::warehouses::find_by_code(tx, caller.company_id, code).await?;
    found
        .filter(|id| caller.sees_warehouse(*id))
        .ok_or_else(|| Error::Invalid(format!("There is no warehouse with the code '{code}'.")))
}

async fn answer_uom(
    tx: &mut Tx,
    caller: &Caller,
    mapping: &StoredMapping,
    target: Option<&str>,
    now: DateTime<Utc>,
) -> Result<i64> {
    let Some(code) = target else { return Ok(0) };
    let known = store::companies::uom_codes(tx, caller.company_id).await?;
    if !known.iter().any(|uom| uom == code) {
        let choice = known.join(", ");
        return Err(Error::Invalid(format!(
            "There is no unit '{code}'. Choose one of: {choice}."
        )));
    }
    let (connection, by) = (mapping.connection_id, caller.name.as_str());
    store::sync_runs::request(
        tx,
        caller.company_id,
        connection,
        Entity::Items,
        SyncMode::Full,
        by,
        now,
    )
    .await?;
    Ok(0)
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
