//! Accounts that are kept in files.

use super::setup::add;
use super::{Pulled, Sealing, check_lengths, kept_form, seal, tell, treat};
use crate::{Error, Result, audit, schedules};
use chrono::{DateTime, Utc};
use domain::delivery::DeliverySettings;
use domain::{CompanyId, ConnectionId};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use store::connections::{ConnectionForWork, NewConnection};
use store::{Scope, Store, Tx};

/// When a file is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Occasion {
    /// Somebody runs `crossdock connect`. The account is checked even when nothing changes.
    Command,
    /// A process starts.
    Start,
    /// Somebody asks what a start would change. Nothing is written.
    Look,
}

impl Occasion {
    fn actor(self) -> &'static str {
        match self {
            Self::Command => "crossdock connect",
            Self::Start | Self::Look => "crossdock serve",
        }
    }
}

/// Whether settings of a kind are of one account, as its connector says.
pub type SameAccount = fn(&str, &Value, &Value) -> bool;

/// What a file says of an account.
#[derive(Debug, Clone, Copy)]
pub struct Filed<'a> {
    /// The account; its site counts when it is new.
    pub connection: &'a NewConnection,
    /// How messages to it are treated.
    pub delivery: &'a DeliverySettings,
    /// What the file says of that, a key within a part as `features.batch_size`; at an account that is there, all else
    /// stays.
    pub treated: &'a [String],
    /// What it can be asked for; its schedules follow.
    pub pulled: Pulled,
    /// Which accounts are one.
    pub same_account: SameAccount,
    /// The names that files have which are applied together, each with its company.
    pub about: &'a BTreeSet<(CompanyId, String)>,
    /// When it is applied.
    pub occasion: Occasion,
}

/// What became of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Applied {
    /// It was set up.
    Created,
    /// These settings, secrets and parts of its delivery settings were otherwise before.
    Changed(Vec<String>),
    /// It was as the file says.
    Unchanged,
}

/// Has the account of that name be as a file says: set up when missing, else changed in what is otherwise, with an
/// entry in the audit and a wish for a check. For `crossdock connect` and the start of a process, so no caller. Nodes
/// that apply a file at once write it once.
///
/// # Errors
/// `Invalid` for secrets or delivery settings that are not allowed; `Conflict` when the account of that name is of
/// another kind, when there is none and one that no file is about seems to be it under a newer name, or when its
/// secrets do not open with this key and nobody asked to enter them anew: a node with a wrong key would take them from
/// all others.
pub async fn apply(
    store: &Store,
    company: CompanyId,
    filed: Filed<'_>,
    sealing: Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<Applied> {
    check_lengths(&sealing)?;
    match apply_once(store, company, &filed, &sealing, now).await {
        // Another node was faster: what it set up is compared like any that is there.
        Err(Error::Store(store::Error::Taken { .. })) => {
            apply_once(store, company, &filed, &sealing, now).await
        }
        done => done,
    }
}

async fn apply_once(
    store: &Store,
    company: CompanyId,
    filed: &Filed<'_>,
    sealing: &Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<Applied> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    let name = &filed.connection.name;
    let applied = match store::connections::find_by_name(&mut tx, company, name).await? {
        Some(id) => renew(&mut tx, company, id, filed, sealing, now).await?,
        None => {
            refuse_second(&mut tx, company, filed).await?;
            match filed.occasion {
                Occasion::Look => Applied::Created,
                _ => set_up(&mut tx, company, filed, sealing, now).await?,
            }
        }
    };
    tx.commit().await?;
    Ok(applied)
}

/// An account that people renamed is not found by the name in its file. Set up a second time, it would be read and
/// written to twice.
async fn refuse_second(tx: &mut Tx, company: CompanyId, filed: &Filed<'_>) -> Result<()> {
    let new = filed.connection;
    let of_kind = store::connections::of_kind(tx, company, &new.kind).await?;
    let renamed = of_kind.into_iter().find(|old| {
        // Another node may have set up what this file is about.
        old.name != new.name
            && (filed.same_account)(&new.kind, &old.settings, &new.settings)
            && !filed.about.contains(&(company, old.name.clone()))
    });
    match renamed {
        Some(old) => Err(Error::Conflict(format!(
            "no connection is called {}, and {} is the same account at the same address: if it was renamed, give the \
             file its present name; if you want a second one, set that up in the office first",
            new.name, old.name
        ))),
        None => Ok(()),
    }
}

async fn set_up(
    tx: &mut Tx,
    company: CompanyId,
    filed: &Filed<'_>,
    sealing: &Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<Applied> {
    let (new, delivery) = (filed.connection, kept_form(filed.delivery)?);
    add(tx, company, new, &delivery, sealing, filed.pulled, now).await?;
    let facts = json!({ "kind": new.kind, "base_url": new.base_url });
    let (actor, action) = (filed.occasion.actor(), "CONNECTION_CREATED");
    audit::by_machine(tx, company, actor, action, &new.name, facts, now).await?;
    tell(tx, company, "created").await?;
    Ok(Applied::Created)
}

async fn renew(
    tx: &mut Tx,
    company: CompanyId,
    id: ConnectionId,
    filed: &Filed<'_>,
    sealing: &Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<Applied> {
    let by_command = filed.occasion == Occasion::Command;
    let found = Difference::read(tx, company, id, filed, sealing).await?;
    if filed.occasion == Occasion::Look || (found.names.is_empty() && !by_command) {
        return Ok(found.applied());
    }
    // Held until the transaction ends, and compared again: another node may have been faster.
    store::connections::for_change(tx, id).await?;
    let found = Difference::read(tx, company, id, filed, sealing).await?;
    if !found.names.is_empty() || by_command {
        write(tx, company, &found, filed, sealing, now).await?;
    }
    Ok(found.applied())
}

async fn write(
    tx: &mut Tx,
    company: CompanyId,
    found: &Difference,
    filed: &Filed<'_>,
    sealing: &Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    let (old, new, id) = (&found.old, filed.connection, found.old.id);
    store::connections::set_settings(tx, id, &new.base_url, &new.settings).await?;
    if found.treated() {
        treat(tx, company, id, &found.delivery.1, now).await?;
    }
    if !found.secrets.is_empty() {
        seal(tx, company, id, sealing).await?;
    }
    let could = (filed.pulled)(&old.kind, &old.settings);
    let can = (filed.pulled)(&new.kind, &new.settings);
    schedules::follow(tx, company, id, &could, &can, now).await?;
    store::connections::request_check(tx, id, now).await?;
    if !found.names.is_empty() {
        let (actor, action) = (filed.occasion.actor(), "CONNECTION_CHANGED");
        let facts = found.facts(new);
        audit::by_machine(tx, company, actor, action, &new.name, facts, now).await?;
    }
    tell(tx, company, "check_requested").await
}

/// An account that is there, and what a file has otherwise.
struct Difference {
    old: ConnectionForWork,
    /// Settings, secrets and parts of the delivery settings, by name.
    names: Vec<String>,
    /// The secrets among them.
    secrets: Vec<String>,
    /// Delivery settings, as they are and as they will be.
    delivery: (Value, Value),
}

impl Difference {
    async fn read(
        tx: &mut Tx,
        company: CompanyId,
        id: ConnectionId,
        filed: &Filed<'_>,
        sealing: &Sealing<'_>,
    ) -> Result<Self> {
        let new = filed.connection;
        let old = store::connections::for_work(tx, id).await?;
        if old.kind != new.kind {
            return Err(Error::Conflict(format!(
                "the connection {} is of the kind {}, not {}",
                old.name, old.kind, new.kind
            )));
        }
        let secrets = other_secrets(&old, company, filed.occasion, sealing)?;
        let delivery = treatment(&old.kept_delivery, filed)?;
        let mut names = differing(&old.settings, &new.settings);
        if names.is_empty() && old.base_url != new.base_url {
            names.push("base_url".to_owned());
        }
        names.extend(secrets.iter().cloned());
        names.extend(differing(&delivery.0, &delivery.1));
        Ok(Self {
            old,
            names,
            secrets,
            delivery,
        })
    }

    fn applied(self) -> Applied {
        if self.names.is_empty() {
            Applied::Unchanged
        } else {
            Applied::Changed(self.names)
        }
    }

    fn treated(&self) -> bool {
        self.delivery.0 != self.delivery.1
    }

    /// For the audit: of secrets the names alone.
    fn facts(&self, new: &NewConnection) -> Value {
        let old = &self.old;
        let mut facts = json!({
            "before": { "base_url": old.base_url, "settings": old.settings },
            "after": { "base_url": new.base_url, "settings": new.settings },
            "secrets": self.secrets,
        });
        if self.treated() {
            facts["before"]["delivery"] = self.delivery.0.clone();
            facts["after"]["delivery"] = self.delivery.1.clone();
        }
        facts
    }
}

/// Names of the secrets that the file gives otherwise, or not any more.
fn other_secrets(
    old: &ConnectionForWork,
    company: CompanyId,
    occasion: Occasion,
    sealing: &Sealing<'_>,
) -> Result<Vec<String>> {
    let opened = match &old.secrets {
        Some(sealed) => sealing.key.open(company, old.id, sealed),
        None => Ok(BTreeMap::new()),
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(_) if occasion == Occasion::Command => BTreeMap::new(),
        Err(error) => {
            return Err(Error::Conflict(format!(
                "{error}, or run 'crossdock connect' with the file"
            )));
        }
    };
    let given = sealing.secrets;
    let names: BTreeSet<&String> = opened.keys().chain(given.keys()).collect();
    let other = names.into_iter();
    let other = other.filter(|name| opened.get(*name) != given.get(*name));
    Ok(other.cloned().collect())
}

/// How messages to the account are treated, and how they will be: what the file leaves out stays, unless what is
/// kept cannot be read.
fn treatment(kept: &Value, filed: &Filed<'_>) -> Result<(Value, Value)> {
    let wanted = kept_form(filed.delivery)?;
    let Ok(read) = serde_json::from_value::<DeliverySettings>(kept.clone()) else {
        return Ok((kept.clone(), wanted));
    };
    let before = serde_json::to_value(read).map_err(|error| Error::Invalid(error.to_string()))?;
    let mut after = before.clone();
    for said in filed.treated {
        match said.split_once('.') {
            Some((part, key)) => after[part][key] = wanted[part][key].clone(),
            None => after[said] = wanted[said].clone(),
        }
    }
    // Each part is allowed; not all of them go together.
    let together: DeliverySettings =
        serde_json::from_value(after).map_err(|error| Error::Invalid(error.to_string()))?;
    Ok((before, kept_form(&together)?))
}

/// Names of the fields that differ between two objects.
fn differing(before: &Value, after: &Value) -> Vec<String> {
    let objects = [before, after].into_iter().filter_map(Value::as_object);
    let names: BTreeSet<&String> = objects.flat_map(|fields| fields.keys()).collect();
    let other = names.into_iter();
    let other = other.filter(|name| before.get(*name) != after.get(*name));
    other.cloned().collect()
}
