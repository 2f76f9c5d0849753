//! Accounts are set up and changed by a person.

use super::{Pulled, Sealing, check_lengths, kept_form, merge, seal, tell, treat};
use crate::{Error, Result, audit, require, schedules};
use chrono::{DateTime, Utc};
use domain::delivery::DeliverySettings;
use domain::permission::Permission;
use domain::user::Caller;
use domain::{CompanyId, ConnectionId};
use serde_json::{Value, json};
use store::connections::NewConnection;
use store::{Scope, Store, Tx};

/// Creates an account for a person with schedules of what it can be asked for, which are off for a test system, and
/// asks for its first check.
///
/// # Errors
/// `Invalid` for delivery settings or secrets that are not allowed, `NotFound` for a site that is not the
/// caller's, `Taken` by the store when the company has an account of that name.
pub async fn create(
    store: &Store,
    caller: &Caller,
    connection: &NewConnection,
    delivery: &DeliverySettings,
    sealing: Sealing<'_>,
    pulled: Pulled,
    now: DateTime<Utc>,
) -> Result<ConnectionId> {
    require(caller, Permission::ManageConnections)?;
    if !caller.sees_warehouse(connection.warehouse_id) {
        return Err(Error::NotFound("warehouse"));
    }
    check_lengths(&sealing)?;
    let delivery = kept_form(delivery)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let company = caller.company_id;
    let id = add(
        &mut tx, company, connection, &delivery, &sealing, pulled, now,
    )
    .await?;
    let facts = json!({ "kind": connection.kind, "base_url": connection.base_url });
    audit::by_person(
        &mut tx,
        caller,
        "CONNECTION_CREATED",
        &connection.name,
        facts,
        now,
    )
    .await?;
    tell(&mut tx, caller.company_id, "created").await?;
    tx.commit().await?;
    Ok(id)
}

/// Adds an account with its secrets and with schedules of what it can be asked for, which are off for a test system,
/// and asks for its first check.
pub(super) async fn add(
    tx: &mut Tx,
    company: CompanyId,
    connection: &NewConnection,
    delivery: &Value,
    sealing: &Sealing<'_>,
    pulled: Pulled,
    now: DateTime<Utc>,
) -> Result<ConnectionId> {
    let id = store::connections::create(tx, company, connection, now).await?;
    let entities = pulled(&connection.kind, &connection.settings);
    schedules::add_usual(tx, company, id, &entities, now).await?;
    treat(tx, company, id, delivery, now).await?;
    seal(tx, company, id, sealing).await?;
    store::connections::request_check(tx, id, now).await?;
    Ok(id)
}

/// What becomes of an account.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it points.
    pub base_url: &'a str,
    /// Settings without secrets.
    pub settings: &'a Value,
    /// How messages to it are treated; none leaves it as it is.
    pub delivery: Option<&'a DeliverySettings>,
    /// What it can be asked for; its schedules follow.
    pub pulled: Pulled,
}

/// Changes an account: its name, its settings, the secrets that are given, how messages to it are treated;
/// and asks for a check. Runs that are under way go on as they began, the next call takes what is new.
///
/// # Errors
/// As [`create`]; `Conflict` when some secrets are given and the others cannot be opened any more.
pub async fn change(
    store: &Store,
    caller: &Caller,
    id: ConnectionId,
    change: Change<'_>,
    new: Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::ManageConnections)?;
    check_lengths(&new)?;
    let delivery = change.delivery.map(kept_form).transpose()?;
    let Change {
        name,
        base_url,
        settings,
        pulled,
        ..
    } = change;
    let after = json!({ "name": name, "base_url": base_url, "settings": settings });
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::connections::check_visible(&mut tx, caller, id).await?;
    let given: Vec<String> = new.secrets.keys().cloned().collect();
    if !given.is_empty() {
        merge(&mut tx, caller.company_id, id, new).await?;
    }
    let old = store::connections::change(&mut tx, id, name, base_url, settings).await?;
    let kind = store::connections::for_work(&mut tx, id).await?.kind;
    let (could, can) = (pulled(&kind, &old.settings), pulled(&kind, settings));
    schedules::follow(&mut tx, caller.company_id, id, &could, &can, now).await?;
    let before = json!({ "name": old.name, "base_url": old.base_url, "settings": old.settings });
    let mut facts = json!({ "before": before, "after": after, "secrets": given });
    if let Some(delivery) = delivery {
        let before = treat(&mut tx, caller.company_id, id, &delivery, now).await?;
        facts["before"]["delivery"] = before;
        facts["after"]["delivery"] = delivery;
    }
    store::connections::request_check(&mut tx, id, now).await?;
    audit::by_person(&mut tx, caller, "CONNECTION_CHANGED", name, facts, now).await?;
    tell(&mut tx, caller.company_id, "check_requested").await?;
    Ok(tx.commit().await?)
}
