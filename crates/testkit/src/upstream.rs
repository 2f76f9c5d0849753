//! Accounts at an upstream: connections, the simulated Pantheon behind one, pages put in by hand.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::mapping::MappingKind;
use domain::sync::{Entity, SyncMode};
use domain::{ConnectionId, SyncRunId};
use operations::connections::{self, Pulled, Sealing};
use operations::secrets::SecretKey;
use operations::sync_runs::{self, Page, Records};
use serde_json::{Value, json};
use simulators::pantheon::{Config, Running, Simulator};
use store::connections::NewConnection;
use store::mappings::KnownMapping;
use store::{Scope, Store};
use uuid::Uuid;

use crate::people::{People, done};

/// The installation's key in tests.
///
/// # Panics
/// Never: the digits are fixed.
#[must_use]
pub fn secret_key() -> SecretKey {
    done(SecretKey::from_hex(&"5a".repeat(32)))
}

/// Starts a simulated Pantheon on a free port.
///
/// # Panics
/// When no port is free.
pub async fn start(config: Config) -> Running {
    // The first one counts; a process that has one already is fine.
    let _ = rustls::crypto::ring::default_provider().install_default();
    done(Simulator::start(config, ([127, 0, 0, 1], 0).into()).await)
}

/// An account of the people's company at a Pantheon with the default user and password, whose
/// display name `VELE_TEST` means the site of that code. `settings` are laid over a fast default.
///
/// # Panics
/// When the database refuses.
pub async fn connect(
    store: &Store,
    people: &People,
    base_url: &str,
    settings: Value,
    now: DateTime<Utc>,
) -> ConnectionId {
    let password = Config::default().password;
    connect_as(store, people, base_url, settings, &password, now).await
}

/// The same with another password.
///
/// # Panics
/// When the database refuses.
pub async fn connect_as(
    store: &Store,
    people: &People,
    base_url: &str,
    settings: Value,
    password: &str,
    now: DateTime<Utc>,
) -> ConnectionId {
    let username = Config::default().username;
    let mut all = json!({ "base_url": base_url, "username": username, "rate_per_second": 1000.0 });
    if let (Some(all), Value::Object(settings)) = (all.as_object_mut(), settings) {
        all.extend(settings);
    }
    let connection = NewConnection {
        name: "Pantheon".to_owned(),
        kind: "pantheon".to_owned(),
        warehouse_id: people.warehouse,
        base_url: base_url.to_owned(),
        settings: all,
        secret_names: vec!["password".to_owned()],
    };
    let sealing = Sealing {
        key: &secret_key(),
        nonce: nonce(),
        secrets: &BTreeMap::from([("password".to_owned(), password.to_owned())]),
    };
    let company = people.company;
    let everything: Pulled = |_, _| Entity::ALL.to_vec();
    let ensured = connections::ensure(store, company, &connection, sealing, everything, now);
    let id = done(ensured.await);
    let known = KnownMapping {
        kind: MappingKind::Warehouse,
        external: "VELE_TEST",
        target: "VELE_TEST",
        by: "settings",
    };
    done(operations::mappings::put_known(store, company, id, &known, now).await);
    id
}

fn nonce() -> [u8; 12] {
    let mut nonce = [0; 12];
    nonce.copy_from_slice(&Uuid::new_v4().as_bytes()[..12]);
    nonce
}

/// An account that nobody answers at, for pages put in by hand.
///
/// # Panics
/// When the database refuses.
pub async fn silent(store: &Store, people: &People, now: DateTime<Utc>) -> ConnectionId {
    connect(store, people, "http://erp.example.invalid", json!({}), now).await
}

/// Runs a full sync whose only page holds these rows; returns its run.
///
/// # Panics
/// When the page cannot be committed.
pub async fn bring(
    store: &Store,
    people: &People,
    connection: ConnectionId,
    records: Records,
    now: DateTime<Utc>,
) -> SyncRunId {
    done(try_bring(store, people, connection, records, now).await)
}

/// The same; what the commit says comes back. The run is over either way.
///
/// # Errors
/// Whatever committing the page or finishing the run says.
///
/// # Panics
/// When no run can be claimed.
pub async fn try_bring(
    store: &Store,
    people: &People,
    connection: ConnectionId,
    records: Records,
    now: DateTime<Utc>,
) -> operations::Result<SyncRunId> {
    let entity = match &records {
        Records::Items(_) => Entity::Items,
        Records::Partners(_) => Entity::Partners,
        Records::Stock(_) => Entity::Stock,
        Records::Documents(rows) => match rows.first().map(|row| row.kind) {
            Some(domain::document::DocumentKind::Receipt) => Entity::Receipts,
            _ => Entity::Dispatches,
        },
    };
    let mut tx = store.begin(Scope::Company(people.company)).await?;
    // A delta: what is not on the page stays active.
    let (mode, company) = (SyncMode::Delta, people.company);
    store::sync_runs::request(&mut tx, company, connection, entity, mode, "test", now).await?;
    tx.commit().await?;
    let lease = Duration::from_secs(60);
    let claimed = sync_runs::claim(store, Uuid::new_v4(), lease, now).await?;
    let claimed = done(claimed.ok_or("no run could be claimed"));
    let page = Page {
        rows: match &records {
            Records::Items(rows) => rows.len(),
            Records::Partners(rows) => rows.len(),
            Records::Stock(rows) => rows.len(),
            Records::Documents(rows) => rows.len(),
        },
        records,
        ended: Vec::new(),
        refused: Vec::new(),
        next: None,
        high_water: None,
        correlation_id: Uuid::new_v4().to_string(),
    };
    match sync_runs::commit_page(store, &claimed, &page, lease, now).await {
        Ok(_) => {
            sync_runs::finish(store, &claimed, now).await?;
            Ok(claimed.run.id)
        }
        Err(error) => {
            sync_runs::fail(store, &claimed, "the page was refused", now).await?;
            Err(error)
        }
    }
}
