//! The Odoo connector against the simulated server, faults included.

mod bills;
mod companies;
mod counts;
mod documents;
mod faults;
mod lots;
mod manufacturing;
mod reading;
mod rights;
mod taking_back;

use crate::support::{Seen, install_tls, now};
use chrono::TimeDelta;
use connectors::{
    Acceptance, Connector, Direction, Error, NoPacing, PullRequest, PulledPage, PushRequest,
    Records, Secrets, Services, registry,
};
use domain::delivery::{BreakerLimits, TimeoutSettings};
use domain::document::DocumentRecord;
use domain::push::{DocumentResult, LineResult, Push};
use domain::sync::Entity;
use serde_json::{Map, Value, json};
use simulators::odoo::{Config, Data, Running, Simulator};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A simulated server, and a connector for it.
pub struct Odoo {
    pub running: Running,
    pub connector: Box<dyn Connector>,
    pub seen: Arc<Seen>,
}

/// The demo's records at the time of these tests.
pub fn demo() -> Config {
    Config {
        now: Some(now() - TimeDelta::hours(1)),
        ..Config::default()
    }
}

/// Warehouses and nothing in them.
pub fn empty() -> Config {
    Config {
        data: Data::Empty,
        ..demo()
    }
}

/// The same of another version, which is spoken to over JSON-RPC.
pub fn of_version(major: u32) -> Config {
    Config { major, ..demo() }
}

impl Odoo {
    pub async fn start(config: Config) -> Self {
        Self::with(config, json!({})).await
    }

    pub async fn with(config: Config, settings: Value) -> Self {
        let running = Simulator::start(config, ([127, 0, 0, 1], 0).into())
            .await
            .unwrap();
        let (connector, seen) = connect(&running, &settings);
        Self {
            running,
            connector,
            seen,
        }
    }

    /// Everything of an entity, page by page.
    pub async fn pull_all(&self, mut request: PullRequest) -> Vec<PulledPage> {
        let mut pages = Vec::new();
        loop {
            let page = self.connector.pull(&request).await.unwrap();
            request.position = page.next.clone();
            pages.push(page);
            if request.position.is_none() {
                return pages;
            }
        }
    }

    pub async fn documents(&self, entity: Entity) -> Vec<DocumentRecord> {
        let pages = self.pull_all(crate::support::request(entity, 200)).await;
        pages
            .into_iter()
            .flat_map(|page| match page.records {
                Records::Documents(documents) => documents,
                other => panic!("not documents: {other:?}"),
            })
            .collect()
    }

    /// One record as the server holds it.
    pub fn record(&self, model: &str, domain: Value) -> Map<String, Value> {
        let mut found = self.running.handle.records(model, domain);
        assert_eq!(found.len(), 1, "{model}: {found:?}");
        found.remove(0)
    }

    pub async fn push(&self, reference: &str, push: &Push) -> Result<Acceptance, Error> {
        self.connector.push(&command(reference, push)).await
    }

    pub async fn find(&self, reference: &str, push: &Push) -> Option<Acceptance> {
        let request = command(reference, push);
        self.connector.find_push(&request).await.unwrap()
    }

    pub async fn undo(
        &self,
        reference: &str,
        push: &Push,
        accepted: Acceptance,
    ) -> Result<Acceptance, Error> {
        let request = PushRequest {
            direction: Direction::Undo,
            accepted: Some(accepted),
            ..command(reference, push)
        };
        self.connector.push(&request).await
    }

    /// Whether the connector finds that it was taken back.
    pub async fn is_undone(&self, reference: &str, push: &Push, accepted: Acceptance) -> bool {
        let request = PushRequest {
            direction: Direction::Undo,
            accepted: Some(accepted),
            ..command(reference, push)
        };
        self.connector.find_push(&request).await.unwrap().is_some()
    }
}

/// A connector for a running server.
pub fn connect(running: &Running, settings: &Value) -> (Box<dyn Connector>, Arc<Seen>) {
    install_tls();
    let config = running.handle.config();
    let seen = Arc::new(Seen::default());
    let ids = AtomicU64::new(0);
    let services = Services {
        pacer: Arc::new(NoPacing),
        recorder: seen.clone(),
        clock: Arc::new(now),
        new_id: Arc::new(move || format!("made-{}", ids.fetch_add(1, Ordering::Relaxed))),
        timeouts: TimeoutSettings::default(),
        breaker: Some(BreakerLimits::default()),
    };
    let mut all = json!({
        "base_url": running.url(), "database": config.database, "username": config.login
    });
    for (key, value) in settings.as_object().unwrap() {
        all[key] = value.clone();
    }
    let secrets = Secrets::default().with("api_key", config.api_key.as_str());
    let connector = registry::build("odoo", &all, &secrets, services).unwrap();
    (connector, seen)
}

pub fn command(reference: &str, push: &Push) -> PushRequest {
    PushRequest {
        reference: reference.to_owned(),
        push: push.clone(),
        direction: Direction::Do,
        accepted: None,
        correlation_id: "message-1".into(),
    }
}

/// What the floor did with a document: everything, but of the first line only this much.
pub fn result(document: &DocumentRecord, first: Option<&str>) -> DocumentResult {
    let lines = document.lines.iter().enumerate().map(|(place, line)| {
        let all = line.requested.to_string();
        let done = match (place, first) {
            (0, Some(first)) => first,
            _ => &all,
        };
        LineResult {
            key: line.key.clone(),
            item_code: line.item_code.clone(),
            uom: line.uom.clone(),
            requested: line.requested,
            done: done.parse().unwrap(),
            reason: None,
            lots: Vec::new(),
        }
    });
    DocumentResult {
        kind: document.kind,
        number: document.number.clone(),
        doc_type: document.doc_type.clone(),
        dated_on: document.dated_on,
        finished_at: now(),
        partial: first.is_some(),
        lines: lines.collect(),
    }
}
