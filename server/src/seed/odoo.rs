//! The connection to the simulated Odoo server. What the floor finishes is written there.

use super::account::Account;
use super::{Error, Site};
use crate::secret_key::SecretKey;
use crate::settings::Settings;
use chrono::{DateTime, Utc};
use domain::CompanyId;
use domain::delivery::DeliverySettings;
use domain::doc_type::Direction;
use domain::mapping::MappingKind;
use serde_json::json;
use store::mappings::KnownMapping;
use store::{Scope, Store};

/// What the connection is called.
const NAME: &str = "Odoo";
/// Times of the site are in this zone.
const ZONE: &str = "Europe/Belgrade";
/// Odoo's names of the main warehouse and of its units, and ours.
const UNITS: &[(&str, &str)] = &[("Units", "KOM"), ("kg", "KG"), ("m", "M")];
const MAIN_WAREHOUSE: &str = "Central warehouse";
const DOC_TYPES: &[(&str, &str, Direction)] = &[
    ("IN", "Odoo receipt", Direction::Inbound),
    ("OUT", "Odoo delivery", Direction::Outbound),
];

/// The connection to the simulator, when it runs inside, with its names answered; whether it does.
pub async fn demo_odoo(
    store: &Store,
    site: Site,
    settings: &Settings,
    secret: &SecretKey,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let Some(port) = settings.demo_odoo_port else {
        return Ok(false);
    };
    let simulated = simulators::odoo::Config::default();
    let base_url = format!("http://127.0.0.1:{port}");
    let account = Account {
        name: NAME,
        kind: "odoo",
        settings: json!({
            "base_url": base_url,
            "database": simulated.database,
            "username": simulated.login,
            "time_zone": ZONE,
        }),
        base_url,
        secret: ("api_key", simulated.api_key),
    };
    let company = site.company;
    let set_up_before = is_set_up(store, company).await?;
    let id = account.put(store, site, secret, now).await?;
    operations::doc_types::put_known(store, company, id, DOC_TYPES, "set-up", now).await?;
    let warehouse = [(
        MappingKind::Warehouse,
        MAIN_WAREHOUSE,
        settings.pantheon.warehouse(),
    )];
    let units = UNITS
        .iter()
        .map(|(theirs, ours)| (MappingKind::Uom, *theirs, *ours));
    for (kind, external, target) in warehouse.into_iter().chain(units) {
        let known = KnownMapping {
            kind,
            external,
            target,
            by: "demo",
        };
        operations::mappings::put_known(store, company, id, &known, now).await?;
    }
    if !set_up_before {
        let delivery = DeliverySettings {
            write_back: true,
            ..DeliverySettings::default()
        };
        operations::connections::deliver_as(store, company, id, &delivery, now).await?;
    }
    Ok(true)
}

/// Whether it was set up before: what people changed since stays.
async fn is_set_up(store: &Store, company: CompanyId) -> Result<bool, Error> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    let found = store::connections::find_by_name(&mut tx, company, NAME).await?;
    Ok(found.is_some())
}
