//! The Pantheon connection.

use super::account::Account;
use super::{Error, Site};
use crate::secret_key::SecretKey;
use crate::settings::Settings;
use chrono::{DateTime, Days, NaiveDate, Utc};
use domain::doc_type::Direction;
use domain::mapping::MappingKind;
use secrecy::ExposeSecret as _;
use serde_json::json;
use store::Store;
use store::mappings::KnownMapping;

/// Times of the upstream are read in this zone.
const ZONE: &str = "Europe/Belgrade";
/// Types a Pantheon has; others are learnt from the documents that carry them.
const DOC_TYPES: &[(&str, &str, Direction)] = &[
    ("20B0", "Receipt 20B0", Direction::Inbound),
    ("20B1", "Receipt 20B1", Direction::Inbound),
    ("20B2", "Receipt 20B2", Direction::Inbound),
    ("20B3", "Receipt 20B3", Direction::Inbound),
    ("20B4", "Receipt 20B4", Direction::Inbound),
    ("20B5", "Receipt 20B5", Direction::Inbound),
    ("20P0", "Receipt 20P0", Direction::Inbound),
    ("20P1", "Receipt 20P1", Direction::Inbound),
    ("20ET", "Dispatch 20ET", Direction::Outbound),
    ("20CT", "Dispatch 20CT", Direction::Outbound),
    ("209T", "Dispatch 209T", Direction::Outbound),
    ("200R", "Dispatch 200R", Direction::Outbound),
];
/// Where the simulator listens when the settings do not say.
const SIMULATOR_PORT: u16 = 3003;

/// Days up to today whose documents the demo reads.
const DEMO_DAYS: u64 = 10;

struct Gateway {
    base_url: String,
    username: String,
    password: String,
    documents_from: Option<NaiveDate>,
}

/// The connection to the simulator, with the name of its main warehouse answered.
pub async fn demo_connection(
    store: &Store,
    site: Site,
    settings: &Settings,
    secret: &SecretKey,
    now: DateTime<Utc>,
) -> Result<(), Error> {
    let simulated = simulators::pantheon::Config::default();
    let port = settings.demo_simulator_port.unwrap_or(SIMULATOR_PORT);
    let gateway = Gateway {
        base_url: format!("http://127.0.0.1:{port}"),
        username: simulated.username,
        password: simulated.password,
        documents_from: now.date_naive().checked_sub_days(Days::new(DEMO_DAYS - 1)),
    };
    let connection = ensure(store, site, settings, secret, gateway, now).await?;
    let known = KnownMapping {
        kind: MappingKind::Warehouse,
        external: &simulated.main_warehouse,
        target: &settings.pantheon.warehouse_code,
        by: "demo",
    };
    operations::mappings::put_known(store, site.company, connection, &known, now).await?;
    Ok(())
}

/// The connection of the settings, if they name one.
pub async fn configured_connection(
    store: &Store,
    site: Site,
    settings: &Settings,
    secret: &SecretKey,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let given = &settings.pantheon;
    let (Some(base_url), Some(username), Some(password)) =
        (&given.base_url, &given.username, &given.password)
    else {
        return Ok(false);
    };
    let gateway = Gateway {
        base_url: base_url.clone(),
        username: username.clone(),
        password: password.expose_secret().to_owned(),
        documents_from: given.documents_from,
    };
    ensure(store, site, settings, secret, gateway, now).await?;
    Ok(true)
}

async fn ensure(
    store: &Store,
    site: Site,
    settings: &Settings,
    secret: &SecretKey,
    gateway: Gateway,
    now: DateTime<Utc>,
) -> Result<domain::ConnectionId, Error> {
    let mut options = json!({
        "base_url": gateway.base_url,
        "username": gateway.username,
        "warehouse_code": settings.pantheon.warehouse_code,
        "rate_per_second": settings.pantheon.rate_limit_rps,
        "retry_max": settings.pantheon.retry_max,
        "time_zone": ZONE,
    });
    if let Some(day) = gateway.documents_from {
        options["documents_from"] = json!(day);
    }
    let account = Account {
        name: "Pantheon",
        kind: "pantheon",
        base_url: gateway.base_url,
        settings: options,
        secret: ("password", gateway.password),
    };
    let id = account.put(store, site, secret, now).await?;
    operations::doc_types::put_known(store, site.company, id, DOC_TYPES, "set-up", now).await?;
    Ok(id)
}
