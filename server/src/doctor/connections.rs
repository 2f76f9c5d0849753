//! Whether connections answer.

use super::Finding;
use crate::secret_key::SecretKey;
use crate::telemetry::chain;
use chrono::Utc;
use connectors::{NoRecording, Secrets, Services};
use engine::pacer::DatabasePacer;
use secrecy::SecretString;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use store::connections::ConnectionForWork;

/// A connection that answers later is told as unreachable.
const CHECK_LIMIT: Duration = Duration::from_secs(30);

/// Signs in at the upstream and reads one row.
pub(super) async fn look_at(
    store: &Store,
    connection: &ConnectionForWork,
    secret: Option<&SecretKey>,
) -> Finding {
    let subject = format!("connection {}", connection.name);
    let secrets = match open_secrets(connection, secret) {
        Ok(secrets) => secrets,
        Err(text) => return Finding::fail(&subject, text),
    };
    let delivery = match connection.delivery() {
        Ok(delivery) => delivery,
        Err(error) => return Finding::fail(&subject, chain(&error)),
    };
    let services = Services {
        // The pace is shared with the running engine: a check must not make it too fast.
        pacer: Arc::new(DatabasePacer::new(store.clone())),
        recorder: Arc::new(NoRecording),
        clock: Arc::new(Utc::now),
        new_id: Arc::new(|| uuid::Uuid::new_v4().to_string()),
        timeouts: delivery.timeout_settings,
        breaker: delivery.features.breaker(),
    };
    let settings = &connection.settings;
    let built = connectors::registry::build(&connection.kind, settings, &secrets, services);
    let connector = match built {
        Ok(connector) => connector,
        Err(error) => return Finding::fail(&subject, chain(&error)),
    };
    match tokio::time::timeout(CHECK_LIMIT, connector.check()).await {
        Ok(Ok(report)) => {
            let text = format!(
                "{} answers in {} ms. {}",
                connection.base_url, report.latency_ms, report.detail
            );
            Finding::ok(&subject, text)
        }
        Ok(Err(error)) => Finding::fail(&subject, chain(&error)),
        Err(_) => {
            let text = format!("{} does not answer within 30 s", connection.base_url);
            Finding::fail(&subject, text)
        }
    }
}

fn open_secrets(
    connection: &ConnectionForWork,
    secret: Option<&SecretKey>,
) -> Result<Secrets, String> {
    let Some(sealed) = &connection.secrets else {
        return Ok(Secrets::default());
    };
    let Some(key) = secret else {
        return Err("its password cannot be opened without the secret key".to_owned());
    };
    let opened = key
        .sealing()
        .open(connection.company_id, connection.id, sealed)
        .map_err(|error| error.to_string())?;
    let named = opened.into_iter();
    Ok(Secrets(
        named
            .map(|(name, value)| (name, SecretString::from(value)))
            .collect(),
    ))
}
