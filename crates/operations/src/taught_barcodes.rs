//! Barcodes that workers teach and leads decide about.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::permission::Permission;
use domain::scanning::Scan;
use domain::taught_barcode::{TaughtDecision, Teaching};
use domain::user::Caller;
use domain::{CompanyId, Quantity, TaughtBarcodeId, WarehouseId};
use serde_json::json;
use store::taught_barcodes::{Held, NewTaught};
use store::{Scope, Store, Tx};

/// Notes that a scanned code is said to be the barcode of a line's item. Asked again, it changes
/// nothing. Until a lead accepts it, the code means nothing.
pub async fn teach(
    store: &Store,
    caller: &Caller,
    teaching: &Teaching,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::WorkOnTasks)?;
    let (key, barcode) = learnable(&teaching.scanned)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let task = store::tasks::find_visible(&mut tx, caller, teaching.task_id).await?;
    let task = task.ok_or(Error::NotFound(domain::word!("task")))?;
    let lines = store::floor::lines(&mut tx, task.document_id).await?;
    let line = lines.iter().find(|line| line.id == teaching.line_id);
    let line = line.ok_or(Error::NotFound(domain::word!("line")))?;
    let item = store::taught_barcodes::item_of_line(&mut tx, line.id).await?;
    let item =
        item.ok_or_else(|| Error::Invalid("This line has no item to learn a barcode.".to_owned()))?;
    if let Some(owner) = store::taught_barcodes::owner(&mut tx, caller.company_id, &key).await? {
        return Err(Error::Conflict(format!(
            "{barcode} belongs to item {owner} already. Ask your lead."
        )));
    }
    let new = NewTaught {
        company_id: caller.company_id,
        warehouse_id: task.warehouse_id,
        item_id: item,
        document_id: task.document_id,
        key: &key,
        barcode: &barcode,
        user: caller.user_id,
    };
    if store::taught_barcodes::request(&mut tx, &new, now).await? {
        let facts = json!({ "barcode": barcode });
        let code = line.item_code.as_str();
        audit::by_person(&mut tx, caller, "BARCODE_TAUGHT", code, facts, now).await?;
        tell(
            &mut tx,
            caller.company_id,
            task.warehouse_id,
            &[Topic::Mappings],
        )
        .await?;
    }
    Ok(tx.commit().await?)
}

/// The key and the code that can be learnt from a scan.
fn learnable(scanned: &str) -> Result<(String, String)> {
    if scanned.chars().count() > 200 {
        return Err(Error::Invalid(
            "This code is too long for a barcode.".to_owned(),
        ));
    }
    let scan = Scan::read(scanned).map_err(|error| Error::Invalid(error.to_string()))?;
    let key = scan
        .key()
        .filter(|key| !key.is_empty() && key.chars().count() <= 64);
    let key = key.ok_or_else(|| {
        Error::Invalid("This code does not name an item. Scan the item's own barcode.".to_owned())
    })?;
    let barcode = if scan.is_label() {
        key.clone()
    } else {
        scan.shown()
    };
    Ok((key, barcode))
}

/// A lead's word. Accepted, the barcode is the item's at once; another item's barcode stays where it
/// is.
pub async fn decide(
    store: &Store,
    caller: &Caller,
    id: TaughtBarcodeId,
    decision: TaughtDecision,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::AnswerMappings)?;
    let accepted = match decision {
        TaughtDecision::Accept(quantity) if quantity.is_zero() => {
            return Err(Error::Invalid(
                "Enter how much the barcode stands for, above zero.".to_owned(),
            ));
        }
        TaughtDecision::Accept(quantity) => Some(quantity),
        TaughtDecision::Reject => None,
    };
    let mut tx = store.begin(Scope::from(caller)).await?;
    let held = store::taught_barcodes::hold(&mut tx, caller, id).await?;
    let held = held.ok_or(Error::NotFound(domain::word!("taught barcode")))?;
    if let Some(quantity) = accepted {
        accept(&mut tx, caller, &held, quantity).await?;
    }
    store::taught_barcodes::decide(&mut tx, id, accepted, caller.user_id, now).await?;
    let action = match accepted {
        Some(_) => "BARCODE_ACCEPTED",
        None => "BARCODE_REJECTED",
    };
    let facts = json!({ "barcode": held.barcode, "quantity": accepted });
    audit::by_person(&mut tx, caller, action, &held.item_code, facts, now).await?;
    let mut topics = vec![Topic::Mappings, Topic::Items, Topic::Tasks];
    // So that the handheld that waits knows the barcode.
    topics.extend(held.document_id.map(|id| Topic::Document(id.0)));
    tell(&mut tx, caller.company_id, held.warehouse_id, &topics).await?;
    Ok(tx.commit().await?)
}

async fn accept(tx: &mut Tx, caller: &Caller, held: &Held, quantity: Quantity) -> Result<()> {
    if store::taught_barcodes::give(tx, caller.company_id, held, quantity).await? {
        return Ok(());
    }
    let owner = store::taught_barcodes::owner(tx, caller.company_id, &held.key).await?;
    Err(Error::Conflict(format!(
        "{} belongs to item {} meanwhile. Reject it here, or correct the item in the ERP.",
        held.barcode,
        owner.unwrap_or_default()
    )))
}

async fn tell(tx: &mut Tx, company: CompanyId, site: WarehouseId, topics: &[Topic]) -> Result<()> {
    Ok(store::live::publish(tx, company, Some(site), topics, "barcode_taught").await?)
}
