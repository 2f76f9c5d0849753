//! What server functions need; the server builds it once and hands it to every request.

use crate::AppError;
use crate::session::Authenticator;
use axum::extract::FromRef;
use chrono::{DateTime, Utc};
use domain::ConnectionId;
use domain::connection_form::{ConnectionForm, EnteredConnection, Misfit};
use domain::sync::Entity;
use domain::user::Caller;
use leptos::prelude::{LeptosOptions, use_context};
use std::sync::Arc;
use store::Store;

/// Where the time comes from; a frozen one in tests.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that asks `now`.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The instant.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

/// What setting a webhook endpoint up takes.
#[derive(Clone)]
pub struct Webhooks {
    /// Seals signing secrets.
    pub key: operations::secrets::SecretKey,
    /// Where events may go.
    pub addresses: operations::webhooks::AddressPolicy,
    /// Fresh random bytes.
    pub nonce: Arc<dyn Fn() -> [u8; 12] + Send + Sync>,
}

/// Draws and keeps the forms of connections; the server implements it.
#[async_trait::async_trait]
pub trait ConnectionForms: Send + Sync {
    /// The forms of every kind of system, or the one of this connection as it is.
    async fn forms(
        &self,
        caller: &Caller,
        id: Option<ConnectionId>,
    ) -> Result<Vec<ConnectionForm>, AppError>;

    /// Sets a connection up or changes this one; answers which, or what does not fit.
    async fn save(
        &self,
        caller: &Caller,
        id: Option<ConnectionId>,
        entered: EnteredConnection,
    ) -> Result<Result<ConnectionId, Misfit>, AppError>;

    /// What a connection of this kind with these settings can be asked for.
    fn pulled(&self, kind: &str, settings: &serde_json::Value) -> Vec<Entity>;
}

/// Shared by all requests; cloning is cheap.
#[derive(Clone, FromRef)]
pub struct AppState {
    /// Where the browser's files are.
    pub leptos_options: LeptosOptions,
    /// The database.
    pub store: Store,
    /// The time.
    pub clock: Clock,
    /// Webhook endpoints.
    pub webhooks: Webhooks,
    /// Forms of connections.
    pub connections: Arc<dyn ConnectionForms>,
    /// Signs people in and out.
    pub auth: Arc<dyn Authenticator>,
}

/// The state of the request being answered.
pub fn state() -> Result<AppState, AppError> {
    use_context::<AppState>().ok_or_else(|| {
        tracing::error!("a server function runs without AppState in its context");
        AppError::internal()
    })
}

/// The database.
pub fn store() -> Result<Store, AppError> {
    Ok(state()?.store)
}

/// The database and the instant: what an operation takes.
pub fn store_and_now() -> Result<(Store, DateTime<Utc>), AppError> {
    let state = state()?;
    let now = state.clock.now();
    Ok((state.store, now))
}
