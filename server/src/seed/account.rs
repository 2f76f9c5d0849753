//! An account at an upstream with its secret, added or brought up to date.

use super::{Error, Site};
use crate::secret_key::SecretKey;
use chrono::{DateTime, Utc};
use connectors::registry;
use domain::ConnectionId;
use operations::connections::{Sealing, ensure};
use rand::TryRngCore as _;
use serde_json::Value;
use std::collections::BTreeMap;
use store::Store;
use store::connections::NewConnection;

/// What an account is.
pub(super) struct Account {
    /// The name by which it is found again.
    pub name: &'static str,
    /// Its connector.
    pub kind: &'static str,
    /// Where it points.
    pub base_url: String,
    /// Settings without the secret.
    pub settings: Value,
    /// Name of the secret, and the secret.
    pub secret: (&'static str, String),
}

impl Account {
    /// Adds it to the site, or brings settings and secret of the one of that name up to date.
    pub async fn put(
        self,
        store: &Store,
        site: Site,
        key: &SecretKey,
        now: DateTime<Utc>,
    ) -> Result<ConnectionId, Error> {
        let (name, secret) = self.secret;
        let secrets = BTreeMap::from([(name.to_owned(), secret)]);
        let connection = NewConnection {
            name: self.name.to_owned(),
            kind: self.kind.to_owned(),
            warehouse_id: site.warehouse,
            base_url: self.base_url,
            settings: self.settings,
            secret_names: secrets.keys().cloned().collect(),
        };
        let sealing = Sealing {
            key: key.sealing(),
            nonce: nonce()?,
            secrets: &secrets,
        };
        let company = site.company;
        Ok(ensure(store, company, &connection, sealing, registry::pulled, now).await?)
    }
}

/// Random bytes to seal with, never used before.
pub(super) fn nonce() -> Result<[u8; 12], Error> {
    let mut bytes = [0; 12];
    rand::rngs::OsRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| Error::Incomplete("the system gives no random bytes".to_owned()))?;
    Ok(bytes)
}
