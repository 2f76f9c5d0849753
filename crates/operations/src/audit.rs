//! Who did what.

use crate::Result;
use chrono::{DateTime, Utc};
use domain::CompanyId;
use domain::live::Topic;
use domain::user::Caller;
use serde_json::Value;
use store::audit::NewEntry;
use store::{Scope, Store, Tx};

/// Adds an entry in a transaction of its own, for acts that change nothing else (signing in).
pub async fn record(
    store: &Store,
    caller: Option<&Caller>,
    action: &str,
    subject: &str,
    details: Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut tx = store
        .begin(caller.map_or(Scope::System, Scope::from))
        .await?;
    let entry = NewEntry {
        company_id: caller.map(|caller| caller.company_id),
        user_id: caller.map(|caller| caller.user_id),
        actor: caller.map_or("anonymous", |caller| &caller.name),
        action,
        subject,
        details,
        device: caller.and_then(|caller| caller.device.as_deref()),
    };
    store::audit::record(&mut tx, entry, now).await?;
    if let Some(caller) = caller {
        let topics = [Topic::Audit, Topic::Users];
        store::live::publish(&mut tx, caller.company_id, None, &topics, "audited").await?;
    }
    Ok(tx.commit().await?)
}

/// Adds a person's act to the transaction that makes it.
pub(crate) async fn by_person(
    tx: &mut Tx,
    caller: &Caller,
    action: &str,
    subject: &str,
    details: Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let entry = NewEntry {
        company_id: Some(caller.company_id),
        user_id: Some(caller.user_id),
        actor: &caller.name,
        action,
        subject,
        details,
        device: caller.device.as_deref(),
    };
    store::audit::record(tx, entry, now).await?;
    tell(tx, caller.company_id).await
}

/// Adds the act of a part of Crossdock.
pub(crate) async fn by_machine(
    tx: &mut Tx,
    company: CompanyId,
    actor: &str,
    action: &str,
    subject: &str,
    details: Value,
    now: DateTime<Utc>,
) -> Result<()> {
    let entry = NewEntry {
        company_id: Some(company),
        user_id: None,
        actor,
        action,
        subject,
        details,
        device: None,
    };
    store::audit::record(tx, entry, now).await?;
    tell(tx, company).await
}

/// The audit page reads again.
async fn tell(tx: &mut Tx, company: CompanyId) -> Result<()> {
    Ok(store::live::publish(tx, company, None, &[Topic::Audit], "audited").await?)
}
