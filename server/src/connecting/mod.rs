//! Connections that people set up and change while everything runs: over the API as the schema says, in the
//! office through a form that is drawn from it. Both are read as files are, by `connection_file`.

mod fields;
mod labels;
mod lists;
mod office;
mod treatment;

pub use labels::LABELS;

use crate::connection_file::ConnectionFile;
use crate::services::Services;
use connectors::registry;
use domain::connection::ConnectionDetail;
use domain::connection_form::{Misfit, NAME};
use domain::user::Caller;
use domain::{ConnectionId, WarehouseId, word};
use operations::connections::{Change, Sealing};
use operations::secrets::SecretKey;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use store::Store;
use store::connections::NewConnection;

/// Most characters of a connection's name.
const LONGEST_NAME: usize = 100;
/// The keys that say nothing of how messages are treated.
const SETTINGS: [&str; 2] = ["adapter_type", "connection"];

/// Why nothing was kept.
#[derive(Debug)]
pub enum Refusal {
    /// What was written cannot be used.
    Misfit(Misfit),
    /// It is not allowed, not there, or the name is taken.
    Operation(operations::Error),
}

impl From<Misfit> for Refusal {
    fn from(misfit: Misfit) -> Self {
        Self::Misfit(misfit)
    }
}

impl From<operations::Error> for Refusal {
    fn from(error: operations::Error) -> Self {
        Self::Operation(error)
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        Self::Operation(error.into())
    }
}

/// A connection as it came over the web.
#[derive(Debug)]
pub struct Written {
    name: Option<String>,
    warehouse_id: Option<WarehouseId>,
    rest: Map<String, Value>,
}

impl Written {
    /// Takes name and site out; the rest is as in a file.
    ///
    /// # Errors
    /// A name or site that is none.
    pub fn read(mut body: Map<String, Value>) -> Result<Self, Misfit> {
        let name = body.remove(NAME).map(name).transpose()?;
        let warehouse_id = match body.remove("warehouse_id") {
            None | Some(Value::Null) => None,
            Some(id) => {
                let wrong = || Misfit::at("warehouse_id", "A site is named by its number.");
                Some(WarehouseId(id.as_i64().ok_or_else(wrong)?))
            }
        };
        Ok(Self {
            name,
            warehouse_id,
            rest: body,
        })
    }
}

/// A connection's name as it is kept.
pub(crate) fn name(value: Value) -> Result<String, Misfit> {
    let name = value.as_str().unwrap_or_default().trim();
    if (1..=LONGEST_NAME).contains(&name.chars().count()) {
        return Ok(name.to_owned());
    }
    Err(Misfit::at(NAME, word!("A name has 1 to 100 characters.")))
}

/// Keeps what was written, for its caller.
#[derive(Clone)]
pub struct Connecting {
    store: Store,
    clock: crate::clock::Clock,
    key: SecretKey,
}

impl Connecting {
    /// Of this process.
    pub fn of(services: &Services) -> Self {
        Self {
            store: services.store.clone(),
            clock: services.clock.clone(),
            key: services.secret.sealing().clone(),
        }
    }

    /// Sets a connection up. It is checked as soon as a worker runs.
    ///
    /// # Errors
    /// What does not fit with its field, or as `operations::connections::create`.
    pub async fn create(&self, caller: &Caller, written: Written) -> Result<ConnectionId, Refusal> {
        let needed = || Misfit::at(NAME, word!("This is needed."));
        let name = written.name.ok_or_else(needed)?;
        let warehouse_id = match (written.warehouse_id, caller.warehouses.as_slice()) {
            (Some(id), _) => id,
            (None, [only]) => *only,
            (None, _) => {
                return Err(Misfit::at("warehouse_id", word!("This is needed.")).into());
            }
        };
        let file = ConnectionFile::entered(written.rest, &[])?;
        let new = NewConnection {
            name,
            kind: file.kind,
            warehouse_id,
            base_url: file.base_url,
            settings: file.settings,
            secret_names: file.secrets.keys().cloned().collect(),
        };
        let sealing = self.sealing(&file.secrets);
        let (store, now) = (&self.store, self.clock.now());
        let (delivery, pulled) = (&file.delivery, registry::pulled);
        let made =
            operations::connections::create(store, caller, &new, delivery, sealing, pulled, now)
                .await?;
        Ok(made)
    }

    /// Changes a connection: its settings as a whole, everything else where it is given.
    ///
    /// # Errors
    /// What does not fit with its field, or as `operations::connections::change`.
    pub async fn change(
        &self,
        caller: &Caller,
        id: ConnectionId,
        written: Written,
    ) -> Result<(), Refusal> {
        let present = store::connections::get(&self.store, caller, id).await?;
        check_site(&present, written.warehouse_id)?;
        let treated = written
            .rest
            .keys()
            .any(|key| !SETTINGS.contains(&key.as_str()));
        let whole = completed(&present, written.rest)?;
        let file = ConnectionFile::entered(whole, &present.secrets_set)?;
        check_secrets(&present, &file)?;
        let change = Change {
            name: written.name.as_deref().unwrap_or(&present.connection.name),
            base_url: &file.base_url,
            settings: &file.settings,
            delivery: treated.then_some(&file.delivery),
            pulled: registry::pulled,
        };
        let sealing = self.sealing(&file.secrets);
        let (store, now) = (&self.store, self.clock.now());
        operations::connections::change(store, caller, id, change, sealing, now).await?;
        Ok(())
    }

    fn sealing<'a>(&'a self, secrets: &'a BTreeMap<String, String>) -> Sealing<'a> {
        Sealing {
            key: &self.key,
            nonce: rand::random(),
            secrets,
        }
    }
}

/// What is left out of a change, as it is.
fn completed(
    present: &ConnectionDetail,
    mut written: Map<String, Value>,
) -> Result<Map<String, Value>, Misfit> {
    let kind = &present.connection.kind;
    let named = written
        .entry("adapter_type")
        .or_insert_with(|| kind.as_str().into());
    if named.as_str() != Some(kind.as_str()) {
        let sentence =
            format!("a connection of kind {kind} cannot become another: set up a new one");
        return Err(Misfit::at("adapter_type", sentence));
    }
    written
        .entry("connection")
        .or_insert_with(|| present.settings.clone());
    // Where they cannot be read, what is left out begins anew.
    let treatment = present.delivery.as_ref().ok().map(serde_json::to_value);
    if let Some(Ok(Value::Object(kept))) = treatment {
        for (key, value) in kept {
            written.entry(key).or_insert(value);
        }
    }
    Ok(written)
}

/// What was read of a site stays there.
fn check_site(present: &ConnectionDetail, given: Option<WarehouseId>) -> Result<(), Misfit> {
    match given {
        Some(id) if id != present.connection.warehouse_id => Err(Misfit::at(
            "warehouse_id",
            "the site of a connection cannot be changed: set up a new one",
        )),
        _ => Ok(()),
    }
}

/// A secret is sent to no other address than the one it was entered for.
fn check_secrets(present: &ConnectionDetail, file: &ConnectionFile) -> Result<(), Misfit> {
    if file.base_url == present.connection.base_url {
        return Ok(());
    }
    let missing = |name: &&String| !file.secrets.contains_key(*name);
    match present.secrets_set.iter().find(missing) {
        Some(name) => Err(Misfit::at(
            name,
            word!("The address changes: enter this again."),
        )),
        None => Ok(()),
    }
}
