//! The connection to the simulated SAP system.

use super::connection::nonce;
use super::{Error, Site};
use crate::secret_key::SecretKey;
use crate::settings::Settings;
use chrono::{DateTime, Utc};
use domain::sync::Entity;
use operations::connections::Sealing;
use serde_json::json;
use std::collections::BTreeMap;
use store::Store;
use store::connections::NewConnection;

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
    let secrets = BTreeMap::from([("passwd".to_owned(), simulated.password)]);
    let connection = NewConnection {
        name: "SAP".to_owned(),
        kind: "sap".to_owned(),
        warehouse_id: site.warehouse,
        settings: json!({
            "base_url": base_url,
            "client": simulated.client,
            "user": simulated.user,
            "plant": simulated.plant,
        }),
        base_url,
        secret_names: secrets.keys().cloned().collect(),
    };
    let sealing = Sealing {
        key: secret.sealing(),
        nonce: nonce()?,
        secrets: &secrets,
    };
    let company = site.company;
    let id = operations::connections::ensure(store, company, &connection, sealing, now).await?;
    operations::schedules::keep_only(store, company, id, &[Entity::Items]).await?;
    Ok(true)
}
