//! The connectors in use. One per connection is kept while its settings stay the same: the sign-in
//! token and the breaker live in it.

use crate::capture::Capture;
use crate::pacer::DatabasePacer;
use crate::samples::Meter;
use crate::{Clock, NewId};
use connectors::{
    Capability, Connector, Error, ErrorKind, Pacer, Recorder, Secrets, Services, registry,
};
use domain::ConnectionId;
use domain::delivery::{BreakerLimits, DeliverySettings, TimeoutSettings};
use operations::secrets::SecretKey;
use secrecy::SecretString;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use store::Store;
use store::connections::ConnectionForWork;

struct Entry {
    settings: serde_json::Value,
    treatment: Treatment,
    sealed: Option<Vec<u8>>,
    connector: Arc<dyn Connector>,
    capture: Arc<Capture>,
}

/// What a connector is told of how its account is treated. The rest of these settings is the
/// engine's own: changing it leaves sign-in and breaker alone.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Treatment {
    timeouts: TimeoutSettings,
    breaker: Option<BreakerLimits>,
}

impl Treatment {
    fn of(connection: &ConnectionForWork) -> Result<Self, Error> {
        let settings = delivery(connection)?;
        Ok(Self {
            timeouts: settings.timeout_settings,
            breaker: settings.features.breaker(),
        })
    }
}

/// How an account is treated, for those who call it.
pub(crate) fn delivery(connection: &ConnectionForWork) -> Result<DeliverySettings, Error> {
    connection.delivery().map_err(|error| {
        let message = "The connection's delivery settings cannot be read: set them again.";
        Error::new(ErrorKind::Rejected, "settings", message).caused_by(error)
    })
}

/// A connector with what listens to its calls, where it is one of the registry's.
pub(crate) type Listened = (Arc<dyn Connector>, Option<Arc<Capture>>);

pub(crate) struct Roster {
    store: Store,
    pacer: Arc<DatabasePacer>,
    key: SecretKey,
    clock: Clock,
    new_id: NewId,
    meter: Meter,
    entries: Mutex<HashMap<ConnectionId, Entry>>,
    given: Mutex<HashMap<ConnectionId, Arc<dyn Connector>>>,
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
            pacer: Arc::new(DatabasePacer::new(store.clone())),
            store,
            key,
            clock,
            new_id,
            meter,
            entries: Mutex::default(),
            given: Mutex::default(),
        }
    }

    /// Uses this connector for the connection instead of one of the registry's.
    pub(crate) fn give(&self, id: ConnectionId, connector: Arc<dyn Connector>) {
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.insert(id, connector);
    }

    /// The connection's connector, built again when its settings or secrets changed. What it can
    /// write is noted when it differs from what is known.
    pub(crate) async fn noted(&self, connection: &ConnectionForWork) -> Result<Listened, Error> {
        let found = self.listened(connection)?;
        let kinds: Vec<String> = found
            .0
            .capabilities()
            .iter()
            .filter_map(|capability| match capability {
                Capability::Push(kind) => Some(kind.as_str().to_owned()),
                _ => None,
            })
            .collect();
        if kinds != connection.push_kinds {
            let (company, id) = (connection.company_id, connection.id);
            let noted =
                operations::connections::record_push_kinds(&self.store, company, id, &kinds).await;
            if let Err(error) = noted {
                tracing::error!(%error, connection.id = id.0, "what a connector can write could not be noted");
            }
        }
        Ok(found)
    }

    fn listened(&self, connection: &ConnectionForWork) -> Result<Listened, Error> {
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connector) = given.get(&connection.id) {
            return Ok((Arc::clone(connector), None));
        }
        drop(given);
        let treatment = Treatment::of(connection)?;
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get(&connection.id)
            && entry.settings == connection.settings
            && entry.treatment == treatment
            && entry.sealed == connection.secrets
        {
            let capture = Arc::clone(&entry.capture);
            return Ok((Arc::clone(&entry.connector), Some(capture)));
        }
        let (connector, capture) = self.build(connection, treatment)?;
        let entry = Entry {
            settings: connection.settings.clone(),
            treatment,
            sealed: connection.secrets.clone(),
            connector: Arc::clone(&connector),
            capture: Arc::clone(&capture),
        };
        entries.insert(connection.id, entry);
        Ok((connector, Some(capture)))
    }

    fn build(
        &self,
        connection: &ConnectionForWork,
        treatment: Treatment,
    ) -> Result<(Arc<dyn Connector>, Arc<Capture>), Error> {
        let secrets = self.open(connection)?;
        let capture = Arc::new(Capture::start(
            self.store.clone(),
            connection.company_id,
            connection.id,
            self.meter.clone(),
        ));
        let new_id = self.new_id.clone();
        let services = Services {
            pacer: Arc::clone(&self.pacer) as Arc<dyn Pacer>,
            recorder: Arc::clone(&capture) as Arc<dyn Recorder>,
            clock: self.clock.clone(),
            new_id: Arc::new(move || new_id().to_string()),
            timeouts: treatment.timeouts,
            breaker: treatment.breaker,
        };
        let (kind, settings) = (&connection.kind, &connection.settings);
        let built = registry::build(kind, settings, &secrets, services)?;
        Ok((Arc::from(built), capture))
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
