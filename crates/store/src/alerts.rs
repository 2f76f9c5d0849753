//! `alerts`, and what the rules look at.

mod backlogs;

pub use backlogs::backlogs;

use crate::error::word;
use crate::{Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::CompanyId;
use domain::alert::{Alert, AlertKind};
use domain::user::Caller;

/// Something that is the case now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Tenant.
    pub company_id: CompanyId,
    /// Which rule.
    pub kind: AlertKind,
    /// Names it within the rule.
    pub cause: String,
    /// What it is about.
    pub subject: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// An alert that is not over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAlert {
    /// Identity.
    pub id: i64,
    /// Tenant.
    pub company_id: CompanyId,
    /// Which rule.
    pub kind: AlertKind,
    /// Names it within the rule.
    pub cause: String,
    /// What it is about.
    pub subject: String,
    /// What is wrong.
    pub detail: String,
    /// Since when it has been the case.
    pub seen_at: DateTime<Utc>,
    /// Whether operators were told.
    pub raised: bool,
}

/// Nodes look one after the other: held until the transaction ends. False when another node is at it.
pub async fn take_turn(tx: &mut Tx) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select pg_try_advisory_xact_lock(hashtext('crossdock alerts')) as "taken!""#
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Everything that is not over, of all companies.
pub async fn open(tx: &mut Tx) -> Result<Vec<OpenAlert>> {
    let rows = sqlx::query!(
        r#"select id, company_id, kind, cause, subject, detail, seen_at, raised_at is not null as "raised!"
           from alerts where cleared_at is null order by id limit 10000"#
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(OpenAlert {
                id: row.id,
                company_id: CompanyId(row.company_id),
                kind: word("alerts", "kind", &row.kind)?,
                cause: row.cause,
                subject: row.subject,
                detail: row.detail,
                seen_at: row.seen_at,
                raised: row.raised,
            })
        })
        .collect()
}

/// Notes that something is the case; keeps the words of what was noted before up to date.
pub async fn note(tx: &mut Tx, finding: &Finding, at: DateTime<Utc>) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        "insert into alerts (company_id, kind, cause, subject, detail, seen_at) values ($1, $2, $3, $4, $5, $6)
         on conflict (company_id, kind, cause) where cleared_at is null
         do update set subject = excluded.subject, detail = excluded.detail
         returning id",
        finding.company_id.0,
        finding.kind.as_str(),
        finding.cause,
        finding.subject,
        finding.detail,
        at,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Marks it as told; false when it was.
pub async fn raise(tx: &mut Tx, id: i64, at: DateTime<Utc>) -> Result<bool> {
    let raised = sqlx::query!(
        "update alerts set raised_at = $2 where id = $1 and raised_at is null",
        id,
        at
    )
    .execute(tx.conn())
    .await?;
    Ok(raised.rows_affected() == 1)
}

/// Ends it: what was told is told to be over, what was not is forgotten. True when it was told.
pub async fn clear(tx: &mut Tx, id: i64, at: DateTime<Utc>) -> Result<bool> {
    let cleared = sqlx::query!(
        "update alerts set cleared_at = $2 where id = $1 and raised_at is not null and cleared_at is null",
        id,
        at
    )
    .execute(tx.conn())
    .await?;
    if cleared.rows_affected() == 1 {
        return Ok(true);
    }
    sqlx::query!("delete from alerts where id = $1 and raised_at is null", id)
        .execute(tx.conn())
        .await?;
    Ok(false)
}

/// Raised ones, those that last first, then the newest.
pub async fn list(store: &Store, caller: &Caller, limit: i64) -> Result<Vec<Alert>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"select id, kind, subject, detail, seen_at, raised_at as "raised_at!", cleared_at from alerts
           where company_id = $1 and raised_at is not null
           order by cleared_at is null desc, id desc
           limit $2"#,
        caller.company_id.0,
        limit,
    )).await?;
    rows.into_iter()
        .map(|row| {
            Ok(Alert {
                id: row.id,
                kind: word("alerts", "kind", &row.kind)?,
                subject: row.subject,
                detail: row.detail,
                seen_at: row.seen_at,
                raised_at: row.raised_at,
                cleared_at: row.cleared_at,
            })
        })
        .collect()
}

/// Accounts, other than test systems, whose last call failed.
pub async fn failing_connections(tx: &mut Tx) -> Result<Vec<Finding>> {
    let rows = sqlx::query!(
        r#"select id, company_id, name, coalesce(last_error, 'It does not answer.') as "error!" from connections
           where health in ('failing', 'paused') and not delivery @> '{"test_system": true}'
           order by id limit 1000"#
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Finding {
            company_id: CompanyId(row.company_id),
            kind: AlertKind::ConnectionDown,
            cause: format!("connection:{}", row.id),
            subject: row.name,
            detail: row.error,
        })
        .collect())
}

/// An account that messages go to, and how it goes.
struct Delivering {
    company_id: i64,
    id: i64,
    name: String,
    delivery: serde_json::Value,
    dead: i64,
    waiting: i64,
    tried: i64,
    failed: i64,
}

/// Accounts whose messages are dead, pile up or fail, by their own settings. What failed as a copy at a test
/// system failed for nobody else.
pub async fn deliveries(tx: &mut Tx, since: DateTime<Utc>) -> Result<Vec<Finding>> {
    let rows = sqlx::query_as!(
        Delivering,
        r#"select c.company_id, c.id, c.name, c.delivery,
                  (select count(*) from erp_outbox o
                   where o.connection_id = c.id and o.status = 'dead') as "dead!",
                  (select count(*) from erp_outbox o
                   where o.connection_id = c.id and o.status in ('pending', 'in_progress')) as "waiting!",
                  t.tried as "tried!", t.failed as "failed!"
           from connections c
           cross join lateral (
               select count(*) as tried, count(*) filter (where a.outcome in ('failed', 'lost')) as failed
               from (
                   select id from erp_outbox o
                   where o.connection_id = c.id and o.status in ('pending', 'in_progress', 'dead')
                     and o.updated_at >= $1 and o.rehearsal_of is null
                   union all
                   select id from erp_outbox o
                   where o.connection_id = c.id and o.status in ('completed', 'discarded')
                     and o.processed_at >= $1 and o.rehearsal_of is null) o
               join erp_outbox_attempts a on a.message_id = o.id
               where a.at >= $1 and a.outcome <> 'postponed') t
           where c.push_kinds <> '{}'
           order by c.id
           limit 1000"#,
        since,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut findings = Vec::new();
    for row in rows {
        findings.extend(row.findings());
    }
    Ok(findings)
}

impl Delivering {
    fn findings(&self) -> Vec<Finding> {
        // Settings that cannot be read must not silence the alerts of this account and all others.
        let settings = crate::connections::delivery(self.delivery.clone()).unwrap_or_default();
        let limits = settings.monitoring;
        let mut findings = Vec::new();
        if limits.alert_on_dead && self.dead > 0 {
            let text = match self.dead {
                1 => "One message was given up. See Deliveries: try it again or discard it."
                    .to_owned(),
                _ => format!(
                    "{} messages were given up. See Deliveries: try them again or discard them.",
                    self.dead
                ),
            };
            findings.push(self.finding(AlertKind::DeadLetters, text));
        }
        let crowded = limits.backlog_threshold.map(i64::from);
        if crowded.is_some_and(|most| self.waiting > most) {
            let text = format!("{} messages wait for it. See Deliveries.", self.waiting);
            findings.push(self.finding(AlertKind::Backlog, text));
        }
        let percent = limits.failure_rate_percent.map(i64::from);
        if percent.is_some_and(|most| self.tried >= 20 && self.failed * 100 > self.tried * most) {
            let text = format!(
                "{} of {} attempts of the last hour failed. See Deliveries for the causes.",
                self.failed, self.tried
            );
            findings.push(self.finding(AlertKind::ErrorRate, text));
        }
        findings
    }

    fn finding(&self, kind: AlertKind, detail: String) -> Finding {
        Finding {
            company_id: CompanyId(self.company_id),
            kind,
            cause: format!("messages:connection:{}", self.id),
            subject: format!("{}: messages", self.name),
            detail,
        }
    }
}

/// Scheduled entities without a complete pass for too long.
pub async fn stale_cursors(tx: &mut Tx, before: DateTime<Utc>) -> Result<Vec<Finding>> {
    let rows = sqlx::query!(
        r#"select c.company_id, c.id, c.name, s.entity, max(k.completed_at) as completed_at
           from connections c
           join schedules s on s.connection_id = c.id and s.enabled
           left join sync_cursors k on k.connection_id = c.id and k.entity = s.entity
           where coalesce(k.completed_at, c.created_at) < $1
           group by c.company_id, c.id, c.name, s.entity
           order by c.id, s.entity
           limit 1000"#,
        before,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let last = row.completed_at.map_or_else(
                || "never completed".to_owned(),
                |at| format!("last completed {} UTC", at.format("%Y-%m-%d %H:%M")),
            );
            Finding {
                company_id: CompanyId(row.company_id),
                kind: AlertKind::StaleCursor,
                cause: format!("connection:{}:{}", row.id, row.entity),
                subject: format!("{}: {}", row.name, row.entity),
                detail: format!("Its sync {last}. Look at its runs; start one by hand."),
            }
        })
        .collect())
}

/// Accounts, other than test systems, of which too many calls failed since, of at least 20.
pub async fn failing_calls(
    tx: &mut Tx,
    since: DateTime<Utc>,
    percent: u32,
) -> Result<Vec<Finding>> {
    let rows = sqlx::query!(
        r#"select c.company_id, c.id, c.name, sum(m.requests)::bigint as "requests!", sum(m.errors)::bigint as "errors!"
           from minute_samples m
           join connections c on c.id = m.connection_id
           where m.series = 'upstream' and m.at >= $1 and not c.delivery @> '{"test_system": true}'
           group by c.company_id, c.id, c.name
           having sum(m.requests) >= 20 and sum(m.errors) * 100 >= sum(m.requests) * $2::bigint
           order by c.id
           limit 1000"#,
        since,
        i64::from(percent),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Finding {
            company_id: CompanyId(row.company_id),
            kind: AlertKind::ErrorRate,
            cause: format!("connection:{}", row.id),
            subject: row.name,
            detail: format!(
                "{} of {} calls failed within a quarter of an hour. See the latest calls of the connection.",
                row.errors, row.requests
            ),
        })
        .collect())
}
