//! What endpoints are told, queued in the transaction of the change.

use crate::{Result, outbox};
use chrono::{DateTime, Utc};
use domain::outbox::MAX_ATTEMPTS;
use domain::webhook::WebhookEvent;
use domain::{CompanyId, DocumentId, LineId, OperationId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::Tx;
use store::outbox::{NewMessage, Target};
use store::webhooks::{ToldDocument, ToldLine};

/// One thing to tell.
pub(crate) struct News {
    /// Tells it apart from all others of its event; at most 60 characters.
    pub key: String,
    /// What it is about: news of one thing arrive in order.
    pub about: String,
    /// The `data` of the body.
    pub data: Value,
    /// The run or operation behind it; none takes the request's.
    pub correlation_id: Option<String>,
}

/// Queues news for every endpoint that listens.
pub(crate) async fn tell(
    tx: &mut Tx,
    company: CompanyId,
    event: WebhookEvent,
    news: &[News],
    now: DateTime<Utc>,
) -> Result<()> {
    if news.is_empty() {
        return Ok(());
    }
    let endpoints = store::webhooks::listening(tx, company, event).await?;
    let word = event.as_str();
    let mut messages = Vec::with_capacity(endpoints.len() * news.len());
    for endpoint in endpoints {
        for one in news {
            messages.push(NewMessage {
                idempotency_key: format!("{word}:{}:{endpoint}", one.key),
                event_type: word.to_owned(),
                target: Target::Webhook(endpoint),
                aggregate_key: format!("webhook:{endpoint}:{}", one.about),
                payload_hash: outbox::payload_hash(word, &endpoint.to_string(), &one.data),
                payload: one.data.clone(),
                max_attempts: MAX_ATTEMPTS,
                correlation_id: one.correlation_id.clone(),
                document: None,
            });
        }
    }
    outbox::enqueue(tx, company, &messages, now).await?;
    Ok(())
}

async fn is_heard(tx: &mut Tx, company: CompanyId, event: WebhookEvent) -> Result<bool> {
    Ok(!store::webhooks::listening(tx, company, event)
        .await?
        .is_empty())
}

/// The floor finished a document: the document and its lines as they are now.
pub(crate) async fn document_finished(
    tx: &mut Tx,
    company: CompanyId,
    document: DocumentId,
    operation: OperationId,
    now: DateTime<Utc>,
) -> Result<()> {
    let event = WebhookEvent::DocumentFinished;
    if !is_heard(tx, company, event).await? {
        return Ok(());
    }
    let news = documents(tx, &[document.0], |document, lines| {
        let lines: Vec<Value> = lines.iter().map(line).collect();
        News {
            key: operation.to_string(),
            about: format!("document:{}", document.id),
            data: json!({ "document": header(document), "lines": lines }),
            correlation_id: None,
        }
    })
    .await?;
    tell(tx, company, event, &news, now).await
}

/// A worker said that a line cannot be filled.
pub(crate) async fn shortage_reported(
    tx: &mut Tx,
    company: CompanyId,
    document: DocumentId,
    short: LineId,
    operation: OperationId,
    now: DateTime<Utc>,
) -> Result<()> {
    let event = WebhookEvent::DocumentShortage;
    if !is_heard(tx, company, event).await? {
        return Ok(());
    }
    let news = documents(tx, &[document.0], |document, lines| {
        let line = lines.iter().find(|line| line.id == short.0).map(line);
        News {
            key: operation.to_string(),
            about: format!("document:{}", document.id),
            data: json!({ "document": header(document), "line": line }),
            correlation_id: None,
        }
    })
    .await?;
    tell(tx, company, event, &news, now).await
}

/// An import contradicts floor work on these documents.
pub(crate) async fn conflicts_found(
    tx: &mut Tx,
    company: CompanyId,
    ids: &[DocumentId],
    correlation_id: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let event = WebhookEvent::DocumentConflict;
    if ids.is_empty() || !is_heard(tx, company, event).await? {
        return Ok(());
    }
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let news = documents(tx, &ids, |document, lines| {
        let lines = lines.iter().filter(|line| line.conflict.is_some());
        let data =
            json!({ "document": header(document), "lines": lines.map(line).collect::<Vec<_>>() });
        News {
            key: digest(&json!([document.id, correlation_id, data])),
            about: format!("document:{}", document.id),
            data,
            correlation_id: Some(correlation_id.to_owned()),
        }
    })
    .await?;
    tell(tx, company, event, &news, now).await
}

/// The same content has the same digest: 32 characters.
fn digest(content: &Value) -> String {
    let bytes = Sha256::digest(content.to_string());
    let bytes = bytes.iter().take(16);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

async fn documents(
    tx: &mut Tx,
    ids: &[i64],
    news: impl Fn(&ToldDocument, &[ToldLine]) -> News,
) -> Result<Vec<News>> {
    let documents = store::webhooks::told_documents(tx, ids).await?;
    let lines = store::webhooks::told_lines(tx, ids).await?;
    // Both come in the order of the documents' ids.
    let of = |id: i64| {
        let from = lines.partition_point(|line| line.document_id < id);
        let to = lines.partition_point(|line| line.document_id <= id);
        lines.get(from..to).unwrap_or_default()
    };
    Ok(documents
        .iter()
        .map(|document| news(document, of(document.id)))
        .collect())
}

fn header(document: &ToldDocument) -> Value {
    json!({
        "id": document.id,
        "kind": document.kind,
        "number": document.number,
        "doc_type": document.doc_type,
        "dated_on": document.dated_on,
        "status": document.status,
        "warehouse": document.warehouse,
        "partner": document.partner,
        "lines_wms": document.lines_wms,
        "lines_done": document.lines_done,
        "lines_short": document.lines_short,
        "conflicts": document.conflicts,
    })
}

fn line(line: &ToldLine) -> Value {
    json!({
        "key": line.key,
        "item": line.item,
        "name": line.name,
        "uom": line.uom,
        "requested": line.requested.normalize(),
        "done": line.done.normalize(),
        "reason": line.reason,
        "reason_text": line.reason_text,
        "conflict": line.conflict,
    })
}
