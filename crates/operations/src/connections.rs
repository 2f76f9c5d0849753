//! Accounts at upstream systems.

mod amend;
mod apply;
mod setup;

use crate::secrets::SecretKey;
use crate::{Error, Result, audit, require, schedules, sync_runs};
use chrono::{DateTime, TimeDelta, Utc};
use domain::delivery::DeliverySettings;
use domain::live::Topic;
use domain::permission::Permission;
use domain::sync::Entity;
use domain::user::Caller;
use domain::{CompanyId, ConnectionId};
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use store::connections::{CallOutcome, ConnectionForWork, NewConnection};
use store::exchanges::Exchange;
use store::{Scope, Store, Tx};

pub use amend::{Amended, Given, amend, site_by_name};
pub use apply::{Applied, Filed, Occasion, SameAccount, apply};
pub use setup::{Change, change, create};

/// Leaves the wish for a check; the answer arrives as a live event on `connections`.
pub async fn request_check(
    store: &Store,
    caller: &Caller,
    id: ConnectionId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::connections::check_visible(&mut tx, caller, id).await?;
    store::connections::request_check(&mut tx, id, now).await?;
    tell(&mut tx, caller.company_id, "check_requested").await?;
    Ok(tx.commit().await?)
}

/// Where an account's secrets are sealed: the key, and a nonce that was never used.
#[derive(Debug)]
pub struct Sealing<'a> {
    /// The installation's key.
    pub key: &'a SecretKey,
    /// Fresh random bytes.
    pub nonce: [u8; 12],
    /// Secrets by name.
    pub secrets: &'a BTreeMap<String, String>,
}

/// What an account of a kind with its settings can be asked for, as its connector says.
pub type Pulled = fn(&str, &serde_json::Value) -> Vec<Entity>;

/// The account of that name, created when missing; settings and secrets become those given here, all of them,
/// and its schedules are of what it can be asked for. For `crossdock seed`, so no caller.
pub async fn ensure(
    store: &Store,
    company: CompanyId,
    connection: &NewConnection,
    sealing: Sealing<'_>,
    pulled: Pulled,
    now: DateTime<Utc>,
) -> Result<ConnectionId> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    let id = match store::connections::find_by_name(&mut tx, company, &connection.name).await? {
        Some(id) => {
            let (base_url, settings) = (&connection.base_url, &connection.settings);
            let old = store::connections::for_work(&mut tx, id).await?;
            store::connections::set_settings(&mut tx, id, base_url, settings).await?;
            let could = pulled(&old.kind, &old.settings);
            let can = pulled(&old.kind, settings);
            schedules::follow(&mut tx, company, id, &could, &can, now).await?;
            id
        }
        None => {
            let id = store::connections::create(&mut tx, company, connection, now).await?;
            let entities = pulled(&connection.kind, &connection.settings);
            schedules::add_usual(&mut tx, company, id, &entities, now).await?;
            id
        }
    };
    seal(&mut tx, company, id, &sealing).await?;
    tell(&mut tx, company, "changed").await?;
    tx.commit().await?;
    Ok(id)
}

/// Delivery settings as they are kept.
fn kept_form(settings: &DeliverySettings) -> Result<serde_json::Value> {
    settings.check().map_err(Error::Invalid)?;
    serde_json::to_value(settings).map_err(|error| Error::Invalid(error.to_string()))
}

/// Sets how messages to the account are treated, as kept; returns how they were. Of an account that becomes a test
/// system the schedules are switched off and the runs stopped: its documents are no work for the floor, unless a person
/// wants them.
async fn treat(
    tx: &mut Tx,
    company: CompanyId,
    id: ConnectionId,
    kept: &serde_json::Value,
    now: DateTime<Utc>,
) -> Result<serde_json::Value> {
    let before = store::connections::set_delivery(tx, id, kept).await?;
    let is_test_system = |kept: &serde_json::Value| kept["test_system"].as_bool() == Some(true);
    if is_test_system(kept) && !is_test_system(&before) {
        store::schedules::stop(tx, id).await?;
        sync_runs::stop(tx, company, id, now).await?;
    }
    Ok(before)
}

/// Sets from which share of the active rows on a full pass asks before it marks rows inactive; 0 asks
/// always, 100 never.
pub async fn set_brake(
    store: &Store,
    caller: &Caller,
    id: ConnectionId,
    percent: i16,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    if !(0..=100).contains(&percent) {
        return Err(Error::Invalid(
            "The brake is a share from 0 to 100 %.".to_owned(),
        ));
    }
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::connections::check_visible(&mut tx, caller, id).await?;
    let before = store::connections::set_brake(&mut tx, id, percent).await?;
    let facts = json!({ "before": before, "after": percent });
    let subject = id.to_string();
    audit::by_person(&mut tx, caller, "BRAKE_CHANGED", &subject, facts, now).await?;
    tell(&mut tx, caller.company_id, "changed").await?;
    Ok(tx.commit().await?)
}

/// Sets how messages to the account are treated: whether results are written back, how failures are
/// tried again, when it rests, what operators are told. Waiting messages follow from their next
/// attempt on; how often one is tried is kept with it.
pub async fn set_delivery(
    store: &Store,
    caller: &Caller,
    id: ConnectionId,
    settings: &DeliverySettings,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let after = kept_form(settings)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::connections::check_visible(&mut tx, caller, id).await?;
    let before = treat(&mut tx, caller.company_id, id, &after, now).await?;
    let facts = json!({ "before": before, "after": after });
    let (action, subject) = ("DELIVERY_SETTINGS_CHANGED", id.to_string());
    audit::by_person(&mut tx, caller, action, &subject, facts, now).await?;
    tell(&mut tx, caller.company_id, "changed").await?;
    Ok(tx.commit().await?)
}

/// The same for the demo, so no caller; and a wish for a check, which tells what the
/// account can.
pub async fn deliver_as(
    store: &Store,
    company: CompanyId,
    id: ConnectionId,
    settings: &DeliverySettings,
    now: DateTime<Utc>,
) -> Result<()> {
    let after = kept_form(settings)?;
    let mut tx = store.begin(Scope::Company(company)).await?;
    treat(&mut tx, company, id, &after, now).await?;
    store::connections::request_check(&mut tx, id, now).await?;
    tell(&mut tx, company, "check_requested").await?;
    Ok(tx.commit().await?)
}

/// Notes what the account's connector can write, as its code says.
pub async fn record_push_kinds(
    store: &Store,
    company: CompanyId,
    id: ConnectionId,
    kinds: &[String],
) -> Result<()> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    store::connections::set_push_kinds(&mut tx, id, kinds).await?;
    tell(&mut tx, company, "changed").await?;
    Ok(tx.commit().await?)
}

/// Most characters of a secret.
const LONGEST_SECRET: usize = 2_000;

/// Replaces secrets of an account by name and asks for a check; the others stay. Runs that are under way
/// go on with the sign-in they have, the next call after it ends takes the new ones.
pub async fn replace_secrets(
    store: &Store,
    caller: &Caller,
    id: ConnectionId,
    new: Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::connections::check_visible(&mut tx, caller, id).await?;
    let old = store::connections::for_change(&mut tx, id).await?;
    check_names(&new, &old.secret_names)?;
    let names: Vec<&String> = new.secrets.keys().collect();
    let facts = json!({ "secrets": names });
    merge(&mut tx, caller.company_id, id, new).await?;
    store::connections::request_check(&mut tx, id, now).await?;
    let action = "CONNECTION_SECRETS_REPLACED";
    audit::by_person(&mut tx, caller, action, &old.name, facts, now).await?;
    tell(&mut tx, caller.company_id, "check_requested").await?;
    Ok(tx.commit().await?)
}

fn check_names(new: &Sealing<'_>, known: &[String]) -> Result<()> {
    if new.secrets.is_empty() {
        return Err(Error::Invalid("Name at least one secret.".to_owned()));
    }
    for name in new.secrets.keys() {
        if !known.contains(name) {
            let known = known.join(", ");
            return Err(Error::Invalid(format!(
                "This connection has no secret '{name}'. It has: {known}."
            )));
        }
    }
    check_lengths(new)
}

fn check_lengths(new: &Sealing<'_>) -> Result<()> {
    for (name, value) in new.secrets {
        if !(1..=LONGEST_SECRET).contains(&value.chars().count()) {
            return Err(Error::Invalid(format!(
                "The secret '{name}' has 1 to {LONGEST_SECRET} characters."
            )));
        }
    }
    Ok(())
}

/// Seals what is given together with the secrets that stay. The account is held until the transaction ends,
/// so that two changes do not undo one another.
async fn merge(tx: &mut Tx, company: CompanyId, id: ConnectionId, new: Sealing<'_>) -> Result<()> {
    let old = store::connections::for_change(tx, id).await?;
    let opened = match &old.secrets {
        Some(sealed) => new.key.open(company, id, sealed),
        None => Ok(BTreeMap::new()),
    };
    let all_given = (old.secret_names.iter()).all(|name| new.secrets.contains_key(name));
    let mut secrets = match opened {
        Ok(secrets) => secrets,
        // Sealed under a key that is gone: nothing of it is needed.
        Err(_) if all_given => BTreeMap::new(),
        Err(error) => return Err(Error::Conflict(error.to_string())),
    };
    secrets.extend(new.secrets.clone());
    let sealing = Sealing {
        secrets: &secrets,
        ..new
    };
    seal(tx, company, id, &sealing).await
}

async fn seal(
    tx: &mut Tx,
    company: CompanyId,
    id: ConnectionId,
    sealing: &Sealing<'_>,
) -> Result<()> {
    let sealed = sealing
        .key
        .seal(company, id, sealing.secrets, sealing.nonce)
        .map_err(|error| Error::Invalid(error.to_string()))?;
    let names: Vec<String> = sealing.secrets.keys().cloned().collect();
    Ok(store::connections::set_secrets(tx, id, &sealed, &names).await?)
}

async fn tell(tx: &mut Tx, company: CompanyId, what: &str) -> Result<()> {
    Ok(store::live::publish(tx, company, None, &[Topic::Connections], what).await?)
}

/// Wishes for a check of every account that nobody heard from for so long, except while it rests;
/// returns how many.
pub async fn check_silent(store: &Store, silence: TimeDelta, now: DateTime<Utc>) -> Result<usize> {
    let mut wished = 0;
    for (company, id) in store::connections::silent(store, now - silence).await? {
        let account = store::connections::for_delivery(store, company, id, now).await;
        // Settings that cannot be read say nothing of a rest; the check tells of them.
        if account.is_ok_and(|account| account.delivery.resting(account.site_time).is_some()) {
            continue;
        }
        let mut tx = store.begin(Scope::Company(company)).await?;
        store::connections::request_check(&mut tx, id, now).await?;
        tell(&mut tx, company, "check_requested").await?;
        tx.commit().await?;
        wished += 1;
    }
    Ok(wished)
}

/// Takes one wished-for check that nobody is at.
pub async fn claim_check(
    store: &Store,
    lease: Duration,
    now: DateTime<Utc>,
) -> Result<Option<ConnectionForWork>> {
    let mut tx = store.begin(Scope::System).await?;
    let claimed = store::connections::claim_check(&mut tx, now, now + lease).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// Writes how an account answered. A check's answer and a change of health are told at once.
pub async fn record_outcome(
    store: &Store,
    company: CompanyId,
    id: ConnectionId,
    outcome: &CallOutcome,
    answers_check: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    if store::connections::record_outcome(&mut tx, id, outcome, answers_check, now).await? {
        tell(&mut tx, company, "health").await?;
    }
    Ok(tx.commit().await?)
}

/// Keeps a redacted capture of a call.
pub async fn record_exchange(
    store: &Store,
    company: CompanyId,
    id: ConnectionId,
    exchange: &Exchange,
) -> Result<()> {
    Ok(store::exchanges::record(store, company, id, exchange).await?)
}
