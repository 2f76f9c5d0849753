//! A small upstream that answers as a test says, and a connector that talks to it.

pub mod upstream;

use chrono::{DateTime, TimeDelta, Utc};
use connectors::{
    BreakerChange, Connector, Error, Exchange, LocalPacer, NoPacing, Pacer, PullRequest,
    PulledPage, Recorder, Records, Secrets, Services, registry,
};
use domain::delivery::{BreakerLimits, TimeoutSettings};
use domain::item::ItemRecord;
use domain::sync::Entity;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, Once};

pub const USERNAME: &str = "wms_user";
pub const PASSWORD: &str = "correct-horse-battery";

/// A connector and what its surroundings saw.
pub struct Rig {
    pub connector: Box<dyn Connector>,
    pub seen: Arc<Seen>,
    minutes: Arc<AtomicU64>,
}

/// Keeps what is recorded.
#[derive(Default)]
pub struct Seen {
    pub exchanges: Mutex<Vec<Exchange>>,
    pub breaker: Mutex<Vec<BreakerChange>>,
}

impl Recorder for Seen {
    fn exchange(&self, exchange: Exchange) {
        self.exchanges.lock().unwrap().push(exchange);
    }
    fn breaker_changed(&self, change: BreakerChange) {
        self.breaker.lock().unwrap().push(change);
    }
}

impl Seen {
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.exchanges.lock().unwrap().clone()
    }
}

impl Rig {
    /// A connector for this address, unpaced.
    pub fn new(base_url: &str) -> Self {
        Self::with(base_url, json!({}))
    }

    /// The same with other settings.
    pub fn with(base_url: &str, settings: Value) -> Self {
        Self::paced(base_url, settings, Arc::new(NoPacing))
    }

    /// The same, paced in this process.
    pub fn at_pace(base_url: &str, settings: Value) -> Self {
        Self::paced(base_url, settings, Arc::new(LocalPacer::default()))
    }

    pub fn paced(base_url: &str, settings: Value, pacer: Arc<dyn Pacer>) -> Self {
        Self::built(base_url, settings, |services| services.pacer = pacer)
    }

    /// Unpaced, with what the connection says about times and precautions.
    pub fn treated(
        base_url: &str,
        settings: Value,
        timeouts: TimeoutSettings,
        breaker: Option<BreakerLimits>,
    ) -> Self {
        Self::built(base_url, settings, |services| {
            services.timeouts = timeouts;
            services.breaker = breaker;
        })
    }

    fn built(base_url: &str, settings: Value, change: impl FnOnce(&mut Services)) -> Self {
        install_tls();
        let seen = Arc::new(Seen::default());
        let minutes = Arc::new(AtomicU64::new(0));
        let passed = minutes.clone();
        let ids = AtomicU64::new(0);
        let mut services = Services {
            pacer: Arc::new(NoPacing),
            recorder: seen.clone(),
            clock: Arc::new(move || now_after(passed.load(Ordering::Relaxed))),
            new_id: Arc::new(move || format!("made-{}", ids.fetch_add(1, Ordering::Relaxed))),
            timeouts: TimeoutSettings::default(),
            breaker: Some(BreakerLimits::default()),
        };
        change(&mut services);
        let mut all = json!({ "base_url": base_url, "username": USERNAME });
        for (key, value) in settings.as_object().unwrap() {
            all[key] = value.clone();
        }
        let secrets = Secrets::default().with("password", PASSWORD);
        let connector = registry::build("pantheon", &all, &secrets, services).unwrap();
        Self {
            connector,
            seen,
            minutes,
        }
    }

    /// Moves the clock.
    pub fn pass_minutes(&self, minutes: u64) {
        self.minutes.fetch_add(minutes, Ordering::Relaxed);
    }

    /// The first page of an entity.
    pub async fn first_page(&self, entity: Entity) -> Result<PulledPage, Error> {
        self.connector.pull(&request(entity, 1000)).await
    }

    /// Everything of an entity, page by page.
    pub async fn pull_all(&self, request: PullRequest) -> Result<Vec<PulledPage>, Error> {
        let mut request = request;
        let mut pages = Vec::new();
        loop {
            let page = self.connector.pull(&request).await?;
            request.position = page.next.clone();
            pages.push(page);
            if request.position.is_none() {
                return Ok(pages);
            }
        }
    }
}

/// Now in these tests.
pub fn now() -> DateTime<Utc> {
    now_after(0)
}

fn now_after(minutes: u64) -> DateTime<Utc> {
    let start: DateTime<Utc> = "2026-11-21T09:00:00Z".parse().unwrap();
    start + TimeDelta::minutes(minutes.try_into().unwrap())
}

pub fn request(entity: Entity, page_size: u32) -> PullRequest {
    PullRequest {
        entity,
        since: None,
        position: None,
        page_size,
        correlation_id: "run-7-page-1".into(),
    }
}

pub fn items(page: &PulledPage) -> &[ItemRecord] {
    match &page.records {
        Records::Items(items) => items,
        other => panic!("not items: {other:?}"),
    }
}

/// A whole catalogue row.
pub fn item_row(code: impl std::fmt::Display) -> Value {
    json!({ "Ident": format!("{code}"), "Naziv": format!("ITEM {code}   "), "Aktivan": "T",
        "JM": "KOM", "Barkodovi": [], "adTimeChg": "2026-11-20 10:00:00" })
}

pub fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Another test binary's thread cannot have been first: this is the only place.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}
