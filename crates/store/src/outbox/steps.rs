//! `erp_outbox_steps`: the steps of sagas.

use crate::error::word;
use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::outbox::{StepDetail, StepState};
use domain::{CompanyId, ConnectionId};
use serde_json::Value;
use uuid::Uuid;

/// A step to queue.
#[derive(Debug, Clone)]
pub struct NewStep {
    /// What it does.
    pub event_type: String,
    /// Where.
    pub connection: ConnectionId,
    /// What is written.
    pub payload: Value,
}

/// Queues the steps of a saga that was just queued.
pub async fn add_steps(
    tx: &mut Tx,
    company: CompanyId,
    message: Uuid,
    steps: &[NewStep],
    at: DateTime<Utc>,
) -> Result<()> {
    let events: Vec<String> = steps.iter().map(|step| step.event_type.clone()).collect();
    let connections: Vec<i64> = steps.iter().map(|step| step.connection.0).collect();
    let payloads: Vec<Value> = steps.iter().map(|step| step.payload.clone()).collect();
    sqlx::query!(
        "insert into erp_outbox_steps (message_id, step, company_id, event_type, connection_id, payload, changed_at)
         select $1, s.place::smallint, $2, s.event, s.connection, s.payload, $3
         from unnest($4::text[], $5::bigint[], $6::jsonb[]) with ordinality as s (event, connection, payload, place)
         on conflict (message_id, step) do nothing",
        message,
        company.0,
        at,
        &events,
        &connections,
        &payloads,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A step for a worker.
#[derive(Debug, Clone)]
pub struct StepForWork {
    /// Order, from 1.
    pub step: i16,
    /// What it does.
    pub event_type: String,
    /// Where.
    pub connection: ConnectionId,
    /// What is written.
    pub payload: Value,
    /// Where it stands.
    pub state: StepState,
    /// What was answered.
    pub acceptance: Option<Value>,
    /// How often it was edited.
    pub round: i16,
}

/// The steps of a saga, in their order.
pub async fn steps(store: &Store, company: CompanyId, message: Uuid) -> Result<Vec<StepForWork>> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    for_work(&mut tx, company, message).await
}

/// The same as the transaction sees them.
pub(super) async fn for_work(
    tx: &mut Tx,
    company: CompanyId,
    message: Uuid,
) -> Result<Vec<StepForWork>> {
    let rows = sqlx::query!(
        "select step, event_type, connection_id, payload, state, acceptance, round from erp_outbox_steps
         where company_id = $1 and message_id = $2
         order by step",
        company.0,
        message,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(StepForWork {
                step: row.step,
                event_type: row.event_type,
                connection: ConnectionId(row.connection_id),
                payload: row.payload,
                state: word("erp_outbox_steps", "state", &row.state)?,
                acceptance: row.acceptance,
                round: row.round,
            })
        })
        .collect()
}

/// The same for people.
pub(super) async fn details(
    tx: &mut Tx,
    company: CompanyId,
    message: Uuid,
) -> Result<Vec<StepDetail>> {
    let rows = sqlx::query!(
        "select s.step, s.event_type, c.name, s.payload, s.original_payload, s.state, s.acceptance, s.changed_at
         from erp_outbox_steps s
         join connections c on c.id = s.connection_id
         where s.company_id = $1 and s.message_id = $2
         order by s.step",
        company.0,
        message,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(StepDetail {
                step: row.step,
                event_type: row.event_type,
                target: row.name,
                payload: row.payload,
                original_payload: row.original_payload,
                state: word("erp_outbox_steps", "state", &row.state)?,
                acceptance: row.acceptance,
                changed_at: row.changed_at,
            })
        })
        .collect()
}
