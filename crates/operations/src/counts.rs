//! Blind counts: what a lead asks for, and what people found.

use crate::floor::sent_before;
use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::counting::{self, CountState, Tolerance};
use domain::document::DocumentStatus;
use domain::live::Topic;
use domain::operation::{FloorAction, OperationAnswer, OperationRequest, Outcome};
use domain::permission::Permission;
use domain::picking::Refusal;
use domain::task::TaskState;
use domain::user::Caller;
use domain::{CountLineId, Quantity, WarehouseId};
use serde_json::json;
use store::counts::{Counted, Entry, Held, Of};
use store::{Scope, Store, Tx};

fn check_site(caller: &Caller, site: WarehouseId) -> Result<()> {
    require(caller, Permission::AssignTasks)?;
    match caller.warehouses.contains(&site) {
        true => Ok(()),
        false => Err(Error::NotFound("warehouse")),
    }
}

/// Asks for a count of what lies on a location, or of an item wherever it lies; returns how many
/// counts were made. What is asked for already is not asked for twice.
pub async fn request(
    store: &Store,
    caller: &Caller,
    site: WarehouseId,
    text: &str,
    now: DateTime<Utc>,
) -> Result<u64> {
    check_site(caller, site)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let (of, what) = meant(&mut tx, caller, site, text).await?;
    let made = store::counts::request(&mut tx, caller, site, (of, &what), now).await?;
    if made > 0 {
        let facts = json!({ "counts": made });
        audit::by_person(&mut tx, caller, "COUNT_REQUESTED", &what, facts, now).await?;
        tell(&mut tx, caller, site).await?;
    }
    tx.commit().await?;
    Ok(made)
}

/// A location's code goes before an item's.
async fn meant(
    tx: &mut Tx,
    caller: &Caller,
    site: WarehouseId,
    text: &str,
) -> Result<(Of, String)> {
    if let Some((id, code)) = store::locations::find(tx, site, text).await? {
        return Ok((Of::Location(id), code));
    }
    let item = store::items::find_by_scan(tx, caller.company_id, text).await?;
    match item {
        Some((id, code)) => Ok((Of::Item(id), code)),
        None => Err(Error::Invalid(
            "No location and no item has this code.".to_owned(),
        )),
    }
}

/// Sets by how much counts of a site may differ before they are counted again.
pub async fn set_tolerance(
    store: &Store,
    caller: &Caller,
    site: WarehouseId,
    tolerance: Tolerance,
    now: DateTime<Utc>,
) -> Result<()> {
    check_site(caller, site)?;
    tolerance
        .check()
        .map_err(|sentence| Error::Invalid(sentence.to_owned()))?;
    let company = caller.company_id;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::counts::set_tolerance(&mut tx, company, site, tolerance).await?;
    let (subject, facts) = (site.to_string(), json!({ "tolerance": tolerance }));
    audit::by_person(&mut tx, caller, "COUNT_TOLERANCE_SET", &subject, facts, now).await?;
    Ok(tx.commit().await?)
}

/// Takes what a person found, once: the same id again changes nothing and answers the same.
pub(crate) async fn submit(
    store: &Store,
    caller: &Caller,
    request: &OperationRequest,
    now: DateTime<Utc>,
) -> Result<OperationAnswer> {
    let FloorAction::Count { line, quantity } = &request.action else {
        return Err(Error::NotFound("count"));
    };
    let mut tx = store.begin(Scope::from(caller)).await?;
    let held = store::counts::hold(&mut tx, caller, *line).await?;
    let held = held.ok_or(Error::NotFound("count"))?;
    if let Some(stored) = store::counts::entry(&mut tx, request.id).await? {
        let sent = (stored.user_id, stored.request);
        return sent_before(caller, request, sent, stored.answer);
    }
    let judged = judge(&held, caller, *quantity);
    if let Ok(state) = judged {
        let counted = Counted {
            id: *line,
            state,
            figure: quantity.value(),
            on_record: held.on_record,
            user: caller.user_id,
        };
        store::counts::count(&mut tx, counted, now).await?;
        tell(&mut tx, caller, held.warehouse_id).await?;
    }
    let answer = keep(&mut tx, caller, (request, *line), judged, now).await?;
    tx.commit().await?;
    Ok(answer)
}

fn judge(
    held: &Held,
    caller: &Caller,
    counted: Quantity,
) -> std::result::Result<CountState, Refusal> {
    counting::check_entry(&held.uom, held.decimals, counted)?;
    let near = held.tolerance.allows(held.on_record, counted.value());
    counting::judge((held.state, held.first_by), caller.user_id, near)
}

async fn keep(
    tx: &mut Tx,
    caller: &Caller,
    (request, line): (&OperationRequest, CountLineId),
    judged: std::result::Result<CountState, Refusal>,
    now: DateTime<Utc>,
) -> Result<OperationAnswer> {
    let settled = judged == Ok(CountState::Settled);
    let accepted = judged.is_ok();
    let outcome = match judged {
        Ok(_) => Outcome::Accepted,
        Err(refusal) => Outcome::Refused {
            message: refusal.to_string(),
            refusal,
        },
    };
    let (task_state, document_status) = match settled {
        true => (TaskState::Done, DocumentStatus::Done),
        false => (TaskState::Claimed, DocumentStatus::InProgress),
    };
    let entry = Entry {
        user_id: caller.user_id,
        request: request.clone(),
        answer: OperationAnswer {
            id: request.id,
            outcome,
            line: None,
            task_state,
            document_status,
        },
    };
    match store::counts::record(tx, caller.company_id, line, (&entry, accepted), now).await {
        Err(store::Error::Taken { .. }) => Err(Error::Conflict(
            "This operation id was used for something else.".to_owned(),
        )),
        other => {
            other?;
            Ok(entry.answer)
        }
    }
}

async fn tell(tx: &mut Tx, caller: &Caller, site: WarehouseId) -> Result<()> {
    let topics = [Topic::Board(site.0), Topic::Tasks];
    let company = caller.company_id;
    Ok(store::live::publish(tx, company, Some(site), &topics, "counted").await?)
}
