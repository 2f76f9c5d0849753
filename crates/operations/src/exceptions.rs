//! What needs a lead's eye: noticed by itself, looked after by people.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::exception::{Exception, ExceptionKind};
use domain::live::Topic;
use domain::permission::Permission;
use domain::user::Caller;
use domain::{CompanyId, ExceptionId, UserId};
use serde_json::json;
use std::collections::BTreeSet;
use store::{Scope, Store, Tx};

/// The longest note, characters.
const LONGEST_NOTE: usize = 500;

/// Raises what is new and ends what is over, kind by kind, for all tenants. Several nodes may do
/// it at the same time.
pub async fn detect(store: &Store, now: DateTime<Utc>) -> Result<()> {
    for kind in ExceptionKind::ALL {
        let mut tx = store.begin(Scope::System).await?;
        let told: BTreeSet<CompanyId> = store::exceptions::detect::run(&mut tx, kind, now)
            .await?
            .into_iter()
            .collect();
        for company in told {
            tell(&mut tx, company, None, "detected").await?;
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Says that somebody has seen it; who does first looks after it.
pub async fn acknowledge(
    store: &Store,
    caller: &Caller,
    id: ExceptionId,
    now: DateTime<Utc>,
) -> Result<()> {
    let (mut tx, found) = open(store, caller, id, now).await?;
    store::exceptions::acknowledge(&mut tx, id, caller, now).await?;
    let facts = json!({ "kind": found.kind.as_str(), "detail": found.detail });
    audit::by_person(
        &mut tx,
        caller,
        "EXCEPTION_ACKNOWLEDGED",
        &found.subject,
        facts,
        now,
    )
    .await?;
    finish(tx, caller, &found, "acknowledged").await
}

/// Gives it to somebody of the office, or to nobody.
pub async fn assign(
    store: &Store,
    caller: &Caller,
    id: ExceptionId,
    owner: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<()> {
    let name = match owner {
        Some(owner) => Some(name_of(store, caller, owner).await?),
        None => None,
    };
    let (mut tx, found) = open(store, caller, id, now).await?;
    store::exceptions::set_owner(&mut tx, id, owner).await?;
    let before = found.owner.as_ref().map(|(_, name)| name.as_str());
    let facts = json!({ "kind": found.kind.as_str(), "before": before, "after": name });
    audit::by_person(
        &mut tx,
        caller,
        "EXCEPTION_ASSIGNED",
        &found.subject,
        facts,
        now,
    )
    .await?;
    finish(tx, caller, &found, "assigned").await
}

/// Closes it with a note. While its cause lasts it is not raised again.
pub async fn resolve(
    store: &Store,
    caller: &Caller,
    id: ExceptionId,
    note: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let note = note.trim();
    if note.is_empty() || note.chars().count() > LONGEST_NOTE {
        return Err(Error::Invalid(format!(
            "Say what was done, in at most {LONGEST_NOTE} characters."
        )));
    }
    let (mut tx, found) = open(store, caller, id, now).await?;
    if found.kind == ExceptionKind::Review {
        return Err(Error::Invalid(
            "Accept what was done, or reject it: a note alone leaves it waiting.".to_owned(),
        ));
    }
    store::exceptions::resolve(&mut tx, id, &caller.name, note, now).await?;
    let facts = json!({ "kind": found.kind.as_str(), "detail": found.detail, "note": note });
    audit::by_person(
        &mut tx,
        caller,
        "EXCEPTION_RESOLVED",
        &found.subject,
        facts,
        now,
    )
    .await?;
    finish(tx, caller, &found, "resolved").await
}

async fn name_of(store: &Store, caller: &Caller, owner: UserId) -> Result<String> {
    let owners = store::exceptions::owners(store, caller).await?;
    let found = owners.into_iter().find(|(id, _)| *id == owner);
    found.map(|(_, name)| name).ok_or_else(|| {
        Error::Invalid("Choose somebody of the office who works at your sites.".to_owned())
    })
}

async fn open(
    store: &Store,
    caller: &Caller,
    id: ExceptionId,
    now: DateTime<Utc>,
) -> Result<(Tx, Exception)> {
    require(caller, Permission::AssignTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let found = store::exceptions::lock(&mut tx, caller, id, now).await?;
    if found.resolved.is_some() || found.ended_at.is_some() {
        return Err(Error::Conflict("This is over already.".to_owned()));
    }
    Ok((tx, found))
}

async fn finish(mut tx: Tx, caller: &Caller, found: &Exception, what: &str) -> Result<()> {
    tell(&mut tx, caller.company_id, found.warehouse_id, what).await?;
    Ok(tx.commit().await?)
}

pub(crate) async fn tell(
    tx: &mut Tx,
    company: CompanyId,
    warehouse: Option<domain::WarehouseId>,
    what: &str,
) -> Result<()> {
    Ok(store::live::publish(tx, company, warehouse, &[Topic::Exceptions], what).await?)
}
