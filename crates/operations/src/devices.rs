//! Handhelds: what they report, and signing one out from afar.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::device::DeviceReport;
use domain::live::Topic;
use domain::permission::Permission;
use domain::user::Caller;
use serde_json::json;
use store::{Scope, Store};

/// The longest name or version, characters.
const LONGEST: usize = 100;

/// Keeps what a handheld says of itself. Screens are told when more than the time changed.
pub async fn report(
    store: &Store,
    caller: &Caller,
    session: Option<&str>,
    report: &DeviceReport,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::WorkOnTasks)?;
    let fits = |text: &str| !text.trim().is_empty() && text.chars().count() <= LONGEST;
    if !fits(&report.name) || !fits(&report.app_version) {
        return Err(Error::Invalid(format!(
            "A device's name and version have 1 to {LONGEST} characters."
        )));
    }
    let mut tx = store.begin(Scope::from(caller)).await?;
    let (company, user) = (caller.company_id, caller.user_id);
    let changed = store::devices::report(&mut tx, company, user, session, report, now).await?;
    if changed {
        store::live::publish(&mut tx, company, None, &[Topic::Devices], "reported").await?;
    }
    Ok(tx.commit().await?)
}

/// Ends the session a handheld reports through: it has to sign in again. What it has not sent
/// stays on it.
pub async fn revoke(store: &Store, caller: &Caller, name: &str, now: DateTime<Utc>) -> Result<()> {
    require(caller, Permission::ManageUsers)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let found = store::devices::session(&mut tx, caller, name).await?;
    let (session, person) = found.ok_or(Error::NotFound("device"))?;
    let ended = match &session {
        Some(session) => store::devices::end_session(&mut tx, session).await?,
        None => false,
    };
    if !ended {
        return Err(Error::Conflict(
            "This device is signed out already.".to_owned(),
        ));
    }
    let facts = json!({ "person": person });
    audit::by_person(&mut tx, caller, "DEVICE_SIGNED_OUT", name, facts, now).await?;
    store::live::publish(
        &mut tx,
        caller.company_id,
        None,
        &[Topic::Devices],
        "signed_out",
    )
    .await?;
    Ok(tx.commit().await?)
}
