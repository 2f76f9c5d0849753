//! Starting the engine: syncs, checks, schedules, pruning.

use crate::clock::Clock;
use crate::secret_key::SecretKey;
use crate::settings::Settings;
use engine::{Engine, Options};
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
    stop: CancellationToken,
) -> JoinHandle<()> {
    let options = Options {
        workers: settings.worker_runs,
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
