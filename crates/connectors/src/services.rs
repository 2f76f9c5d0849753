//! What a connector is given by those who run it.

use crate::http::pacer::{LocalPacer, Pacer};
use crate::http::recorder::{NoRecording, Recorder};
use chrono::{DateTime, Utc};
use domain::delivery::{BreakerLimits, TimeoutSettings};
use std::fmt;
use std::sync::Arc;

/// The surroundings of one connector. The recorder is the connection's own, so it knows whose
/// exchanges it receives.
#[derive(Clone)]
pub struct Services {
    /// Keeps calls of one account apart.
    pub pacer: Arc<dyn Pacer>,
    /// Receives every exchange.
    pub recorder: Arc<dyn Recorder>,
    /// The time of day.
    pub clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    /// Makes correlation ids for calls that are asked for without one (check).
    pub new_id: Arc<dyn Fn() -> String + Send + Sync>,
    /// How long calls may take, where the connection says so.
    pub timeouts: TimeoutSettings,
    /// When calls pause after failures in a row; none makes every call.
    pub breaker: Option<BreakerLimits>,
}

impl Services {
    /// Paced inside this process only, nothing recorded, everything as by default: for tests and
    /// benches.
    pub fn local(
        clock: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
        new_id: impl Fn() -> String + Send + Sync + 'static,
    ) -> Self {
        Self {
            pacer: Arc::new(LocalPacer::default()),
            recorder: Arc::new(NoRecording),
            clock: Arc::new(clock),
            new_id: Arc::new(new_id),
            timeouts: TimeoutSettings::default(),
            breaker: Some(BreakerLimits::default()),
        }
    }
}

impl fmt::Debug for Services {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Services").finish_non_exhaustive()
    }
}
