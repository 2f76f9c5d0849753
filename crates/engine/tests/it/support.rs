//! An engine, a simulated Pantheon and a company between them.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ConnectionId;
use domain::SyncRunId;
use domain::sync::{Entity, RejectedRow, RunState, SyncMode, SyncRun};
use engine::{Engine, Options};
use serde_json::{Value, json};
use simulators::pantheon::{Config, DocumentSource, Item, ItemSource, Running};
use sqlx::PgPool;
use sqlx::Row;
use std::sync::Arc;
use std::time::Duration;
use store::Store;
use testkit::clock::TestClock;
use testkit::db::TestDatabase;
use testkit::people::People;
use testkit::{traces, upstream};
use uuid::Uuid;

/// Rows per page in these tests.
pub const PAGE: usize = 100;

pub struct Rig {
    pub store: Store,
    pub people: People,
    pub clock: TestClock,
    pub upstream: Running,
    pub connection: ConnectionId,
    /// Sees every row.
    pub admin: PgPool,
    pub database: TestDatabase,
}

/// So many generated items and nothing else, without a rate limit.
pub fn items(count: usize) -> Config {
    Config {
        now: Some(testkit::clock::start()),
        ..Config::synthetic(count)
    }
}

/// The real catalogue with its delisted items, and no document.
pub fn real_items() -> Config {
    Config {
        items: ItemSource::Demo,
        documents: DocumentSource::None,
        ..items(0)
    }
}

impl Rig {
    pub async fn new(config: Config) -> Self {
        Self::with(config, json!({})).await
    }

    /// The same with other settings of the connection.
    pub async fn with(config: Config, settings: Value) -> Self {
        if std::env::var_os("CROSSDOCK_TEST_LOG").is_some() {
            let _ = tracing_subscriber::fmt().with_test_writer().try_init();
        }
        let password = config.password.clone();
        let database = TestDatabase::create().await;
        let store = database.store();
        let clock = TestClock::default();
        let people = People::settle(&store, clock.now()).await;
        let upstream = upstream::start(config).await;
        let (url, now) = (upstream.url(), clock.now());
        let connection =
            upstream::connect_as(&store, &people, &url, settings, &password, now).await;
        Self {
            admin: traces::superuser(&database),
            store,
            people,
            clock,
            upstream,
            connection,
            database,
        }
    }

    /// A node of its own.
    pub fn engine(&self) -> Engine {
        self.engine_with(options())
    }

    pub fn engine_with(&self, options: Options) -> Engine {
        node(self.database.store(), options, self.clock.shared())
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Moves our clock and the upstream's.
    pub fn pass(&self, time: TimeDelta) {
        self.clock.pass(time);
        self.upstream.handle.set_now(self.now());
    }

    pub async fn request(&self, entity: Entity, mode: SyncMode) -> SyncRunId {
        let (store, ana) = (&self.store, &self.people.ana);
        operations::sync_runs::request(store, ana, self.connection, entity, mode, self.now())
            .await
            .unwrap()
    }

    /// A sync from the wish to its end.
    pub async fn sync(&self, entity: Entity, mode: SyncMode) -> SyncRun {
        self.sync_on(&self.engine(), entity, mode).await
    }

    pub async fn sync_on(&self, engine: &Engine, entity: Entity, mode: SyncMode) -> SyncRun {
        let id = self.request(entity, mode).await;
        engine.run_until_idle().await;
        self.run(id).await
    }

    pub async fn run(&self, id: SyncRunId) -> SyncRun {
        store::sync_runs::get(&self.store, &self.people.ana, id)
            .await
            .unwrap()
    }

    pub async fn refused(&self, id: SyncRunId) -> Vec<RejectedRow> {
        let page = store::sync_runs::rejected(&self.store, &self.people.ana, id, None, None, 100);
        page.await.unwrap().rows
    }

    /// Waits until the run is as wished.
    pub async fn until(&self, id: SyncRunId, fits: impl Fn(&SyncRun) -> bool) -> SyncRun {
        let patience = std::time::Instant::now();
        loop {
            let run = self.run(id).await;
            if fits(&run) {
                return run;
            }
            assert!(
                patience.elapsed() < Duration::from_secs(20),
                "never came about: {run:?}"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub async fn cursor(&self, entity: Entity) -> Option<DateTime<Utc>> {
        let detail = store::connections::get(&self.store, &self.people.ana, self.connection).await;
        let entities = detail.unwrap().entities;
        let status = entities.into_iter().find(|status| status.entity == entity);
        status.unwrap().cursor_at
    }

    pub async fn number(&self, query: &'static str) -> i64 {
        traces::number(&self.admin, query).await
    }

    /// Our active items equal what the upstream lists, field by field.
    pub async fn assert_same_items(&self) {
        let mut listed: Vec<Vec<String>> =
            self.upstream.handle.items().iter().map(fields).collect();
        let mut ours = stored_items(&self.admin).await;
        listed.sort();
        ours.sort();
        assert_eq!(ours.len(), listed.len());
        for (ours, listed) in ours.iter().zip(&listed) {
            assert_eq!(ours, listed);
        }
    }
}

/// A node on a database.
pub fn node(
    store: Store,
    options: Options,
    clock: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
) -> Engine {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Engine::new(
        store,
        upstream::secret_key(),
        options,
        clock,
        Arc::new(Uuid::new_v4),
    )
}

/// Small pages, and no long pauses.
pub fn options() -> Options {
    Options {
        page_size: u32::try_from(PAGE).unwrap(),
        poll: Duration::from_millis(20),
        ..Options::default()
    }
}

pub fn assert_done(run: &SyncRun) {
    assert_eq!(
        (run.state, run.message.as_deref()),
        (RunState::Done, None),
        "{run:?}"
    );
}

fn fields(item: &Item) -> Vec<String> {
    let mut barcodes = item.barcodes.clone();
    barcodes.sort();
    vec![
        item.code.to_string(),
        item.title.trim().to_owned(),
        item.unit.to_owned(),
        item.supplier.to_string(),
        item.supplier_code.clone(),
        item.class.to_owned(),
        item.description.clone().unwrap_or_default(),
        item.active.to_string(),
        item.changed_at.format("%Y-%m-%d %H:%M:%S").to_string(),
        barcodes.join(" "),
    ]
}

pub async fn stored_items(admin: &PgPool) -> Vec<Vec<String>> {
    let rows = sqlx::query(
        "select code, name, uom, supplier, supplier_code, class, coalesce(description, ''),
                active::text,
                to_char(changed_at at time zone 'Europe/Belgrade', 'YYYY-MM-DD HH24:MI:SS'),
                coalesce((select string_agg(barcode, ' ' order by barcode collate \"C\")
                          from item_barcodes b where b.item_id = i.id), '')
         from items i",
    )
    .fetch_all(admin)
    .await
    .unwrap();
    let text = |row: &sqlx::postgres::PgRow| (0..10).map(|column| row.get(column)).collect();
    rows.iter().map(text).collect()
}
