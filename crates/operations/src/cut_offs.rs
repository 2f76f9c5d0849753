//! Times of a site's day until which dispatches have to be done.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::cut_off::{CutOff, MOST_CUT_OFFS};
use domain::live::Topic;
use domain::permission::Permission;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{CutOffId, WarehouseId};
use serde_json::json;
use store::timeline::NewEntries;
use store::{Scope, Store, Tx};

/// The cut-offs of the caller's sites.
pub async fn list(store: &Store, caller: &Caller) -> Result<Vec<CutOff>> {
    require(caller, Permission::AssignTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    Ok(store::cut_offs::list(&mut tx, caller).await?)
}

/// Adds a cut-off or changes it. Tasks that follow the cut-offs of the site and are not due yet are
/// planned anew.
pub async fn save(
    store: &Store,
    caller: &Caller,
    cut_off: &CutOff,
    now: DateTime<Utc>,
) -> Result<CutOffId> {
    require(caller, Permission::AssignTasks)?;
    let site = cut_off.warehouse_id;
    if !caller.sees_warehouse(site) {
        return Err(Error::NotFound("warehouse"));
    }
    cut_off
        .check()
        .map_err(|fault| Error::Invalid(fault.to_owned()))?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let documents = lock(&mut tx, site).await?;
    let known = store::cut_offs::list(&mut tx, caller).await?;
    let there = known.iter().filter(|one| one.warehouse_id == site).count();
    if cut_off.id.is_none() && there >= MOST_CUT_OFFS {
        return Err(Error::Invalid(format!(
            "A warehouse has at most {MOST_CUT_OFFS} cut-offs."
        )));
    }
    let before = known
        .iter()
        .find(|one| one.id.is_some() && one.id == cut_off.id);
    let id = match store::cut_offs::save(&mut tx, caller.company_id, cut_off).await {
        Err(store::Error::Taken { .. }) => {
            let text = "There is a cut-off of this name already.";
            return Err(Error::Conflict(text.to_owned()));
        }
        other => other?,
    };
    let facts = json!({ "before": before.map(words), "after": words(cut_off) });
    let name = cut_off.name.trim();
    audit::by_person(&mut tx, caller, "CUT_OFF_SAVED", name, facts, now).await?;
    plan_again(&mut tx, caller, site, &documents, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Removes a cut-off. Tasks that were to be done by it and are not late take the next one.
pub async fn remove(
    store: &Store,
    caller: &Caller,
    id: CutOffId,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::AssignTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let known = store::cut_offs::list(&mut tx, caller).await?;
    let before = known.iter().find(|one| one.id == Some(id));
    let before = before.ok_or(Error::NotFound("cut-off"))?;
    let documents = lock(&mut tx, before.warehouse_id).await?;
    store::cut_offs::remove(&mut tx, caller.company_id, id).await?;
    let facts = json!({ "before": words(before) });
    audit::by_person(&mut tx, caller, "CUT_OFF_REMOVED", &before.name, facts, now).await?;
    plan_again(&mut tx, caller, before.warehouse_id, &documents, now).await?;
    Ok(tx.commit().await?)
}

/// For the audit: name, time and days of the week.
fn words(cut_off: &CutOff) -> String {
    let days: Vec<String> = cut_off.days.iter().map(i16::to_string).collect();
    format!(
        "{} {}, days {}",
        cut_off.name.trim(),
        cut_off.closes.format("%H:%M"),
        days.join(" ")
    )
}

/// Documents come before tasks, as everywhere.
async fn lock(tx: &mut Tx, site: WarehouseId) -> Result<Vec<i64>> {
    let documents = store::cut_offs::following(tx, site).await?;
    store::documents::lock(tx, &documents).await?;
    Ok(documents)
}

async fn plan_again(
    tx: &mut Tx,
    caller: &Caller,
    site: WarehouseId,
    documents: &[i64],
    now: DateTime<Utc>,
) -> Result<()> {
    let moved = store::cut_offs::plan_again(tx, documents, now).await?;
    let mut entries = NewEntries::default();
    let mut topics = vec![Topic::Teams, Topic::Tasks];
    for (document, due) in moved {
        let text = match due {
            Some(due) => format!("To be done by {}.", due.format("%-d %b %Y, %H:%M")),
            None => "Due time taken away.".to_owned(),
        };
        entries.push(document, TimelineKind::Planned, text);
        topics.push(Topic::Document(document.0));
    }
    let (company, name) = (caller.company_id, &caller.name);
    store::timeline::record(tx, company, &entries, name, None, now).await?;
    Ok(store::live::publish(tx, company, Some(site), &topics, "cut_off_saved").await?)
}
