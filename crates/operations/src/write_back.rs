//! What the floor did with a document goes back to its ERP: queued in the transaction of the change,
//! in order per document, and told on the document's timeline.

use crate::{Error, Result, outbox};
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::outbox::MAX_ATTEMPTS;
use domain::push::{DocumentResult, LineResult, LotResult, Push};
use domain::shortage::ShortageReason;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{CompanyId, DocumentId, OperationId, Quantity};
use serde_json::Value;
use store::Tx;
use store::outbox::{Done, NewMessage, ResultLine, Target, Verdict, WriteBack, Written};
use store::timeline::NewEntries;
use uuid::Uuid;

const KIND: &str = "document.result";
/// Who did what nobody in particular did.
const CROSSDOCK: &str = "Crossdock";

/// Queues the result of a document that the floor finished, or whose finished result changed; the
/// operation tells one result from the next. Nothing happens where the connection does not write.
pub(crate) async fn document_finished(
    tx: &mut Tx,
    company: CompanyId,
    document: DocumentId,
    operation: OperationId,
    now: DateTime<Utc>,
) -> Result<()> {
    let Some(account) = store::outbox::write_back(tx, company, document, KIND).await? else {
        return Ok(());
    };
    let result = result(tx, company, document, now).await?;
    let message = message(&account, document, operation, result)?;
    let queued = outbox::enqueue(tx, company, &[message], now).await?;
    let mut entries = NewEntries::default();
    let text = format!("The result waits for its way to {}.", account.name);
    for id in queued {
        entries.push_of(id, document, TimelineKind::Queued, text.clone());
    }
    Ok(store::timeline::record(tx, company, &entries, &account.name, None, now).await?)
}

fn message(
    account: &WriteBack,
    document: DocumentId,
    operation: OperationId,
    result: DocumentResult,
) -> Result<NewMessage> {
    let payload =
        serde_json::to_value(&result).map_err(|error| Error::Invalid(error.to_string()))?;
    let push = Push::DocumentResult(result);
    let (target, about) = (Target::Connection(account.connection), push.aggregate_key());
    Ok(NewMessage {
        idempotency_key: format!("{KIND}:{operation}"),
        event_type: KIND.to_owned(),
        target,
        aggregate_key: format!("connection:{}:{about}", account.connection),
        payload_hash: outbox::payload_hash(KIND, &account.connection.to_string(), &payload),
        payload,
        max_attempts: attempts(account),
        correlation_id: None,
        document: Some(document),
    })
}

/// Settings that cannot be read stop nobody on the floor: the result is queued all the same, and
/// whoever delivers it gives it up at once with that reason, so that a person mends them.
fn attempts(account: &WriteBack) -> i16 {
    let settings = account.delivery.as_ref();
    settings.map_or(MAX_ATTEMPTS, |settings| settings.retry_policy.max_attempts)
}

async fn result(
    tx: &mut Tx,
    company: CompanyId,
    document: DocumentId,
    now: DateTime<Utc>,
) -> Result<DocumentResult> {
    let header = store::outbox::header(tx, company, document).await?;
    let lines = store::outbox::lines(tx, company, document).await?;
    let lines = lines.into_iter().map(line).collect::<Result<Vec<_>>>()?;
    Ok(DocumentResult {
        kind: header.kind,
        number: header.number,
        doc_type: header.doc_type,
        dated_on: header.dated_on,
        finished_at: header.finished_at.unwrap_or(now),
        partial: lines.iter().any(|line| line.done.value() < line.requested),
        lines,
    })
}

fn line(line: ResultLine) -> Result<LineResult> {
    let reason = match (line.reason, line.reason_text) {
        (Some(ShortageReason::Other), Some(words)) => Some(words),
        (Some(reason), Some(words)) => Some(format!("{} ({words})", reason.label())),
        (Some(reason), None) => Some(reason.label().to_owned()),
        (None, _) => None,
    };
    Ok(LineResult {
        key: line.key,
        item_code: line.item_code,
        uom: line.uom,
        requested: line.requested.normalize(),
        done: quantity(line.done)?,
        reason,
        lots: lots(&line.goods)?,
    })
}

fn quantity(value: rust_decimal::Decimal) -> Result<Quantity> {
    Quantity::new(value).map_err(|error| Error::Invalid(error.to_string()))
}

/// Lots with their quantities; a unit of its own goes by its serial number. A date alone names no
/// lot: its quantity is among what is done all the same.
fn lots(goods: &Value) -> Result<Vec<LotResult>> {
    let goods = goods.as_array().map(Vec::as_slice).unwrap_or_default();
    let text = |one: &Value, field: &str| one[field].as_str().map(str::to_owned);
    goods
        .iter()
        .filter_map(|one| Some((one, text(one, "serial").or_else(|| text(one, "lot"))?)))
        .map(|(one, name)| {
            let amount = text(one, "quantity").unwrap_or_default();
            let quantity = amount.parse::<Quantity>().map_err(|error| {
                Error::Invalid(format!(
                    "The quantity '{amount}' of lot {name} cannot be told to the ERP: {error}."
                ))
            })?;
            Ok(LotResult {
                name,
                expires_on: text(one, "expires_on").and_then(|day| day.parse().ok()),
                quantity,
            })
        })
        .collect()
}

/// Tells the timelines of the documents whose results were attempted.
pub(crate) async fn attempted(
    tx: &mut Tx,
    written: &[Written],
    done: &[Done],
    now: DateTime<Utc>,
) -> Result<()> {
    let mut results: Vec<(DocumentId, &Written, &Done)> = written
        .iter()
        .filter_map(|one| {
            let done = done.iter().find(|done| done.id == one.id)?;
            Some((one.document?, one, done))
        })
        .collect();
    // Two nodes that write the same documents take their rows in one order.
    results.sort_by_key(|(document, ..)| *document);
    for (document, written, done) in results {
        let again = match done.verdict {
            Verdict::Later(at) => store::warehouses::clock(tx, document, at, now).await?,
            _ => String::new(),
        };
        let Some((kind, text)) = sentence(done, written.unknown, &again) else {
            continue;
        };
        if let (Verdict::Delivered(answer), TimelineKind::Delivered) = (&done.verdict, kind) {
            let number = number(answer);
            store::outbox::settle_result(tx, document, written.id, &number, now).await?;
        }
        let about = (written.company_id, document, written.id);
        told(tx, about, CROSSDOCK, (kind, text), now).await?;
    }
    Ok(())
}

/// Tells the timeline of a document that its result was given up.
pub(crate) async fn lost(
    tx: &mut Tx,
    company: CompanyId,
    document: DocumentId,
    message: Uuid,
    now: DateTime<Utc>,
) -> Result<()> {
    let text = "The result was given up: its workers ended each time. It waits for a decision, here and under Deliveries."
        .to_owned();
    let about = (company, document, message);
    let entry = (TimelineKind::Undelivered, text);
    told(tx, about, CROSSDOCK, entry, now).await
}

/// Tells the timeline of a document what a person decided about its result.
pub(crate) async fn decided(
    tx: &mut Tx,
    caller: &Caller,
    (document, message): (DocumentId, Uuid),
    text: String,
    now: DateTime<Utc>,
) -> Result<()> {
    let about = (caller.company_id, document, message);
    let entry = (TimelineKind::Resolved, text);
    told(tx, about, &caller.name, entry, now).await
}

async fn told(
    tx: &mut Tx,
    (company, document, message): (CompanyId, DocumentId, Uuid),
    by: &str,
    (kind, text): (TimelineKind, String),
    now: DateTime<Utc>,
) -> Result<()> {
    let mut entries = NewEntries::default();
    entries.push_of(message, document, kind, text);
    store::timeline::record(tx, company, &entries, by, None, now).await?;
    let topics = [Topic::Document(document.0), Topic::Documents];
    Ok(store::live::publish(tx, company, None, &topics, "erp_result").await?)
}

/// What the timeline says of an attempt; `unknown` when the ERP may have taken it unheard, `again` the
/// time of the next attempt.
fn sentence(done: &Done, unknown: bool, again: &str) -> Option<(TimelineKind, String)> {
    let error = done.error.as_deref().unwrap_or("no reason was given.");
    match &done.verdict {
        Verdict::Delivered(answer) => {
            let warnings: Vec<&str> = (answer["warnings"].as_array())
                .map(|all| all.iter().filter_map(Value::as_str).collect())
                .unwrap_or_default();
            let warned = match warnings.is_empty() {
                true => String::new(),
                false => format!(" It warned: {}", warnings.join("; ")),
            };
            let text = format!("The ERP took the result as {}.{warned}", number(answer));
            Some((TimelineKind::Delivered, text))
        }
        Verdict::Later(_) => {
            let text = match unknown {
                true => format!(
                    "It is not known whether the result was taken: {error} It is looked up there and tried again at {again}."
                ),
                false => {
                    format!("The result was not taken: {error} It is tried again at {again}.")
                }
            };
            Some((TimelineKind::Attempted, text))
        }
        Verdict::Dead => {
            // Older entries end with: An admin finds it under Deliveries.
            let text = format!(
                "The result was given up: {error} It waits for a decision, here and under Deliveries."
            );
            Some((TimelineKind::Undelivered, text))
        }
        Verdict::Postponed(_) | Verdict::Next(_) | Verdict::TakeBack(_) | Verdict::TakenBack => {
            None
        }
    }
}

fn number(answer: &Value) -> String {
    let number = answer["number"].as_str().filter(|text| !text.is_empty());
    number.unwrap_or("written").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::push::PushKind;
    use serde_json::json;

    #[test]
    fn the_kind_is_one_that_is_known() {
        assert_eq!(PushKind::DocumentResult.as_str(), KIND);
    }

    #[test]
    fn lots_go_by_serial_then_lot_and_keep_their_dates() {
        let goods = json!([
            { "lot": "L1", "serial": null, "expires_on": "2027-03-31", "quantity": "2.5" },
            { "lot": "L1", "serial": "S9", "expires_on": null, "quantity": "1" },
        ]);
        let lots = lots(&goods).unwrap();
        assert_eq!((lots[0].name.as_str(), lots[1].name.as_str()), ("L1", "S9"));
        assert_eq!(lots[0].expires_on, "2027-03-31".parse().ok());
        assert_eq!(lots[0].quantity, "2.5".parse().unwrap());
    }

    #[test]
    fn a_date_alone_names_no_lot_and_no_lot_is_left_out_in_silence() {
        let dated =
            json!([{ "lot": null, "serial": null, "expires_on": "2027-03-31", "quantity": "4" }]);
        assert!(lots(&dated).unwrap().is_empty());
        let broken =
            json!([{ "lot": "L1", "serial": null, "expires_on": null, "quantity": "many" }]);
        assert!(lots(&broken).unwrap_err().to_string().contains("L1"));
    }
}
