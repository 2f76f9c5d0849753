//! The SAP connector against the simulated system, over OData and over SOAP.

mod bills;
mod faults;
mod orders;
mod products;
mod recipes;
mod sessions;

use crate::support::{Seen, install_tls, now, request};
use chrono::{DateTime, TimeDelta, Utc};
use connectors::{
    Acceptance, Capability, Connector, Direction, ErrorKind, NoPacing, PushRequest, Secrets,
    Services, registry,
};
use domain::delivery::{BreakerLimits, TimeoutSettings};
use domain::push::{Push, PushKind};
use domain::sync::Entity;
use serde_json::{Value, json};
use simulators::sap::{Config, Running, Simulator};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// Both interfaces, for what both promise.
const MODES: [&str; 2] = ["odata", "soap_rfc"];
/// A purchased material: no bill of materials is there.
const NEW: &str = "AR-5381";
/// A material whose bill of materials is there.
const OLD: &str = "BB-7421";

/// A connector, the system it talks to, and what was recorded.
struct Rig {
    running: Running,
    connector: Box<dyn Connector>,
    seen: Arc<Seen>,
    minutes: Arc<AtomicI64>,
}

fn config() -> Config {
    Config {
        now: Some(now()),
        ..Config::default()
    }
}

impl Rig {
    async fn start(settings: Value) -> Self {
        Self::with(config(), settings).await
    }

    async fn with(config: Config, settings: Value) -> Self {
        install_tls();
        let password = config.password.clone();
        let mut all =
            json!({ "client": config.client, "user": config.user, "plant": config.plant });
        let running = Simulator::start(config, ([127, 0, 0, 1], 0).into())
            .await
            .unwrap();
        all["base_url"] = json!(running.url());
        for (key, value) in settings.as_object().unwrap() {
            all[key] = value.clone();
        }
        let seen = Arc::new(Seen::default());
        let minutes = Arc::new(AtomicI64::new(0));
        let passed = minutes.clone();
        let ids = AtomicU64::new(0);
        let services = Services {
            pacer: Arc::new(NoPacing),
            recorder: seen.clone(),
            clock: Arc::new(move || now() + TimeDelta::minutes(passed.load(Ordering::Relaxed))),
            new_id: Arc::new(move || format!("made-{}", ids.fetch_add(1, Ordering::Relaxed))),
            timeouts: TimeoutSettings::default(),
            breaker: Some(BreakerLimits::default()),
        };
        let secrets = Secrets::default().with("passwd", password);
        Self {
            connector: registry::build("sap", &all, &secrets, services).unwrap(),
            running,
            seen,
            minutes,
        }
    }

    fn pass_minutes(&self, minutes: i64) -> DateTime<Utc> {
        let passed = self.minutes.fetch_add(minutes, Ordering::Relaxed) + minutes;
        let now = now() + TimeDelta::minutes(passed);
        self.running.handle.set_now(now);
        now
    }

    /// Writes that were executed.
    fn writes(&self) -> u64 {
        self.running.handle.counters().writes
    }
}

fn command(reference: &str, push: Push) -> PushRequest {
    PushRequest {
        reference: reference.into(),
        push,
        direction: Direction::Do,
        accepted: None,
        correlation_id: "saga-7".into(),
    }
}

fn undo(request: &PushRequest, accepted: Acceptance) -> PushRequest {
    PushRequest {
        direction: Direction::Undo,
        accepted: Some(accepted),
        ..request.clone()
    }
}

fn bom(product: &str, lines: &[(&str, &str)]) -> Push {
    let lines: Vec<Value> = lines
        .iter()
        .map(|(component, quantity)| json!({"component": component, "quantity": quantity}))
        .collect();
    let payload = json!({"product_code": product, "quantity": "1", "lines": lines});
    Push::parse("inventory.bom.upsert", &payload).unwrap()
}

/// Component, quantity and number of each item of a material's only bill.
fn items(rig: &Rig, material: &str) -> Vec<(String, String, String)> {
    let boms = rig.running.handle.boms_of(material);
    assert_eq!(boms.len(), 1, "{boms:?}");
    let items = boms[0].items.iter().map(|item| {
        let quantity = item.quantity.normalize().to_string();
        (item.number.clone(), item.component.clone(), quantity)
    });
    items.collect()
}

fn item(number: &str, component: &str, quantity: &str) -> (String, String, String) {
    (number.into(), component.into(), quantity.into())
}

#[tokio::test]
async fn what_it_cannot_do_is_told_as_unsupported_and_asks_nothing() {
    for mode in MODES {
        let rig = Rig::start(json!({ "mode": mode })).await;
        let capabilities = rig.connector.capabilities();
        for entity in Entity::ALL {
            if !capabilities.contains(&Capability::to_pull(entity)) {
                let error = rig.connector.pull(&request(entity, 10)).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{mode} {entity}");
            }
        }
        let stock = json!({"location": "WH", "items": [{"product_code": NEW, "quantity": "1"}]});
        let product = json!({"code": NEW, "name": "Race"});
        for (kind, payload) in [(PushKind::Stock, stock), (PushKind::Product, product)] {
            assert!(!capabilities.contains(&Capability::Push(kind)));
            let push = Push::parse(kind.as_str(), &payload).unwrap();
            let error = rig.connector.push(&command("r", push)).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{mode}");
        }
        assert_eq!(rig.running.handle.counters().requests, 0);
    }
}
