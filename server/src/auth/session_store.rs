//! Browser sessions in PostgreSQL, for the session layer.

use crate::clock::Clock;
use async_trait::async_trait;
use domain::UserId;
use sha2::{Digest as _, Sha256};
use store::Store;
use store::sessions::Limits;
use tower_sessions::cookie::time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

/// Where axum-login keeps its part of a session.
pub(super) const DATA_KEY: &str = "login";

/// Keeps sessions under the hash of their id, so that a stolen table opens nothing.
#[derive(Debug, Clone)]
pub struct Sessions {
    store: Store,
    clock: Clock,
    limits: Limits,
}

impl Sessions {
    /// In that database.
    pub fn new(store: Store, clock: Clock, limits: Limits) -> Self {
        Self {
            store,
            clock,
            limits,
        }
    }
}

/// What stands in the table for a cookie's value.
pub fn stored_id(id: &Id) -> String {
    let digest = Sha256::digest(id.0.to_le_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The login inside a session, for the column that lets an admin revoke.
fn user_of(record: &Record) -> Option<UserId> {
    let user = record.data.get(DATA_KEY)?.get("user_id")?;
    user.as_i64().map(UserId)
}

fn encode(record: &Record) -> Result<serde_json::Value> {
    serde_json::to_value(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn failed(error: store::Error) -> Error {
    tracing::error!(error = %crate::telemetry::chain(&error), "a session could not be read or written");
    Error::Backend(error.to_string())
}

#[async_trait]
impl tower_sessions::SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let data = encode(record)?;
        loop {
            let id = stored_id(&record.id);
            let (user, now) = (user_of(record), self.clock.now());
            let made = store::sessions::create(&self.store, &id, user, &data, self.limits, now);
            if made.await.map_err(failed)? {
                return Ok(());
            }
            record.id = Id::default();
        }
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let id = stored_id(&record.id);
        let data = encode(record)?;
        store::sessions::save(&self.store, &id, user_of(record), &data)
            .await
            .map_err(failed)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (id_text, now) = (stored_id(id), self.clock.now());
        let found = store::sessions::load_used(&self.store, &id_text, self.limits, now)
            .await
            .map_err(failed)?;
        let Some((data, expires_at)) = found else {
            return Ok(None);
        };
        let data =
            serde_json::from_value(data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(expires_at.timestamp())
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        store::sessions::delete(&self.store, &stored_id(id))
            .await
            .map_err(failed)
    }
}
