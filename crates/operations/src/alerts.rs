//! Looking for what operators have to know, and telling them: once when it begins, once when it is
//! over.

use crate::webhooks::{News, tell};
use crate::{Result, outbox};
use chrono::{DateTime, TimeDelta, Utc};
use domain::alert::{AlertKind, Thresholds};
use domain::live::Topic;
use domain::outbox::MAX_ATTEMPTS;
use domain::webhook::WebhookEvent;
use serde_json::json;
use std::collections::HashMap;
use store::alerts::{Finding, OpenAlert};
use store::outbox::{NewMessage, Target};
use store::{Scope, Store, Tx};

/// Within which calls are counted.
const ERROR_WINDOW_MINUTES: i64 = 15;

/// When to tell, and whom besides the webhooks.
#[derive(Debug, Clone, Default)]
pub struct Policy {
    /// Limits.
    pub thresholds: Thresholds,
    /// Addresses that get an e-mail; of the whole installation.
    pub email_to: Vec<String>,
}

/// What one look did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Looked {
    /// Told as begun.
    pub raised: usize,
    /// Told as over.
    pub cleared: usize,
}

/// Compares what is the case with what was told. All in one transaction, one node at a time, so that
/// nobody is told twice.
pub async fn look(store: &Store, policy: &Policy, now: DateTime<Utc>) -> Result<Looked> {
    let mut tx = store.begin(Scope::System).await?;
    if !store::alerts::take_turn(&mut tx).await? {
        return Ok(Looked::default());
    }
    let findings = findings(&mut tx, &policy.thresholds, now).await?;
    let open = store::alerts::open(&mut tx).await?;
    let mut known: HashMap<_, _> = open
        .into_iter()
        .map(|alert| ((alert.company_id, alert.kind, alert.cause.clone()), alert))
        .collect();
    let mut looked = Looked::default();
    for finding in findings {
        let key = (finding.company_id, finding.kind, finding.cause.clone());
        let alert = note(&mut tx, finding, known.remove(&key), now).await?;
        let lasts = now - alert.seen_at >= patience(alert.kind, &policy.thresholds);
        if !alert.raised && lasts && store::alerts::raise(&mut tx, alert.id, now).await? {
            announce(&mut tx, &alert, WebhookEvent::AlertRaised, policy, now).await?;
            looked.raised += 1;
        }
    }
    for alert in known.into_values() {
        if store::alerts::clear(&mut tx, alert.id, now).await? {
            announce(&mut tx, &alert, WebhookEvent::AlertCleared, policy, now).await?;
            looked.cleared += 1;
        }
    }
    tx.commit().await?;
    Ok(looked)
}

async fn findings(tx: &mut Tx, limits: &Thresholds, now: DateTime<Utc>) -> Result<Vec<Finding>> {
    let mut findings = store::alerts::failing_connections(tx).await?;
    findings.extend(store::alerts::backlogs(tx, limits, now).await?);
    let stale = now - TimeDelta::hours(i64::from(limits.stale_cursor_hours));
    findings.extend(store::alerts::stale_cursors(tx, stale).await?);
    let since = now - TimeDelta::minutes(ERROR_WINDOW_MINUTES);
    findings.extend(store::alerts::failing_calls(tx, since, limits.error_rate_percent).await?);
    let hour = now - TimeDelta::hours(1);
    findings.extend(store::alerts::deliveries(tx, hour).await?);
    Ok(findings)
}

/// How long something has to last; the other rules have their time in what they look at.
fn patience(kind: AlertKind, limits: &Thresholds) -> TimeDelta {
    match kind {
        AlertKind::ConnectionDown => TimeDelta::minutes(i64::from(limits.connection_down_minutes)),
        AlertKind::Backlog
        | AlertKind::StaleCursor
        | AlertKind::ErrorRate
        | AlertKind::DeadLetters => TimeDelta::zero(),
    }
}

async fn note(
    tx: &mut Tx,
    finding: Finding,
    known: Option<OpenAlert>,
    now: DateTime<Utc>,
) -> Result<OpenAlert> {
    match known {
        Some(alert) if alert.subject == finding.subject && alert.detail == finding.detail => {
            Ok(alert)
        }
        known => {
            let id = store::alerts::note(tx, &finding, now).await?;
            Ok(OpenAlert {
                id,
                company_id: finding.company_id,
                kind: finding.kind,
                cause: finding.cause,
                subject: finding.subject,
                detail: finding.detail,
                seen_at: known.as_ref().map_or(now, |alert| alert.seen_at),
                raised: known.is_some_and(|alert| alert.raised),
            })
        }
    }
}

async fn announce(
    tx: &mut Tx,
    alert: &OpenAlert,
    event: WebhookEvent,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<()> {
    let raised = event == WebhookEvent::AlertRaised;
    let news = News {
        key: alert.id.to_string(),
        about: format!("alert:{}", alert.id),
        data: json!({ "alert": {
            "id": alert.id,
            "kind": alert.kind,
            "subject": alert.subject,
            "detail": alert.detail,
            "since": alert.seen_at,
            "at": now,
        }}),
        correlation_id: None,
    };
    tell(tx, alert.company_id, event, &[news], now).await?;
    let mails: Vec<NewMessage> = policy
        .email_to
        .iter()
        .map(|to| mail(alert, event, to, raised, now))
        .collect();
    outbox::enqueue(tx, alert.company_id, &mails, now).await?;
    let what = if raised {
        "alert_raised"
    } else {
        "alert_cleared"
    };
    Ok(store::live::publish(tx, alert.company_id, None, &[Topic::Operations], what).await?)
}

fn mail(
    alert: &OpenAlert,
    event: WebhookEvent,
    to: &str,
    raised: bool,
    now: DateTime<Utc>,
) -> NewMessage {
    let (label, subject) = (alert.kind.label(), &alert.subject);
    let over = if raised { "" } else { "Over: " };
    let since = alert.seen_at.format("%Y-%m-%d %H:%M UTC");
    let text = if raised {
        format!("{label}: {subject}\n\n{}\n\nSince {since}.\n", alert.detail)
    } else {
        let until = now.format("%Y-%m-%d %H:%M UTC");
        format!("{label}: {subject}\n\nIt is over: from {since} to {until}.\n")
    };
    let payload = json!({
        "to": to,
        "subject": format!("[Crossdock] {over}{label}: {subject}"),
        "text": text,
    });
    let key = format!("{}:{}", event.as_str(), alert.id);
    let hash = outbox::payload_hash(event.as_str(), to, &payload);
    let recipient: String = outbox::payload_hash("email", to, &json!(to))
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    NewMessage {
        idempotency_key: format!("{key}:{recipient}"),
        event_type: event.as_str().to_owned(),
        target: Target::Email,
        aggregate_key: format!("email:{recipient}:alert:{}", alert.id),
        payload,
        payload_hash: hash,
        max_attempts: MAX_ATTEMPTS,
        correlation_id: None,
        document: None,
    }
}
