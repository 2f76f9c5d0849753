//! Writing what came of attempts, in bulk, fenced by the lease.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::outbox::{AttemptOutcome, Cause, StepState};
use domain::{CompanyId, ConnectionId, DocumentId};
use serde_json::Value;
use std::collections::HashSet;
use uuid::Uuid;

/// What an attempt means for its message.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Accepted, with what was answered.
    Delivered(Value),
    /// Try again then.
    Later(DateTime<Utc>),
    /// Try again then; the attempt does not count.
    Postponed(DateTime<Utc>),
    /// A person has to look; unless it is a copy at a test system, which is over then.
    Dead,
    /// A step of a saga is through; the next one goes to this account, at once.
    Next(ConnectionId),
    /// A step failed for good; what was accepted before is taken back, beginning at this account.
    TakeBack(ConnectionId),
    /// All that was accepted of a saga is taken back; a person has to look.
    TakenBack,
}

/// What became of a step of a saga.
#[derive(Debug, Clone, PartialEq)]
pub struct StepDone {
    /// Which.
    pub step: i16,
    /// Where it stands now.
    pub state: StepState,
    /// What the other system answered.
    pub acceptance: Option<Value>,
}

/// A message whose attempt was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Tenant.
    pub company_id: CompanyId,
    /// Message.
    pub id: Uuid,
    /// The account it goes to; none for webhooks and e-mail.
    pub connection: Option<ConnectionId>,
    /// Document whose result it carries.
    pub document: Option<DocumentId>,
    /// This attempt, or an earlier one, may have been accepted all the same.
    pub unknown: bool,
}

/// One attempt and its verdict.
#[derive(Debug, Clone)]
pub struct Done {
    /// Message.
    pub id: Uuid,
    /// Under which it was held.
    pub token: Uuid,
    /// The lease it was held by.
    pub lease: i64,
    /// What it means.
    pub verdict: Verdict,
    /// When it was sent.
    pub at: DateTime<Utc>,
    /// Milliseconds.
    pub latency_ms: i32,
    /// Class of the failure.
    pub cause: Option<Cause>,
    /// Whether it may have been accepted all the same.
    pub unknown: bool,
    /// HTTP or SMTP status.
    pub status: Option<i16>,
    /// What was sent, without secrets.
    pub request: Option<String>,
    /// Beginning of the answer.
    pub answer: Option<String>,
    /// Why it failed.
    pub error: Option<String>,
    /// What became of the step it was, if it is a saga of several.
    pub step: Option<StepDone>,
}

impl Done {
    fn state(&self) -> &'static str {
        match self.verdict {
            Verdict::Delivered(_) => "completed",
            Verdict::Later(_) | Verdict::Postponed(_) | Verdict::Next(_) | Verdict::TakeBack(_) => {
                "pending"
            }
            Verdict::Dead | Verdict::TakenBack => "dead",
        }
    }

    fn outcome(&self) -> AttemptOutcome {
        match self.verdict {
            Verdict::Delivered(_) | Verdict::Next(_) | Verdict::TakenBack => {
                AttemptOutcome::Delivered
            }
            Verdict::Postponed(_) => AttemptOutcome::Postponed,
            Verdict::Later(_) | Verdict::TakeBack(_) | Verdict::Dead => AttemptOutcome::Failed,
        }
    }

    fn next(&self) -> Option<DateTime<Utc>> {
        match self.verdict {
            Verdict::Later(at) | Verdict::Postponed(at) => Some(at),
            // At once, if at all.
            Verdict::Next(_)
            | Verdict::TakeBack(_)
            | Verdict::Delivered(_)
            | Verdict::Dead
            | Verdict::TakenBack => None,
        }
    }

    /// Which way a saga moved on, and to which account.
    fn moved(&self) -> (Option<&'static str>, Option<i64>) {
        match self.verdict {
            Verdict::Next(connection) => (Some("next"), Some(connection.0)),
            Verdict::TakeBack(connection) => (Some("back"), Some(connection.0)),
            _ => (None, None),
        }
    }

    fn result(&self) -> Option<&Value> {
        match &self.verdict {
            Verdict::Delivered(answer) => Some(answer),
            _ => None,
        }
    }
}

/// Writes attempts of messages still held under their tokens; returns those that were
/// written. Attempts of a message that was taken over are not written: its new holder tells.
pub async fn record(tx: &mut Tx, done: &[Done], now: DateTime<Utc>) -> Result<Vec<Written>> {
    let ids: Vec<Uuid> = done.iter().map(|d| d.id).collect();
    let tokens: Vec<Uuid> = done.iter().map(|d| d.token).collect();
    let leases: Vec<i64> = done.iter().map(|d| d.lease).collect();
    let states: Vec<&str> = done.iter().map(Done::state).collect();
    let outcomes: Vec<&str> = done.iter().map(|d| d.outcome().as_str()).collect();
    let nexts: Vec<Option<DateTime<Utc>>> = done.iter().map(Done::next).collect();
    let results: Vec<Option<&Value>> = done.iter().map(Done::result).collect();
    let ats: Vec<DateTime<Utc>> = done.iter().map(|d| d.at).collect();
    let latencies: Vec<i32> = done.iter().map(|d| d.latency_ms).collect();
    let causes: Vec<Option<&str>> = done.iter().map(|d| d.cause.map(Cause::as_str)).collect();
    let unknown: Vec<bool> = done.iter().map(|d| d.unknown).collect();
    let statuses: Vec<Option<i16>> = done.iter().map(|d| d.status).collect();
    let requests: Vec<Option<&str>> = done.iter().map(|d| d.request.as_deref()).collect();
    let answers: Vec<Option<&str>> = done.iter().map(|d| d.answer.as_deref()).collect();
    let errors: Vec<Option<&str>> = done.iter().map(|d| d.error.as_deref()).collect();
    let moves: Vec<Option<&str>> = done.iter().map(|d| d.moved().0).collect();
    let accounts: Vec<Option<i64>> = done.iter().map(|d| d.moved().1).collect();
    let rows = sqlx::query!(
        r#"with done as materialized (
             select * from unnest($3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::jsonb[], $8::timestamptz[],
                                  $9::integer[], $10::text[], $11::boolean[], $12::smallint[], $13::text[],
                                  $14::text[], $15::text[], $16::text[], $17::bigint[], $1::uuid[])
                  as d (id, state, outcome, next, result, at, latency, cause, unknown, status, request, answer, error,
                        moved, account, token)),
         leases as materialized (
             select id, token, ids, seqs from erp_outbox_leases where id = any($18) and token = any($1)
             order by id for update),
         held as materialized (
             select d.*, l.id as lease from done d join leases l on l.token = d.token and d.id = any(l.ids)),
         rest as materialized (
             select l.id, array_agg(h.id order by h.seq) as ids, array_agg(h.seq order by h.seq) as seqs
             from leases l
             cross join lateral unnest(l.ids, l.seqs) h (id, seq)
             where l.id in (select held.lease from held) and h.id not in (select held.id from held)
             group by l.id),
         kept as (
             update erp_outbox_leases l set ids = rest.ids, seqs = rest.seqs from rest where l.id = rest.id),
         let_go as (
             delete from erp_outbox_leases
             where id in (select held.lease from held) and id not in (select rest.id from rest)),
         moved as (
             update erp_outbox o
             set status = case when d.state = 'dead' and o.rehearsal_of is not null then 'discarded' else d.state end,
                 attempts = case when d.moved is null then o.attempts + (d.outcome = 'failed')::int else 0 end,
                 connection_id = coalesce(d.account, o.connection_id),
                 lane = coalesce('connection:' || d.account, o.lane),
                 undoing = o.undoing or d.moved is not distinct from 'back',
                 next_run_at = case when d.moved is null then coalesce(d.next, o.next_run_at) else $2::timestamptz end,
                 outcome_unknown = d.moved is null and (o.outcome_unknown or d.unknown),
                 last_error = coalesce(d.error, o.last_error),
                 cause = coalesce(d.cause, o.cause),
                 result_payload = d.result,
                 processing_started_at = d.at,
                 processed_at = case when d.state = 'completed' or (d.state = 'dead' and o.rehearsal_of is not null)
                                     then $2::timestamptz end,
                 updated_at = $2::timestamptz
             from held d
             where o.id = d.id
             returning o.company_id, o.id, o.connection_id, o.document_id, o.outcome_unknown, d.at, d.latency, d.outcome,
                       d.cause, d.status, d.request, d.answer, d.error),
         tried as (
             insert into erp_outbox_attempts (company_id, message_id, at, latency_ms, outcome, cause, status, request,
                                              answer, error)
             select company_id, id, at, latency, outcome, cause, status, request, answer, error from moved)
         select company_id, id, connection_id, document_id, outcome_unknown as "unknown!" from moved"#,
        &tokens,
        now,
        &ids,
        &states as &[&str],
        &outcomes as &[&str],
        &nexts as &[Option<DateTime<Utc>>],
        &results as &[Option<&Value>],
        &ats,
        &latencies,
        &causes as &[Option<&str>],
        &unknown,
        &statuses as &[Option<i16>],
        &requests as &[Option<&str>],
        &answers as &[Option<&str>],
        &errors as &[Option<&str>],
        &moves as &[Option<&str>],
        &accounts as &[Option<i64>],
        &leases,
    )
    .fetch_all(tx.conn())
    .await?;
    let written: Vec<Written> = rows
        .into_iter()
        .map(|row| Written {
            company_id: CompanyId(row.company_id),
            id: row.id,
            connection: row.connection_id.map(ConnectionId),
            document: row.document_id.map(DocumentId),
            unknown: row.unknown,
        })
        .collect();
    let kept: HashSet<Uuid> = written.iter().map(|one| one.id).collect();
    let steps = done.iter().filter(|done| kept.contains(&done.id));
    record_steps(tx, steps, now).await?;
    if accounts.iter().any(Option::is_some) {
        tx.queued();
    }
    Ok(written)
}

/// Steps of messages that were held: their attempts were written.
async fn record_steps(
    tx: &mut Tx,
    done: impl Iterator<Item = &Done>,
    now: DateTime<Utc>,
) -> Result<()> {
    let done: Vec<(Uuid, &StepDone)> = done
        .filter_map(|done| Some((done.id, done.step.as_ref()?)))
        .collect();
    if done.is_empty() {
        return Ok(());
    }
    let messages: Vec<Uuid> = done.iter().map(|(id, _)| *id).collect();
    let steps: Vec<i16> = done.iter().map(|(_, step)| step.step).collect();
    let states: Vec<String> = done
        .iter()
        .map(|(_, step)| step.state.as_str().to_owned())
        .collect();
    let acceptances: Vec<Option<Value>> = done
        .iter()
        .map(|(_, step)| step.acceptance.clone())
        .collect();
    sqlx::query!(
        "update erp_outbox_steps s
         set state = d.state, acceptance = coalesce(d.acceptance, s.acceptance), changed_at = $1
         from unnest($2::uuid[], $3::smallint[], $4::text[], $5::jsonb[]) as d (message, step, state, acceptance)
         where s.message_id = d.message and s.step = d.step",
        now,
        &messages,
        &steps,
        &states,
        &acceptances as &[Option<Value>],
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
