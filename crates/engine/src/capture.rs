//! Redacted captures of upstream calls, written behind the calls' back.

use crate::samples::Meter;
use connectors::{BreakerChange, BreakerState, Exchange, Recorder};
use domain::{CompanyId, ConnectionId};
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::Store;
use store::connections::CallOutcome;
use tokio::sync::mpsc;

/// Of the calls that succeed, one in this many is kept; failures always are.
const SAMPLE: u64 = 50;
/// Captures that may wait for the database; more are dropped and counted.
const WAITING: usize = 256;

enum Note {
    Exchange(Exchange),
    Breaker(BreakerChange),
}

/// Records the calls of one connection.
#[derive(Debug)]
pub struct Capture {
    notes: mpsc::Sender<Note>,
    calls: AtomicU64,
    meter: Meter,
    company: CompanyId,
    connection: ConnectionId,
    listened: Mutex<HashMap<String, Vec<Exchange>>>,
}

/// Keeps the exchanges of one correlation id while it lives.
pub(crate) struct Listening<'a> {
    capture: &'a Capture,
    correlation_id: String,
}

impl Listening<'_> {
    /// What was exchanged so far, without secrets.
    pub(crate) fn heard(&self) -> Vec<Exchange> {
        let listened = self.capture.listened();
        listened
            .get(&self.correlation_id)
            .cloned()
            .unwrap_or_default()
    }
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.capture.listened().remove(&self.correlation_id);
    }
}

impl Capture {
    /// Starts the writer; it ends when the recorder is dropped.
    pub fn start(store: Store, company: CompanyId, connection: ConnectionId, meter: Meter) -> Self {
        let (notes, received) = mpsc::channel(WAITING);
        tokio::spawn(write(store, company, connection, received));
        Self {
            notes,
            calls: AtomicU64::new(0),
            meter,
            company,
            connection,
            listened: Mutex::default(),
        }
    }

    /// Listens to the calls of one correlation id from now on.
    pub(crate) fn listen(&self, correlation_id: &str) -> Listening<'_> {
        self.listened()
            .insert(correlation_id.to_owned(), Vec::new());
        Listening {
            capture: self,
            correlation_id: correlation_id.to_owned(),
        }
    }

    fn listened(&self) -> MutexGuard<'_, HashMap<String, Vec<Exchange>>> {
        self.listened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn send(&self, note: Note) {
        if self.notes.try_send(note).is_err() {
            metrics::counter!("captures_dropped_total").increment(1);
        }
    }
}

impl Recorder for Capture {
    fn exchange(&self, exchange: Exchange) {
        let took = std::time::Duration::from_millis(exchange.latency_ms);
        let failed = exchange.error.is_some();
        self.meter
            .called(self.company, self.connection, took, failed);
        if let Some(heard) = self.listened().get_mut(&exchange.correlation_id) {
            heard.push(exchange.clone());
        }
        let call = self.calls.fetch_add(1, Ordering::Relaxed);
        if exchange.error.is_some() || call.is_multiple_of(SAMPLE) {
            self.send(Note::Exchange(exchange));
        }
    }

    fn breaker_changed(&self, change: BreakerChange) {
        self.send(Note::Breaker(change));
    }
}

async fn write(
    store: Store,
    company: CompanyId,
    connection: ConnectionId,
    mut notes: mpsc::Receiver<Note>,
) {
    while let Some(note) = notes.recv().await {
        let written = match note {
            Note::Exchange(exchange) => {
                let row = row(exchange);
                operations::connections::record_exchange(&store, company, connection, &row).await
            }
            Note::Breaker(change) => breaker(&store, company, connection, &change).await,
        };
        if let Err(error) = written {
            tracing::warn!(%error, connection.id = connection.0, "a capture could not be kept");
        }
    }
}

fn row(exchange: Exchange) -> store::exchanges::Exchange {
    store::exchanges::Exchange {
        correlation_id: exchange.correlation_id,
        operation: exchange.operation.to_owned(),
        method: exchange.method,
        url: exchange.url,
        status: exchange
            .status
            .and_then(|status| i16::try_from(status).ok()),
        latency_ms: i32::try_from(exchange.latency_ms).unwrap_or(i32::MAX),
        request_body: exchange.request_body,
        response_head: exchange.response_head,
        error: exchange.error,
        at: exchange.at,
    }
}

async fn breaker(
    store: &Store,
    company: CompanyId,
    connection: ConnectionId,
    change: &BreakerChange,
) -> operations::Result<()> {
    let outcome = match &change.to {
        BreakerState::Open { retry_after, cause } => {
            CallOutcome::Paused(connectors::pause(change.at + *retry_after, cause))
        }
        BreakerState::HalfOpen | BreakerState::Closed => return Ok(()),
    };
    operations::connections::record_outcome(store, company, connection, &outcome, false, change.at)
        .await
}
