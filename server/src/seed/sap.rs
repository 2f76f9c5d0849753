//! The connection to the simulated SAP system.

use super::account::Account;
use super::{Error, Site};
use crate::secret_key::SecretKey;
use crate::settings::Settings;
use chrono::{DateTime, Utc};
use serde_json::json;
use store::Store;

/// The connection to the simulator, when it runs inside; whether it does.
pub async fn demo_sap(
    store: &Store,
    site: Site,
    settings: &Settings,
    secret: &SecretKey,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let Some(port) = settings.demo_sap_port else {
        return Ok(false);
    };
    let simulated = simulators::sap::Config::default();
    let base_url = format!("http://127.0.0.1:{port}");
    let account = Account {
        name: "SAP",
        kind: "sap",
        settings: json!({
            "base_url": base_url,
            "client": simulated.client,
            "user": simulated.user,
            "plant": simulated.plant,
        }),
        base_url,
        secret: ("passwd", simulated.password),
    };
    account.put(store, site, secret, now).await?;
    Ok(true)
}
