//! The connectors in use. One per connection is kept while its settings stay the same: the sign-in
//! token and the breaker live in it.

use crate::capture::Capture;
use crate::pacer::DatabasePacer;
use crate::samples::Meter;
use crate::{Clock, NewId};
use connectors::{Connector, Error, ErrorKind, Secrets, Services, registry};
use domain::ConnectionId;
use operations::secrets::SecretKey;
use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::Store;
use store::connections::ConnectionForWork;

struct Entry {
    settings: serde_json::Value,
    sealed: Option<Vec<u8>>,
    connector: Arc<dyn Connector>,
}

pub(crate) struct Roster {
    store: Store,
    key: SecretKey,
    clock: Clock,
    new_id: NewId,
    meter: Meter,
    entries: Mutex<HashMap<ConnectionId, Entry>>,
}

impl Roster {
    pub(crate) fn new(
        store: Store,
        key: SecretKey,
        clock: Clock,
        new_id: NewId,
        meter: Meter,
    ) -> Self {
        Self {
            store,
            key,
            clock,
            new_id,
            meter,
            entries: Mutex::default(),
        }
    }

    /// The connection's connector, built again when its settings or secrets changed.
    pub(crate) fn connector(
        &self,
        connection: &ConnectionForWork,
    ) -> Result<Arc<dyn Connector>, Error> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get(&connection.id)
            && entry.settings == connection.settings
            && entry.sealed == connection.secrets
        {
            return Ok(Arc::clone(&entry.connector));
        }
        let connector: Arc<dyn Connector> = Arc::from(self.build(connection)?);
        let entry = Entry {
            settings: connection.settings.clone(),
            sealed: connection.secrets.clone(),
            connector: Arc::clone(&connector),
        };
        entries.insert(connection.id, entry);
        Ok(connector)
    }

    fn build(&self, connection: &ConnectionForWork) -> Result<Box<dyn Connector>, Error> {
        let secrets = self.open(connection)?;
        let new_id = self.new_id.clone();
        let services = Services {
            pacer: Arc::new(DatabasePacer::new(self.store.clone())),
            recorder: Arc::new(Capture::start(
                self.store.clone(),
                connection.company_id,
                connection.id,
                self.meter.clone(),
            )),
            clock: self.clock.clone(),
            new_id: Arc::new(move || new_id().to_string()),
        };
        registry::build(&connection.kind, &connection.settings, &secrets, services)
    }

    fn open(&self, connection: &ConnectionForWork) -> Result<Secrets, Error> {
        let Some(sealed) = &connection.secrets else {
            return Ok(Secrets::default());
        };
        let opened = self
            .key
            .open(connection.company_id, connection.id, sealed)
            .map_err(|error| Error::new(ErrorKind::Rejected, "settings", error.to_string()))?;
        Ok(Secrets(
            opened
                .into_iter()
                .map(|(name, value)| (name, SecretString::from(value)))
                .collect(),
        ))
    }
}
