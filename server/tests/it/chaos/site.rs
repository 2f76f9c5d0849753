//! A site for the program to work for, and the program.

use crate::process::{free_port, program, wait};
use chrono::Utc;
use domain::ConnectionId;
use domain::push::PushKind;
use operations::connections::Sealing;
use operations::sagas::Command as ErpCommand;
use reqwest::StatusCode;
use serde_json::json;
use simulators::odoo::{Config, Fault, FaultKind, Running, Simulator};
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use store::Store;
use store::connections::NewConnection;
use testkit::db::TestDatabase;
use testkit::people::People;
use testkit::traces::{number, superuser};
use testkit::upstream::secret_key;

/// Nothing here takes so long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(200);
pub const OPEN: &str = "select count(*) from erp_outbox where status = 'pending'";
pub const HELD: &str = "select count(*) from erp_outbox_taken";
pub const COMPLETED: &str = "select count(*) from erp_outbox where status = 'completed'";
pub const SESSIONS: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'crossdock'";
/// As if half a minute had passed for workers that are gone.
pub const LEASES_END: &str =
    "update erp_outbox_leases set lease_until = now() - interval '1 second'";

/// A company whose connection leads to a simulated Odoo, for the program to work for.
pub struct Site {
    store: Store,
    people: People,
    odoo: Running,
    connection: ConnectionId,
    /// Sees every row.
    pub admin: PgPool,
    folder: tempfile::TempDir,
    address: String,
    // Dropped last: the others still use it.
    database: TestDatabase,
}

impl Site {
    pub async fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let database = TestDatabase::create().await;
        let store = database.store();
        let people = People::settle(&store, Utc::now()).await;
        let odoo = Simulator::start(Config::default(), ([127, 0, 0, 1], 0).into()).await;
        let odoo = odoo.unwrap();
        let slow = Fault::always(FaultKind::Latency).lasting(Duration::from_millis(10));
        odoo.faults().add(slow);
        let connection = connect(&store, &people, &odoo).await;
        Self {
            admin: superuser(&database),
            store,
            people,
            odoo,
            connection,
            folder: tempfile::tempdir().unwrap(),
            address: format!("127.0.0.1:{}", free_port()),
            database,
        }
    }

    /// The program as a worker.
    pub fn worker(&self) -> Program {
        let mut command = program(&self.folder);
        command
            .env("DATABASE_URL", self.database.url())
            .env("CROSSDOCK_SECRET_KEY", "5a".repeat(32))
            .env("CROSSDOCK_BIND", &self.address)
            .args(["serve", "--role", "worker"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Program(Some(command.spawn().unwrap()))
    }

    /// Asks for so many sagas, each of as many products as letters.
    pub async fn ask_for(&self, sagas: usize, letters: &[&str]) {
        for n in 0..sagas {
            let product = |letter: &&str| ErpCommand {
                event_type: PushKind::Product.as_str().to_owned(),
                connection: self.connection,
                payload: json!({ "code": format!("{letter}-{n}"), "name": format!("{letter} {n}") }),
            };
            let steps: Vec<ErpCommand> = letters.iter().map(product).collect();
            let (store, ana, key) = (&self.store, &self.people.ana, format!("saga {n}"));
            operations::sagas::start(store, ana, &key, &steps, Utc::now())
                .await
                .unwrap();
        }
    }

    /// How often a product was made.
    pub fn made(&self) -> usize {
        let counters = self.odoo.handle.counters();
        let loads = counters.by_method.get("product.product/load");
        usize::try_from(loads.copied().unwrap_or_default()).unwrap()
    }

    /// Products of these letters that are not there, and those there more than once.
    pub fn amiss(&self, sagas: usize, letters: &[&str]) -> (usize, usize) {
        let mut amiss = (0, 0);
        for n in 0..sagas {
            for letter in letters {
                let domain = json!([["default_code", "=", format!("{letter}-{n}")]]);
                match self.odoo.handle.records("product.product", domain).len() {
                    0 => amiss.0 += 1,
                    1 => {}
                    _ => amiss.1 += 1,
                }
            }
        }
        amiss
    }

    pub async fn number(&self, query: &'static str) -> i64 {
        number(&self.admin, query).await
    }

    pub async fn run(&self, statement: &'static str) {
        sqlx::raw_sql(statement).execute(&self.admin).await.unwrap();
    }

    /// Resolves when so many products were made, or nothing is left to do.
    pub async fn until_made(&self, products: usize) {
        let began = Instant::now();
        while self.made() < products && self.number(OPEN).await > 0 {
            assert!(began.elapsed() < PATIENCE, "{} made", self.made());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    pub async fn until_none(&self, query: &'static str) {
        let began = Instant::now();
        while self.number(query).await > 0 {
            assert!(began.elapsed() < PATIENCE, "for ever: {query}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn health(&self) -> Option<(StatusCode, String)> {
        let answer = reqwest::get(format!("http://{}/health/db", self.address)).await;
        let answer = answer.ok()?;
        Some((answer.status(), answer.text().await.ok()?))
    }

    /// Resolves with what the health check says once its status is this one.
    pub async fn until_health(&self, status: StatusCode) -> String {
        let began = Instant::now();
        loop {
            match self.health().await {
                Some((found, text)) if found == status => return text,
                found => assert!(began.elapsed() < PATIENCE, "{found:?}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn connect(store: &Store, people: &People, odoo: &Running) -> ConnectionId {
    let config = odoo.handle.config();
    let secrets = BTreeMap::from([("api_key".to_owned(), config.api_key.clone())]);
    let connection = NewConnection {
        name: "Odoo".to_owned(),
        kind: "odoo".to_owned(),
        warehouse_id: people.warehouse,
        base_url: odoo.url(),
        settings: json!({
            "base_url": odoo.url(), "database": config.database, "username": config.login,
            "rate_per_second": 1000.0,
        }),
        secret_names: vec!["api_key".to_owned()],
    };
    let key = secret_key();
    let sealing = Sealing {
        key: &key,
        nonce: [9; 12],
        secrets: &secrets,
    };
    let company = people.company;
    let (pulled, now) = (connectors::registry::pulled, Utc::now());
    let id = operations::connections::ensure(store, company, &connection, sealing, pulled, now)
        .await
        .unwrap();
    let kinds = [PushKind::Product.as_str().to_owned()];
    operations::connections::record_push_kinds(store, company, id, &kinds)
        .await
        .unwrap();
    id
}

/// The program at work. Dropped, it is killed at once, whatever it is at.
pub struct Program(Option<Child>);

impl Program {
    /// Tells it to stop and waits until it has.
    pub async fn stop(mut self) {
        let child = self.0.take().unwrap();
        let id = child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.unwrap().success());
        assert_eq!(wait(child).await, Some(0));
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
