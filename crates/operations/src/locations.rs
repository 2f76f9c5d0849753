//! The places of a warehouse.

use crate::{Error, Result, audit, require};
use chrono::{DateTime, Utc};
use domain::WarehouseId;
use domain::live::Topic;
use domain::location::{self, LocationPlan};
use domain::permission::Permission;
use domain::user::Caller;
use serde_json::json;
use store::{Scope, Store};

/// Makes these the locations of a site, in walking order. Those not named take no goods any more;
/// what lies there stays on record.
pub async fn replace(
    store: &Store,
    caller: &Caller,
    site: WarehouseId,
    plans: &[LocationPlan],
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::AssignTasks)?;
    if !caller.warehouses.contains(&site) {
        return Err(Error::NotFound("warehouse"));
    }
    location::check(plans).map_err(|error| Error::Invalid(error.to_string()))?;
    let company = caller.company_id;
    let mut tx = store.begin(Scope::from(caller)).await?;
    store::locations::replace(&mut tx, company, site, plans, now).await?;
    let (subject, facts) = (site.to_string(), json!({ "locations": plans.len() }));
    audit::by_person(&mut tx, caller, "LOCATIONS_CHANGED", &subject, facts, now).await?;
    let topics = [Topic::Board(site.0), Topic::Tasks];
    store::live::publish(&mut tx, company, Some(site), &topics, "locations").await?;
    Ok(tx.commit().await?)
}
