//! What routes, pages and the live link share. Built once per process; cloning is counting one more.

use crate::auth::{SignIn, Tokens};
use crate::clock::Clock;
use crate::live::Hub;
use crate::secret_key::SecretKey;
use crate::settings::Settings;
use engine::samples::Meter;
use std::ops::Deref;
use std::sync::Arc;
use store::Store;

/// A running web process. Every layer and every handler of a request has a clone of it.
#[derive(Clone)]
pub struct Services(Arc<Parts>);

/// Its parts.
pub struct Parts {
    /// How it is set up.
    pub settings: Arc<Settings>,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Checks credentials.
    pub sign_in: SignIn,
    /// Tokens of the REST API.
    pub tokens: Tokens,
    /// The live link.
    pub hub: Hub,
    /// Counts the requests of this process.
    pub meter: Meter,
    /// Seals what admins enter.
    pub secret: SecretKey,
}

impl Services {
    /// Over that database; what is answered is counted by `meter`, which a worker in the same process
    /// samples.
    pub fn new(
        settings: Settings,
        store: Store,
        clock: Clock,
        secret: &SecretKey,
        meter: Meter,
    ) -> Self {
        let store = store.waiting_at_most(settings.request_timeout);
        Self(Arc::new(Parts {
            sign_in: SignIn::new(store.clone(), clock.clone(), settings.throttle),
            tokens: Tokens::new(store.clone(), clock.clone(), secret),
            hub: Hub::new(store.clone(), clock.clone(), settings.session_limits()),
            meter,
            secret: secret.clone(),
            settings: Arc::new(settings),
            store,
            clock,
        }))
    }
}

impl Deref for Services {
    type Target = Parts;
    fn deref(&self) -> &Parts {
        &self.0
    }
}
