//! Queueing messages in the transaction of a change.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::{CompanyId, ConnectionId, DocumentId, WebhookId};
use serde_json::Value;
use uuid::Uuid;

/// Where a message goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// A program that is told what happened.
    Webhook(WebhookId),
    /// People.
    Email,
    /// An account at an upstream system.
    Connection(ConnectionId),
}

impl Target {
    fn word(self) -> &'static str {
        match self {
            Self::Webhook(_) => "webhook",
            Self::Email => "email",
            Self::Connection(_) => "connection",
        }
    }

    /// The one system, as `message_lane` of the database calls it: asking that one for each message is dear.
    fn lane(self) -> String {
        match self {
            Self::Webhook(WebhookId(id)) | Self::Connection(ConnectionId(id)) => {
                format!("{}:{id}", self.word())
            }
            Self::Email => self.word().to_owned(),
        }
    }
}

/// A message to queue.
#[derive(Debug, Clone)]
pub struct NewMessage {
    /// Once per company.
    pub idempotency_key: String,
    /// What it tells.
    pub event_type: String,
    /// Where it goes.
    pub target: Target,
    /// Messages of one key are delivered in order.
    pub aggregate_key: String,
    /// What is told.
    pub payload: Value,
    /// SHA-256 of all that must not differ under one key.
    pub payload_hash: Vec<u8>,
    /// With so many failed attempts it is dead.
    pub max_attempts: i16,
    /// What caused it; none takes the id of the request that the transaction belongs to.
    pub correlation_id: Option<String>,
    /// Document whose result it carries.
    pub document: Option<DocumentId>,
}

/// Queues in one statement what is not queued under its key yet; returns the keys and ids of what
/// was added.
pub async fn enqueue(
    tx: &mut Tx,
    company: CompanyId,
    messages: &[NewMessage],
    at: DateTime<Utc>,
) -> Result<Vec<(String, Uuid)>> {
    let added = match messages {
        [] => return Ok(Vec::new()),
        [message] => enqueue_one(tx, company, message, at).await?,
        _ => enqueue_many(tx, company, messages, at).await?,
    };
    tx.queued();
    Ok(added)
}

/// Most changes cause one message. PostgreSQL keeps the plan of a row of plain values for the session, while it plans a
/// statement over arrays anew each time.
async fn enqueue_one(
    tx: &mut Tx,
    company: CompanyId,
    message: &NewMessage,
    at: DateTime<Utc>,
) -> Result<Vec<(String, Uuid)>> {
    let id = sqlx::query_scalar!(
        "insert into erp_outbox (company_id, idempotency_key, event_type, destination, endpoint_id, connection_id, lane,
                                 aggregate_key, payload, payload_hash, max_attempts, correlation_id, document_id,
                                 next_run_at, created_at, updated_at)
         values ($1, $3, $4, $5, $6, $7, $14, $8, $9, $10, $11,
                 coalesce($12, nullif(current_setting('crossdock.correlation', true), ''), gen_random_uuid()::text),
                 $13, $2, $2, $2)
         on conflict (company_id, idempotency_key) do nothing
         returning id",
        company.0,
        at,
        message.idempotency_key,
        message.event_type,
        message.target.word(),
        endpoint(message.target),
        connection(message.target),
        message.aggregate_key,
        message.payload,
        message.payload_hash,
        message.max_attempts,
        message.correlation_id,
        message.document.map(|id| id.0),
        message.target.lane(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id
        .map(|id| (message.idempotency_key.clone(), id))
        .into_iter()
        .collect())
}

async fn enqueue_many(
    tx: &mut Tx,
    company: CompanyId,
    messages: &[NewMessage],
    at: DateTime<Utc>,
) -> Result<Vec<(String, Uuid)>> {
    let column = |value: fn(&NewMessage) -> &str| -> Vec<String> {
        messages.iter().map(|m| value(m).to_owned()).collect()
    };
    let lanes: Vec<String> = messages.iter().map(|m| m.target.lane()).collect();
    let endpoints: Vec<Option<i64>> = messages.iter().map(|m| endpoint(m.target)).collect();
    let connections: Vec<Option<i64>> = messages.iter().map(|m| connection(m.target)).collect();
    let payloads: Vec<Value> = messages.iter().map(|m| m.payload.clone()).collect();
    let hashes: Vec<Vec<u8>> = messages.iter().map(|m| m.payload_hash.clone()).collect();
    let limits: Vec<i16> = messages.iter().map(|m| m.max_attempts).collect();
    let correlations: Vec<Option<String>> =
        messages.iter().map(|m| m.correlation_id.clone()).collect();
    let documents: Vec<Option<i64>> = messages.iter().map(|m| m.document.map(|id| id.0)).collect();
    let rows = sqlx::query!(
        "insert into erp_outbox (company_id, idempotency_key, event_type, destination, endpoint_id, connection_id, lane,
                                 aggregate_key, payload, payload_hash, max_attempts, correlation_id, document_id,
                                 next_run_at, created_at, updated_at)
         select $1, m.key, m.event, m.destination, m.endpoint, m.connection, m.lane, m.aggregate, m.payload, m.hash,
                m.max_attempts,
                coalesce(m.correlation, nullif(current_setting('crossdock.correlation', true), ''), gen_random_uuid()::text),
                m.document,
                $2, $2, $2
         from unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::text[], $9::jsonb[],
                     $10::bytea[], $11::smallint[], $12::text[], $13::bigint[], $14::text[])
              with ordinality as m (key, event, destination, endpoint, connection, aggregate, payload, hash,
                                    max_attempts, correlation, document, lane, place)
         order by m.place
         on conflict (company_id, idempotency_key) do nothing
         returning idempotency_key, id",
        company.0,
        at,
        &column(|m| &m.idempotency_key),
        &column(|m| &m.event_type),
        &column(|m| m.target.word()),
        &endpoints as &[Option<i64>],
        &connections as &[Option<i64>],
        &column(|m| &m.aggregate_key),
        &payloads,
        &hashes,
        &limits,
        &correlations as &[Option<String>],
        &documents as &[Option<i64>],
        &lanes,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.idempotency_key, row.id))
        .collect())
}

fn endpoint(target: Target) -> Option<i64> {
    match target {
        Target::Webhook(id) => Some(id.0),
        _ => None,
    }
}

fn connection(target: Target) -> Option<i64> {
    match target {
        Target::Connection(id) => Some(id.0),
        _ => None,
    }
}

/// What stands under these keys: key, id and payload hash.
pub async fn stored_hashes(
    tx: &mut Tx,
    company: CompanyId,
    keys: &[String],
) -> Result<Vec<(String, Uuid, Vec<u8>)>> {
    let rows = sqlx::query!(
        "select idempotency_key, id, payload_hash from erp_outbox
         where company_id = $1 and idempotency_key = any($2)",
        company.0,
        keys,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.idempotency_key, row.id, row.payload_hash))
        .collect())
}
