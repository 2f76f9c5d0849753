//! Single settings of an account, given by its name.

use super::{Sealing, check_lengths, merge, tell};
use crate::{Error, Result, audit};
use chrono::{DateTime, Utc};
use domain::{CompanyId, ConnectionId, WarehouseId};
use serde_json::{Map, Value, json};
use store::{Scope, Store};

/// What is given of an account.
#[derive(Debug, Clone)]
pub struct Given<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its connector.
    pub kind: &'a str,
    /// Where it points.
    pub base_url: Option<&'a str>,
    /// Settings without secrets.
    pub settings: Map<String, Value>,
}

/// An account after that.
#[derive(Debug, Clone)]
pub struct Amended {
    /// Its identity.
    pub id: ConnectionId,
    /// Names of the settings and secrets that were otherwise before.
    pub changed: Vec<String>,
}

/// The site of the account of that name, and its code; none when there is no such account.
pub async fn site_by_name(
    store: &Store,
    company: CompanyId,
    name: &str,
) -> Result<Option<(WarehouseId, String)>> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    Ok(store::connections::site_by_name(&mut tx, company, name).await?)
}

/// Changes what is given of the account of that name, secrets too, leaves everything else as it is, and asks
/// for a check when something changed. None when there is no such account. For `crossdock seed`, so no caller.
///
/// # Errors
/// `Conflict` when the account of that name is of another kind, when its address changes and its secrets are not
/// given anew, or when other secrets of it do not open any more.
pub async fn amend(
    store: &Store,
    company: CompanyId,
    given: Given<'_>,
    new: Sealing<'_>,
    now: DateTime<Utc>,
) -> Result<Option<Amended>> {
    check_lengths(&new)?;
    let mut tx = store.begin(Scope::Company(company)).await?;
    let found = store::connections::find_by_name(&mut tx, company, given.name).await?;
    let Some(id) = found else {
        return Ok(None);
    };
    let kept = store::connections::for_change(&mut tx, id).await?;
    let old = store::connections::for_work(&mut tx, id).await?;
    if old.kind != given.kind {
        return Err(Error::Conflict(format!(
            "the connection {} is of the kind {}, not {}",
            old.name, old.kind, given.kind
        )));
    }
    let base_url = given.base_url.unwrap_or(&old.base_url);
    // A secret is sent to no other address than the one it was entered for.
    let lacks = |name: &&String| !new.secrets.contains_key(*name);
    if base_url != old.base_url
        && let Some(name) = kept.secret_names.iter().find(lacks)
    {
        return Err(Error::Conflict(format!(
            "the address of the connection {} changes: give its {name} again with it",
            old.name
        )));
    }
    let opened = kept
        .secrets
        .and_then(|sealed| new.key.open(company, id, &sealed).ok())
        .unwrap_or_default();
    let other_secrets = new.secrets.iter();
    let other_secrets = other_secrets.filter(|(name, secret)| opened.get(*name) != Some(*secret));
    let mut changed: Vec<String> = other_secrets.map(|(name, _)| name.clone()).collect();
    let mut facts = json!({
        "before": { "base_url": old.base_url, "settings": old.settings },
        "secrets": changed,
    });
    if !changed.is_empty() {
        merge(&mut tx, company, id, new).await?;
    }
    let mut settings = match old.settings {
        Value::Object(settings) => settings,
        _ => Map::new(),
    };
    for (name, value) in given.settings {
        if settings.get(&name) != Some(&value) {
            changed.push(name.clone());
            settings.insert(name, value);
        }
    }
    if changed.is_empty() {
        return Ok(Some(Amended { id, changed }));
    }
    let settings = Value::Object(settings);
    store::connections::set_settings(&mut tx, id, base_url, &settings).await?;
    store::connections::request_check(&mut tx, id, now).await?;
    facts["after"] = json!({ "base_url": base_url, "settings": settings });
    let (actor, action) = ("crossdock seed", "CONNECTION_CHANGED");
    audit::by_machine(&mut tx, company, actor, action, &old.name, facts, now).await?;
    tell(&mut tx, company, "check_requested").await?;
    tx.commit().await?;
    Ok(Some(Amended { id, changed }))
}
