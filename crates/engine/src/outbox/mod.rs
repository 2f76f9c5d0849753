//! Delivering messages to other systems.
//!
//! A message is claimed with a lease in a short transaction, sent with none open, and what came of
//! it is written fenced by the lease, many at once. A system that does not answer is left alone for
//! a while and holds up nobody else.

mod client;
mod connection;
mod destination;
mod dispatch;
mod email;
mod floor;
mod lanes;
mod marks;
mod presence;
mod rehearsal;
mod saga;
mod sign;
mod transcript;
mod webhook;

pub use destination::{Delivery, Destination, Outcome, Treatment};
pub use email::{Security, Smtp};
pub use presence::announce;
pub use saga::Place;
pub use sign::signature;

use crate::roster::Roster;
use crate::{Clock, Engine};
use chrono::{DateTime, TimeDelta, Utc};
use domain::outbox::{Cause, wait_after};
use lanes::{Lanes, Manner};
use marks::Lookout;
use operations::secrets::SecretKey;
use operations::webhooks::AddressPolicy;
use presence::Presence;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::Store;
use store::outbox::{Claimed, Done, Target, Verdict};
use uuid::Uuid;

/// The longest attempt at an ERP; a connection's own limit is shorter.
const LONGEST_PUSH: Duration = Duration::from_secs(660);
/// The wait when somebody says "later" but not when.
const LATER: TimeDelta = TimeDelta::seconds(30);
/// The longest wait somebody may ask for.
const LATEST: TimeDelta = TimeDelta::hours(1);

/// How messages are delivered.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where webhooks may go.
    pub addresses: AddressPolicy,
    /// How e-mail is sent; none sends none.
    pub smtp: Option<Smtp>,
    /// How long one attempt may take; shorter than the lease.
    pub timeout: Duration,
    /// How long a silent worker keeps its messages.
    pub lease: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            addresses: AddressPolicy::default(),
            smtp: None,
            timeout: Duration::from_secs(10),
            lease: Duration::from_secs(30),
        }
    }
}

/// Which systems there are, and how each is doing, on this node.
pub(crate) struct Outbox {
    webhook: webhook::Webhook,
    email: email::Email,
    account: connection::Account,
    lanes: Mutex<Lanes>,
    marks: Mutex<Lookout>,
    presence: Mutex<Presence>,
}

impl Outbox {
    pub(crate) fn new(
        store: &Store,
        key: &SecretKey,
        settings: &Settings,
        clock: &Clock,
        roster: &Arc<Roster>,
    ) -> Self {
        Self {
            webhook: webhook::Webhook::new(store.clone(), key.clone(), settings, clock.clone()),
            email: email::Email::new(settings, clock.clone()),
            account: connection::Account::new(store.clone(), Arc::clone(roster), clock.clone()),
            lanes: Mutex::default(),
            marks: Mutex::default(),
            presence: Mutex::default(),
        }
    }

    fn destination(&self, target: Target) -> &dyn Destination {
        match target {
            Target::Webhook(_) => &self.webhook,
            Target::Email => &self.email,
            Target::Connection(_) => &self.account,
        }
    }

    fn lanes<T>(&self, act: impl FnOnce(&mut Lanes) -> T) -> T {
        act(&mut self.lanes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn marks<T>(&self, act: impl FnOnce(&mut Lookout) -> T) -> T {
        act(&mut self.marks.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn presence<T>(&self, act: impl FnOnce(&mut Presence) -> T) -> T {
        act(&mut self.presence.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Engine {
    async fn attempt(&self, message: Claimed) -> Done {
        let (at, started) = (self.now(), Instant::now());
        let mut delivery = self.deliver(&message).await;
        let elapsed = started.elapsed();
        let now = self.now();
        let plain = self.judge(&message, &mut delivery, now);
        let (verdict, step) = saga::verdict(&message, &delivery, plain);
        let manner = Manner {
            breaker: delivery.breaker(),
            // Accounts at ERPs are paced by their connectors: more at once would only wait there.
            widens: matches!(message.target, Target::Webhook(_)),
        };
        self.outbox
            .lanes(|lanes| lanes.end(&message.lane, &delivery.outcome, manner, now));
        told(&message, &delivery.outcome, elapsed);
        Done {
            id: message.id,
            token: message.token,
            lease: message.lease,
            verdict,
            at,
            latency_ms: i32::try_from(elapsed.as_millis()).unwrap_or(i32::MAX),
            cause: delivery.outcome.cause(),
            unknown: delivery.outcome.is_unknown(),
            status: delivery.status,
            request: delivery.request,
            answer: delivery.answer,
            error: delivery.outcome.error().map(str::to_owned),
            step,
        }
    }

    /// One attempt, limited in time. An ERP may take its time: its messages are held meanwhile.
    async fn deliver(&self, message: &Claimed) -> Delivery {
        let settings = &self.options.outbox;
        let limit = match message.target {
            Target::Connection(_) => LONGEST_PUSH,
            Target::Webhook(_) | Target::Email => settings.timeout * 2,
        };
        let until = tokio::time::Instant::now() + limit;
        let mut delivered = self.outbox.destination(message.target).deliver(message);
        loop {
            // One timer for both: most attempts are over long before either.
            let renewal = tokio::time::Instant::now() + settings.lease / 3;
            match tokio::time::timeout_at(renewal.min(until), &mut delivered).await {
                Ok(delivery) => return delivery,
                Err(_) if until <= renewal => return Delivery::overdue(),
                Err(_) => self.renew(message).await,
            }
        }
    }

    async fn renew(&self, message: &Claimed) {
        let (id, lease) = (message.id, self.options.outbox.lease);
        match operations::outbox::renew(&self.store, message, lease, self.now()).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(message.id = %id, "another worker took the message over"),
            Err(error) => tracing::warn!(%error, message.id = %id, "a message could not be held"),
        }
    }

    /// Takes the answer out of what was delivered.
    fn judge(&self, message: &Claimed, delivery: &mut Delivery, now: DateTime<Utc>) -> Verdict {
        match &mut delivery.outcome {
            Outcome::Delivered(answer) => Verdict::Delivered(answer.take()),
            Outcome::Postponed { wait, .. } => Verdict::Postponed(now + bounded(*wait)),
            Outcome::Fatal { .. } => Verdict::Dead,
            Outcome::Failed { .. } => {
                let failed = message.attempts + 1;
                if failed >= i32::from(message.max_attempts) {
                    return Verdict::Dead;
                }
                let unit = unit((self.new_id)());
                let wait = match &delivery.treatment {
                    Some(treatment) => treatment.retry.wait(failed, unit),
                    None => wait_after(failed, unit),
                };
                Verdict::Later(now + wait)
            }
        }
    }
}

/// Counts and logs an attempt. What arrived is in the database and no news.
fn told(message: &Claimed, outcome: &Outcome, elapsed: Duration) {
    let word = outcome.cause().map_or("delivered", Cause::as_str);
    metrics::counter!("crossdock_outbox_attempts_total", "event" => message.event_type.clone(), "outcome" => word).increment(1);
    metrics::histogram!("crossdock_outbox_attempt_seconds").record(elapsed.as_secs_f64());
    match outcome.error() {
        None => tracing::debug!(
            message.id = %message.id,
            event = message.event_type,
            lane = message.lane,
            correlation.id = message.correlation_id,
            "message delivered"
        ),
        Some(error) => tracing::info!(
            message.id = %message.id,
            event = message.event_type,
            lane = message.lane,
            correlation.id = message.correlation_id,
            outcome = word,
            error,
            "message attempted"
        ),
    }
}

pub(crate) fn bounded(wait: Option<Duration>) -> TimeDelta {
    let wait = wait.and_then(|wait| TimeDelta::from_std(wait).ok());
    wait.unwrap_or(LATER).clamp(TimeDelta::seconds(1), LATEST)
}

/// A number from 0 to 1 out of a fresh id.
fn unit(id: Uuid) -> f64 {
    let (_, _, _, last) = id.as_fields();
    f64::from(u16::from_be_bytes([last[6], last[7]])) / f64::from(u16::MAX)
}
