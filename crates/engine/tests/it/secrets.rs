//! What must never be written down.

use crate::support::{Rig, items};
use domain::sync::{Entity, RunState, SyncMode};
use operations::connections::Sealing;
use operations::secrets::SecretKey;
use simulators::pantheon::{Config, Fault, FaultKind};
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use testkit::upstream::secret_key;
use tracing_subscriber::fmt::MakeWriter;

const PASSWORD: &str = "correct-horse-battery";

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_password_and_no_token_stands_in_a_capture_or_in_the_log() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let config = Config {
        password: PASSWORD.to_owned(),
        ..items(350)
    };
    let rig = Rig::new(config).await;
    let faults = rig.upstream.faults();
    faults.add(Fault::times(FaultKind::ServerError, 1).on("login"));
    faults.add(Fault::times(FaultKind::ExpiredToken, 1).after(1));
    faults.add(Fault::always(FaultKind::Malformed).after(3));
    rig.sync(Entity::Items, SyncMode::Full).await;
    let operations = captured(&rig).await;
    assert!(
        operations.contains("\"operation\":\"login\""),
        "{operations}"
    );
    let rows = sqlx::query_scalar::<_, String>(
        "select coalesce(string_agg(t::text, ' '), '') from (
             select to_jsonb(connections) - 'secrets' as t from connections
             union all select to_jsonb(sync_runs) from sync_runs
             union all select to_jsonb(rejected_rows) from rejected_rows
             union all select to_jsonb(audit_entries) from audit_entries) everything",
    );
    let rows = rows.fetch_one(&rig.admin).await.unwrap();
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("page committed"));
    for text in [operations, rows, log] {
        assert!(!text.contains(PASSWORD));
        // How a JWT begins.
        assert!(
            !text.contains("eyJ"),
            "{}",
            &text[text.find("eyJ").unwrap()..][..80]
        );
    }
}

#[tokio::test]
async fn what_is_sent_and_answered_stands_in_the_log_only_where_the_connection_asks_for_it() {
    use crate::accounts::{ask, ledger, product, set};
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let (rig, _, engine) = ledger(&[]).await;
    for (log_payloads, code) in [(false, "SILENT-1"), (true, "TOLD-1")] {
        let settings = domain::delivery::DeliverySettings {
            monitoring: domain::delivery::MonitoringSettings {
                log_payloads,
                ..Default::default()
            },
            ..Default::default()
        };
        set(&rig, &settings).await;
        ask(&rig, code, &[product(&rig, code)]).await;
        assert_eq!(engine.deliver_due().await, 1);
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("TOLD-1"), "{log}");
    assert!(!log.contains("SILENT-1"), "{log}");
}

#[tokio::test]
async fn sap_s_own_words_stand_in_the_log_only_with_trace_and_the_password_never() {
    use connectors::{Secrets, Services, registry};
    use simulators::sap::{Config, Fault, FaultKind, Simulator};
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(log.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = Config {
        password: PASSWORD.to_owned(),
        ..Config::default()
    };
    let (user, client) = (config.user.clone(), config.client.clone());
    let sap = Simulator::start(config, ([127, 0, 0, 1], 0).into());
    let sap = sap.await.unwrap();
    sap.faults().add(Fault::always(FaultKind::ServerError));
    let said = "An exception occurred";
    for trace in [false, true] {
        let settings = serde_json::json!({
            "base_url": sap.url(), "client": client, "user": user, "trace": trace,
            "retry_max": 1, "rate_per_second": 1000.0,
        });
        let services = Services::local(testkit::clock::start, || "traced".to_owned());
        let secrets = Secrets::default().with("passwd", PASSWORD);
        let connector = registry::build("sap", &settings, &secrets, services).unwrap();
        connector.check().await.unwrap_err();
        let written = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert_eq!(written.contains("SAP answered"), trace, "{written}");
        assert_eq!(written.contains(said), trace, "{written}");
        assert!(!written.contains(PASSWORD));
    }
}

/// The captures, once the writer behind the calls has caught up.
async fn captured(rig: &Rig) -> String {
    let query = "select coalesce(json_agg(e)::text, '') from exchanges e";
    loop {
        let text: String = sqlx::query_scalar(query)
            .fetch_one(&rig.admin)
            .await
            .unwrap();
        // The last thing that happens is the answer that cannot be read.
        if text.contains("cannot be read") {
            return text;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn sealed_secrets_do_not_open_with_another_key_and_the_run_says_what_to_do() {
    let rig = Rig::new(items(10)).await;
    let other = operations::secrets::SecretKey::from_hex(&"77".repeat(32)).unwrap();
    let engine = engine::Engine::new(
        rig.database.store(),
        other,
        crate::support::options(),
        rig.clock.shared(),
        Arc::new(uuid::Uuid::new_v4),
    );
    let run = rig.sync_on(&engine, Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, domain::sync::RunState::Failed);
    let message = run.message.unwrap();
    assert!(message.contains("enter them again"), "{message}");
}

async fn replace(rig: &Rig, password: &str, key: &SecretKey) -> operations::Result<()> {
    let secrets = BTreeMap::from([("password".to_owned(), password.to_owned())]);
    let sealing = Sealing {
        key,
        nonce: *uuid::Uuid::new_v4().as_bytes().first_chunk().unwrap(),
        secrets: &secrets,
    };
    let (store, ana) = (&rig.store, &rig.people.ana);
    operations::connections::replace_secrets(store, ana, rig.connection, sealing, rig.now()).await
}

#[tokio::test]
async fn a_replaced_password_counts_from_the_next_run_on_and_is_checked_by_itself() {
    let rig = Rig::new(items(10)).await;
    let (engine, key) = (rig.engine(), secret_key());
    let run = rig.sync_on(&engine, Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::Done);
    replace(&rig, "a wrong one", &key).await.unwrap();
    let run = rig.sync_on(&engine, Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::Failed);
    replace(&rig, &Config::default().password, &key)
        .await
        .unwrap();
    let checks = "select count(*) from connections where check_requested_at is not null";
    assert_eq!(rig.number(checks).await, 1);
    let run = rig.sync_on(&engine, Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::Done);
    assert_eq!(rig.number(checks).await, 0, "the check was answered");
    let told = "select count(*) from audit_entries
                where action = 'CONNECTION_SECRETS_REPLACED' and details::text not like '%wrong%'";
    assert_eq!(rig.number(told).await, 2);
}

#[tokio::test]
async fn secrets_are_replaced_by_admins_of_the_company_and_by_names_the_connection_has() {
    let rig = Rig::new(items(10)).await;
    let key = secret_key();
    for (who, names) in [
        (&rig.people.luka, vec!["password"]),
        (&rig.people.stranger, vec!["password"]),
        (&rig.people.ana, vec!["token"]),
        (&rig.people.ana, vec![]),
    ] {
        let secrets = names
            .iter()
            .map(|name| ((*name).to_owned(), "x".to_owned()));
        let sealing = Sealing {
            key: &key,
            nonce: [9; 12],
            secrets: &secrets.collect(),
        };
        let (store, id) = (&rig.store, rig.connection);
        let done = operations::connections::replace_secrets(store, who, id, sealing, rig.now());
        assert!(done.await.is_err(), "{} {names:?}", who.name);
    }
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::Done);
}
