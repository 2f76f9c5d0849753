//! Delivering messages to other systems.
//!
//! A message is claimed with a lease in a short transaction, sent with none open, and what came of
//! it is written fenced by the lease, many at once. A system that does not answer is left alone for
//! a while and holds up nobody else.

mod client;
mod connection;
mod destination;
mod email;
mod lanes;
mod saga;
mod sign;
mod webhook;

pub use destination::{Delivery, Destination, Outcome};
pub use email::{Security, Smtp};
pub use saga::Place;
pub use sign::signature;

use crate::roster::Roster;
use crate::{Clock, Engine};
use chrono::{DateTime, TimeDelta, Utc};
use domain::outbox::{Cause, wait_after};
use futures::stream::{FuturesUnordered, StreamExt};
use lanes::Lanes;
use operations::secrets::SecretKey;
use operations::webhooks::AddressPolicy;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use store::Store;
use store::outbox::{Claimed, Done, Target, Verdict};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Messages on their way at once from one node.
const IN_FLIGHT: usize = 32;
/// Taken at once: more would let one slow system fill all places.
const AT_ONCE: i64 = 8;
/// The longest attempt at an ERP; a connection's own limit is shorter.
const LONGEST_PUSH: Duration = Duration::from_secs(660);
/// How often expired leases are looked for.
const RESCUE_EVERY: Duration = Duration::from_secs(2);
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
    destinations: HashMap<&'static str, Arc<dyn Destination>>,
    lanes: Mutex<Lanes>,
}

impl Outbox {
    pub(crate) fn new(
        store: &Store,
        key: &SecretKey,
        settings: &Settings,
        clock: &Clock,
        roster: &Arc<Roster>,
    ) -> Self {
        let webhook = webhook::Webhook::new(store.clone(), key.clone(), settings, clock.clone());
        let email = email::Email::new(settings, clock.clone());
        let mut destinations: HashMap<&'static str, Arc<dyn Destination>> = HashMap::new();
        destinations.insert("webhook", Arc::new(webhook));
        destinations.insert("email", Arc::new(email));
        let account = connection::Account::new(store.clone(), Arc::clone(roster), clock.clone());
        destinations.insert("connection", Arc::new(account));
        Self {
            destinations,
            lanes: Mutex::default(),
        }
    }

    fn destination(&self, target: Target) -> Option<&Arc<dyn Destination>> {
        self.destinations.get(match target {
            Target::Webhook(_) => "webhook",
            Target::Email => "email",
            Target::Connection(_) => "connection",
        })
    }

    fn lanes<T>(&self, act: impl FnOnce(&mut Lanes) -> T) -> T {
        act(&mut self.lanes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An attempt that ended.
struct Ended {
    token: Uuid,
    done: Done,
}

impl Engine {
    /// Delivers until stopped; what is on its way is finished first. While the database does not take
    /// what came of attempts, it is kept, and nothing more is sent.
    pub(crate) async fn keep_delivering(self, stop: CancellationToken) {
        let mut flying = FuturesUnordered::new();
        let mut unwritten = Vec::new();
        let mut rescued = Instant::now();
        let mut more = true;
        loop {
            unwritten = self.record_messages(unwritten).await;
            if unwritten.is_empty() && rescued.elapsed() >= RESCUE_EVERY {
                self.rescue_messages().await;
                rescued = Instant::now();
            }
            let open = unwritten.is_empty() && !stop.is_cancelled();
            while more && open && flying.len() < IN_FLIGHT {
                let claimed = self.claim_messages().await;
                more = !claimed.is_empty();
                flying.extend(claimed.into_iter().map(|(token, m)| self.attempt(token, m)));
            }
            if stop.is_cancelled() && flying.is_empty() {
                return;
            }
            tokio::select! {
                Some(ended) = flying.next(), if !flying.is_empty() => {
                    unwritten.push(ended);
                    while let Some(Some(ended)) = futures::FutureExt::now_or_never(flying.next()) {
                        unwritten.push(ended);
                    }
                    more = true;
                }
                () = stop.cancelled(), if !stop.is_cancelled() => {}
                () = self.store.message_queued(), if !stop.is_cancelled() => more = true,
                () = tokio::time::sleep(self.options.poll) => more = true,
            }
        }
    }

    /// Delivers everything that is due now, one batch after the other; returns how many attempts
    /// were made. For tests and one-off runs.
    pub async fn deliver_due(&self) -> usize {
        let mut attempts = 0;
        self.rescue_messages().await;
        loop {
            let claimed = self.claim_messages().await;
            if claimed.is_empty() {
                return attempts;
            }
            let tried = claimed.into_iter().map(|(token, m)| self.attempt(token, m));
            let ended = futures::future::join_all(tried).await;
            attempts += ended.len();
            if !self.record_messages(ended).await.is_empty() {
                return attempts;
            }
        }
    }

    async fn claim_messages(&self) -> Vec<(Uuid, Claimed)> {
        let (token, now) = ((self.new_id)(), self.now());
        let full = self.outbox.lanes(|lanes| lanes.full(now));
        let lease = self.options.outbox.lease;
        let claimed =
            operations::outbox::claim(&self.store, token, AT_ONCE, &full, lease, now).await;
        let away = self.note_outage(&claimed);
        match claimed {
            Ok(claimed) => {
                self.outbox
                    .lanes(|lanes| claimed.iter().for_each(|m| lanes.start(&m.lane)));
                claimed
                    .into_iter()
                    .map(|message| (token, message))
                    .collect()
            }
            Err(error) => {
                if !away {
                    tracing::error!(%error, "cannot look for messages to deliver");
                }
                Vec::new()
            }
        }
    }

    async fn rescue_messages(&self) {
        match operations::outbox::rescue(&self.store, self.now()).await {
            Ok(0) => {}
            Ok(count) => tracing::warn!(count, "messages taken back from workers that are gone"),
            Err(error) => tracing::error!(%error, "cannot take messages back"),
        }
    }

    async fn attempt(&self, token: Uuid, message: Claimed) -> Ended {
        let (at, started) = (self.now(), Instant::now());
        let delivery = match self.outbox.destination(message.target) {
            Some(destination) => self.deliver(destination.as_ref(), token, &message).await,
            None => Delivery::fatal(Cause::Settings, "No part of this version delivers there."),
        };
        let elapsed = started.elapsed();
        let now = self.now();
        let plain = self.judge(&message, &delivery, now);
        let (verdict, step) = saga::verdict(&message, &delivery, plain);
        self.outbox
            .lanes(|lanes| lanes.end(&message.lane, &delivery.outcome, now));
        let cause = delivery.outcome.cause();
        metrics::counter!("crossdock_outbox_attempts_total", "event" => message.event_type.clone(), "outcome" => cause.map_or("delivered", Cause::as_str)).increment(1);
        metrics::histogram!("crossdock_outbox_attempt_seconds").record(elapsed.as_secs_f64());
        tracing::info!(
            message.id = %message.id,
            event = message.event_type,
            lane = message.lane,
            correlation.id = message.correlation_id,
            outcome = cause.map_or("delivered", Cause::as_str),
            error = delivery.outcome.error(),
            "message attempted"
        );
        Ended {
            token,
            done: Done {
                id: message.id,
                verdict,
                at,
                latency_ms: i32::try_from(elapsed.as_millis()).unwrap_or(i32::MAX),
                cause,
                unknown: delivery.outcome.is_unknown(),
                status: delivery.status,
                request: delivery.request,
                answer: delivery.answer,
                error: delivery.outcome.error().map(str::to_owned),
                step,
            },
        }
    }

    /// One attempt, limited in time. An ERP may take its time: its messages are held meanwhile.
    async fn deliver(
        &self,
        destination: &dyn Destination,
        token: Uuid,
        message: &Claimed,
    ) -> Delivery {
        let settings = &self.options.outbox;
        let limit = match message.target {
            Target::Connection(_) => LONGEST_PUSH,
            Target::Webhook(_) | Target::Email => settings.timeout * 2,
        };
        let delivered = tokio::time::timeout(limit, destination.deliver(message));
        tokio::pin!(delivered);
        loop {
            tokio::select! {
                delivery = &mut delivered => {
                    return delivery.unwrap_or_else(|_| Delivery::overdue());
                }
                () = tokio::time::sleep(settings.lease / 3) => self.renew(token, message.id).await,
            }
        }
    }

    async fn renew(&self, token: Uuid, id: Uuid) {
        let lease = self.options.outbox.lease;
        match operations::outbox::renew(&self.store, token, id, lease, self.now()).await {
            Ok(true) => {}
            Ok(false) => tracing::warn!(message.id = %id, "another worker took the message over"),
            Err(error) => tracing::warn!(%error, message.id = %id, "a message could not be held"),
        }
    }

    fn judge(&self, message: &Claimed, delivery: &Delivery, now: DateTime<Utc>) -> Verdict {
        match &delivery.outcome {
            Outcome::Delivered(answer) => Verdict::Delivered(answer.clone()),
            Outcome::Postponed { wait, .. } => Verdict::Postponed(now + bounded(*wait)),
            Outcome::Fatal { .. } => Verdict::Dead,
            Outcome::Failed { .. } => {
                let failed = message.attempts + 1;
                if failed >= i32::from(message.max_attempts) {
                    return Verdict::Dead;
                }
                let unit = unit((self.new_id)());
                let wait = match &delivery.retry {
                    Some(policy) => policy.wait(failed, unit),
                    None => wait_after(failed, unit),
                };
                Verdict::Later(now + wait)
            }
        }
    }

    /// Tells once that the database stores nothing, and once that it does again; true while it does
    /// not.
    fn note_outage<T>(&self, outcome: &operations::Result<T>) -> bool {
        let outage = outcome.as_ref().err().and_then(operations::Error::outage);
        match (self.store.note_outage(outage), outage) {
            (true, Some(reason)) => {
                tracing::error!(reason, "the database stores nothing: messages wait");
            }
            (true, None) => tracing::info!("the database stores again: messages go on"),
            (false, _) => {}
        }
        outage.is_some()
    }

    /// Writes what came of attempts; what the database cannot take now comes back.
    async fn record_messages(&self, ended: Vec<Ended>) -> Vec<Ended> {
        let mut unwritten = Vec::new();
        let mut batches: HashMap<Uuid, Vec<Done>> = HashMap::new();
        for Ended { token, done } in ended {
            batches.entry(token).or_default().push(done);
        }
        for (token, done) in batches {
            let written = operations::outbox::record(&self.store, token, &done, self.now()).await;
            if self.note_outage(&written) {
                unwritten.extend(done.into_iter().map(|done| Ended { token, done }));
                continue;
            }
            match written {
                Ok(written) if written < done.len() => {
                    tracing::warn!(
                        lost = done.len() - written,
                        "messages were taken over by another worker"
                    );
                }
                Ok(_) => {}
                // It comes back when its lease ends, and is dead in the end.
                Err(error) => tracing::error!(%error, "what came of messages could not be written"),
            }
        }
        unwritten
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
