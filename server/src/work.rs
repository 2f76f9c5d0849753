//! Starting the engine: syncs, checks, schedules, pruning.

use crate::clock::Clock;
use crate::secret_key::SecretKey;
use crate::settings::Settings;
use engine::samples::Meter;
use engine::{Engine, Options, outbox};
use std::sync::Arc;
use store::Store;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Starts it; it ends after the token is cancelled and the page under way is stored.
pub fn start(
    settings: &Settings,
    store: Store,
    clock: &Clock,
    secret: &SecretKey,
    meter: &Meter,
    stop: CancellationToken,
) -> JoinHandle<()> {
    let monitoring = &settings.monitoring;
    let options = Options {
        workers: settings.worker_runs,
        outbox: outbox::Settings {
            addresses: monitoring.addresses.clone(),
            smtp: monitoring.smtp.clone(),
            ..outbox::Settings::default()
        },
        alerts: operations::alerts::Policy {
            thresholds: monitoring.thresholds,
            email_to: monitoring.email_to.clone(),
        },
        outbox_days: monitoring.outbox_days,
        sample_days: monitoring.sample_days,
        meter: meter.clone(),
        ..Options::default()
    };
    let clock = clock.clone();
    let engine = Engine::new(
        store,
        secret.sealing().clone(),
        options,
        Arc::new(move || clock.now()),
        Arc::new(Uuid::new_v4),
    );
    tokio::spawn(async move { engine.run(stop).await })
}

/// On a node without an engine: tells the workers of other nodes what was queued here.
pub fn announce(store: Store, stop: CancellationToken) -> JoinHandle<()> {
    tokio::spawn(outbox::announce(store, stop))
}
