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
use domain::{CountLineId, OperationId, Quantity, UserId, WarehouseId};
use rust_decimal::Decimal;
use serde_json::json;
use store::counts::{Counted, Entry, Held, Of, Span};
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

/// Says whether what is reported missing at a site, though it is on record there, is counted by itself.
pub async fn set_after_shortages(
    store: &Store,
    caller: &Caller,
    site: WarehouseId,
    wanted: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    check_site(caller, site)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::counts::set_after_shortages(&mut tx, caller.company_id, site, wanted).await?;
    let (subject, facts) = (site.to_string(), json!({ "by_itself": wanted }));
    audit::by_person(
        &mut tx,
        caller,
        "COUNTS_AFTER_SHORTAGES_SET",
        &subject,
        facts,
        now,
    )
    .await?;
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
    let span = span(&mut tx, caller, (request, *line), &held, now).await?;
    let judged = take(&mut tx, caller, (span, *quantity), &held, now).await?;
    let answer = keep(&mut tx, caller, (request, *line), judged, now).await?;
    tx.commit().await?;
    Ok(answer)
}

/// Judges a figure by what lay there in its time, and writes it unless a rule refuses it.
async fn take(
    tx: &mut Tx,
    caller: &Caller,
    (span, quantity): (Span, Quantity),
    held: &Held,
    now: DateTime<Utc>,
) -> Result<std::result::Result<CountState, Refusal>> {
    let meanwhile = store::counts::meanwhile(tx, span).await?;
    let on_record = meanwhile.nearest(quantity.value());
    let judged = judge(held, caller, quantity, on_record);
    if let Ok(state) = judged {
        let counted = Counted {
            span,
            state,
            figure: quantity.value(),
            on_record,
            meanwhile,
            open_picks: store::counts::open_picks(tx, span.count).await?,
            user: caller.user_id,
        };
        store::counts::count(tx, counted, now).await?;
        tell(tx, caller, held.warehouse_id).await?;
    }
    Ok(judged)
}

/// The time in which the figure was counted. How long it took is the difference of two times of the device,
/// so that a clock which is wrong does not matter.
async fn span(
    tx: &mut Tx,
    caller: &Caller,
    (request, count): (&OperationRequest, CountLineId),
    held: &Held,
    now: DateTime<Utc>,
) -> Result<Span> {
    let counted_at = request.happened_at(now).max(held.requested_at);
    let last = store::counts::acted_last(tx, caller.user_id).await?;
    let spent = last.map(|last| request.made_at - last);
    Ok(Span {
        count,
        began_at: counting::began_at(spent, held.requested_at, counted_at),
        counted_at,
    })
}

/// What was done before a count and is written after it was settled: the count is compared with what lay
/// there after all, or the goods would be missing twice.
pub(crate) async fn reckon_again(
    tx: &mut Tx,
    operation: OperationId,
    user: UserId,
    now: DateTime<Utc>,
) -> Result<()> {
    for reached in store::counts::reached(tx, operation).await? {
        let meanwhile = store::counts::meanwhile(tx, reached.span).await?;
        store::counts::reckon_again(tx, reached, meanwhile, user, now).await?;
    }
    Ok(())
}

fn judge(
    held: &Held,
    caller: &Caller,
    counted: Quantity,
    on_record: Decimal,
) -> std::result::Result<CountState, Refusal> {
    counting::check_entry(&held.uom, held.decimals, counted)?;
    let near = held.tolerance.allows(on_record, counted.value());
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
