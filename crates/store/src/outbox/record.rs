//! Writing what came of attempts, in bulk, fenced by the lease.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::outbox::{AttemptOutcome, Cause};
use serde_json::Value;
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
    /// A person has to look.
    Dead,
}

/// One attempt and its verdict.
#[derive(Debug, Clone)]
pub struct Done {
    /// Message.
    pub id: Uuid,
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
}

impl Done {
    fn state(&self) -> &'static str {
        match self.verdict {
            Verdict::Delivered(_) => "completed",
            Verdict::Later(_) | Verdict::Postponed(_) => "pending",
            Verdict::Dead => "dead",
        }
    }

    fn outcome(&self) -> AttemptOutcome {
        match self.verdict {
            Verdict::Delivered(_) => AttemptOutcome::Delivered,
            Verdict::Postponed(_) => AttemptOutcome::Postponed,
            Verdict::Later(_) | Verdict::Dead => AttemptOutcome::Failed,
        }
    }

    fn next(&self) -> Option<DateTime<Utc>> {
        match self.verdict {
            Verdict::Later(at) | Verdict::Postponed(at) => Some(at),
            Verdict::Delivered(_) | Verdict::Dead => None,
        }
    }

    fn result(&self) -> Option<Value> {
        match &self.verdict {
            Verdict::Delivered(answer) => Some(answer.clone()),
            _ => None,
        }
    }
}

/// Writes attempts of messages still held under the token; returns the companies of those that were
/// written. Attempts of a message that was taken over are not written: its new holder tells.
pub async fn record(
    tx: &mut Tx,
    token: Uuid,
    done: &[Done],
    now: DateTime<Utc>,
) -> Result<Vec<(i64, Uuid)>> {
    let ids: Vec<Uuid> = done.iter().map(|d| d.id).collect();
    let states: Vec<String> = done.iter().map(|d| d.state().to_owned()).collect();
    let outcomes: Vec<String> = done
        .iter()
        .map(|d| d.outcome().as_str().to_owned())
        .collect();
    let nexts: Vec<Option<DateTime<Utc>>> = done.iter().map(Done::next).collect();
    let results: Vec<Option<Value>> = done.iter().map(Done::result).collect();
    let ats: Vec<DateTime<Utc>> = done.iter().map(|d| d.at).collect();
    let latencies: Vec<i32> = done.iter().map(|d| d.latency_ms).collect();
    let causes: Vec<Option<String>> = done
        .iter()
        .map(|d| d.cause.map(|cause| cause.as_str().to_owned()))
        .collect();
    let unknown: Vec<bool> = done.iter().map(|d| d.unknown).collect();
    let statuses: Vec<Option<i16>> = done.iter().map(|d| d.status).collect();
    let requests: Vec<Option<String>> = done.iter().map(|d| d.request.clone()).collect();
    let answers: Vec<Option<String>> = done.iter().map(|d| d.answer.clone()).collect();
    let errors: Vec<Option<String>> = done.iter().map(|d| d.error.clone()).collect();
    let rows = sqlx::query!(
        "with done as materialized (
             select * from unnest($3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::jsonb[], $8::timestamptz[],
                                  $9::integer[], $10::text[], $11::boolean[], $12::smallint[], $13::text[],
                                  $14::text[], $15::text[])
                  as d (id, state, outcome, next, result, at, latency, cause, unknown, status, request, answer, error)),
         moved as (
             update erp_outbox o
             set status = d.state,
                 attempts = o.attempts + (d.outcome = 'failed')::int,
                 next_run_at = coalesce(d.next, o.next_run_at),
                 outcome_unknown = o.outcome_unknown or d.unknown,
                 last_error = coalesce(d.error, o.last_error),
                 cause = case when d.state = 'completed' then o.cause else d.cause end,
                 result_payload = d.result,
                 lease_token = null, lease_until = null,
                 processed_at = case when d.state = 'completed' then $2::timestamptz end,
                 updated_at = $2::timestamptz
             from done d
             where o.id = d.id and o.lease_token = $1
             returning o.company_id, o.id),
         tried as (
             insert into erp_outbox_attempts (company_id, message_id, at, latency_ms, outcome, cause, status, request,
                                              answer, error)
             select moved.company_id, moved.id, d.at, d.latency, d.outcome, d.cause, d.status, d.request, d.answer, d.error
             from moved join done d on d.id = moved.id)
         select company_id, id from moved",
        token,
        now,
        &ids,
        &states,
        &outcomes,
        &nexts as &[Option<DateTime<Utc>>],
        &results as &[Option<Value>],
        &ats,
        &latencies,
        &causes as &[Option<String>],
        &unknown,
        &statuses as &[Option<i16>],
        &requests as &[Option<String>],
        &answers as &[Option<String>],
        &errors as &[Option<String>],
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.company_id, row.id))
        .collect())
}
