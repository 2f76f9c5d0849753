//! Times of a site's day until which dispatches have to be done.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, NaiveDateTime, Utc};
use domain::cut_off::{CutOff, MOST_CUT_OFFS};
use domain::live::Topic;
use domain::permission::Permission;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{CompanyId, CutOffId, DocumentId, WarehouseId};
use serde_json::json;
use store::cut_off_plans::CutOffPlan;
use store::timeline::NewEntries;
use store::{Scope, Store, Tx};

/// How many documents are planned anew in one transaction: the floor and imports wait no longer for them.
const AT_ONCE: i64 = 200;

/// The cut-offs of the caller's sites.
pub async fn list(store: &Store, caller: &Caller) -> Result<Vec<CutOff>> {
    require(caller, Permission::AssignTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    Ok(store::cut_offs::list(&mut tx, caller).await?)
}

/// Adds a cut-off or changes it. Tasks that follow the cut-offs of the site and are not late are planned
/// anew.
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
    let known = begin(&mut tx, caller, site, now).await?;
    room(&known, cut_off)?;
    let before = known
        .iter()
        .find(|one| one.id.is_some() && one.id == cut_off.id);
    let id = write(&mut tx, caller, cut_off).await?;
    let facts = json!({ "before": before.map(words), "after": words(cut_off) });
    let name = cut_off.name.trim();
    audit::by_person(&mut tx, caller, "CUT_OFF_SAVED", name, facts, now).await?;
    finish(store, tx, caller, site, now).await?;
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
    let there = find(&store::cut_offs::list(&mut tx, caller).await?, id)?;
    let site = there.warehouse_id;
    // As it is once nobody else changes it.
    let before = find(&begin(&mut tx, caller, site, now).await?, id)?;
    store::cut_offs::remove(&mut tx, caller.company_id, id).await?;
    let facts = json!({ "before": words(&before) });
    audit::by_person(&mut tx, caller, "CUT_OFF_REMOVED", &before.name, facts, now).await?;
    finish(store, tx, caller, site, now).await
}

/// The cut-offs of the caller's sites, those of one site kept as they are until the transaction ends.
async fn begin(
    tx: &mut Tx,
    caller: &Caller,
    site: WarehouseId,
    now: DateTime<Utc>,
) -> Result<Vec<CutOff>> {
    store::cut_off_plans::begin(tx, caller.company_id, site, &caller.name, now).await?;
    Ok(store::cut_offs::list(tx, caller).await?)
}

fn room(known: &[CutOff], cut_off: &CutOff) -> Result<()> {
    let there = known
        .iter()
        .filter(|one| one.warehouse_id == cut_off.warehouse_id);
    if cut_off.id.is_some() || there.count() < MOST_CUT_OFFS {
        return Ok(());
    }
    Err(Error::Invalid(format!(
        "A warehouse has at most {MOST_CUT_OFFS} cut-offs. Change or remove one."
    )))
}

fn find(known: &[CutOff], id: CutOffId) -> Result<CutOff> {
    let found = known.iter().find(|one| one.id == Some(id));
    found.cloned().ok_or(Error::NotFound("cut-off"))
}

async fn write(tx: &mut Tx, caller: &Caller, cut_off: &CutOff) -> Result<CutOffId> {
    match store::cut_offs::save(tx, caller.company_id, cut_off).await {
        Err(store::Error::Taken { .. }) => {
            let text =
                "There is a cut-off of this name already. Change that one, or choose another name.";
            Err(Error::Conflict(text.to_owned()))
        }
        other => Ok(other?),
    }
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

/// The change stands from here on, whatever becomes of the planning: the engine does what is left of it.
async fn finish(
    store: &Store,
    mut tx: Tx,
    caller: &Caller,
    site: WarehouseId,
    now: DateTime<Utc>,
) -> Result<()> {
    let company = caller.company_id;
    let topics = [Topic::Teams];
    store::live::publish(&mut tx, company, Some(site), &topics, "cut_off_saved").await?;
    tx.commit().await?;
    if let Err(error) = plan_site(store, company, site, now).await {
        tracing::warn!(%error, "not all dispatches are planned by the changed cut-offs yet");
    }
    Ok(())
}

/// Plans what is left where somebody changed cut-offs and was cut off.
pub async fn plan_rest(store: &Store, now: DateTime<Utc>) -> Result<()> {
    let mut tx = store.begin(Scope::System).await?;
    let sites = store::cut_off_plans::unfinished(&mut tx).await?;
    tx.commit().await?;
    for (company, site) in sites {
        plan_site(store, company, site, now).await?;
    }
    Ok(())
}

async fn plan_site(
    store: &Store,
    company: CompanyId,
    site: WarehouseId,
    now: DateTime<Utc>,
) -> Result<()> {
    while plan_some(store, company, site, now).await? {}
    Ok(())
}

/// Plans the next documents of a site in a transaction of their own; whether some are left.
async fn plan_some(
    store: &Store,
    company: CompanyId,
    site: WarehouseId,
    now: DateTime<Utc>,
) -> Result<bool> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    let Some(plan) = store::cut_off_plans::lock(&mut tx, site).await? else {
        return Ok(false);
    };
    let documents = store::cut_off_plans::following(&mut tx, &plan, AT_ONCE).await?;
    store::documents::lock(&mut tx, &documents).await?;
    let moved = store::cut_off_plans::plan_again(&mut tx, &documents, plan.changed_at).await?;
    tell(&mut tx, &plan, moved, now).await?;
    let full = i64::try_from(documents.len()).is_ok_and(|count| count == AT_ONCE);
    let after = documents.last().copied().filter(|_| full);
    store::cut_off_plans::move_on(&mut tx, &plan, after).await?;
    tx.commit().await?;
    Ok(full)
}

/// On the timelines of the documents whose due time is another one, and to the screens.
async fn tell(
    tx: &mut Tx,
    plan: &CutOffPlan,
    moved: Vec<(DocumentId, Option<NaiveDateTime>)>,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut entries = NewEntries::default();
    let mut topics = vec![Topic::Tasks];
    for (document, due) in moved {
        let text = match due {
            Some(due) => format!("To be done by {}.", due.format("%-d %b %Y, %H:%M")),
            None => "Due time taken away.".to_owned(),
        };
        entries.push(document, TimelineKind::Planned, text);
        topics.push(Topic::Document(document.0));
    }
    let (company, site) = (plan.company_id, Some(plan.warehouse_id));
    store::timeline::record(tx, company, &entries, &plan.by_name, None, now).await?;
    Ok(store::live::publish(tx, company, site, &topics, "planned").await?)
}
