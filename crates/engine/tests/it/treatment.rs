//! What a connection says about times and precautions counts wherever it is called.

use crate::accounts::{ask, ledger, look, product, set};
use crate::books::Mood;
use crate::support::{Rig, items, node, options};
use async_trait::async_trait;
use chrono::TimeDelta;
use connectors::{
    BreakerState, Capability, CheckReport, Connector, Error, PullRequest, PulledPage,
};
use domain::delivery::{DeliverySettings, FeatureSettings, TimeoutSettings};
use domain::item::ItemRecord;
use domain::outbox::MessageState;
use domain::sync::{Entity, RunState, SyncMode};
use engine::Options;
use operations::sagas::{Command, start};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use store::Scope;
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(30);

fn featuring(features: FeatureSettings) -> DeliverySettings {
    DeliverySettings {
        features,
        ..DeliverySettings::default()
    }
}

/// Gives up what does not answer instead of waiting for it.
fn impatient() -> Options {
    Options {
        patience: Duration::ZERO,
        ..options()
    }
}

/// A system whose pages never come.
struct Silent;

#[async_trait]
impl Connector for Silent {
    fn capabilities(&self) -> &'static [Capability] {
        &[Capability::PullItems]
    }

    async fn check(&self) -> Result<CheckReport, Error> {
        Ok(CheckReport {
            latency_ms: 1,
            detail: "It is there.".to_owned(),
        })
    }

    async fn pull(&self, _: &PullRequest) -> Result<PulledPage, Error> {
        std::future::pending().await
    }

    async fn find_item(&self, _: &str, _: &str) -> Result<Option<ItemRecord>, Error> {
        Ok(None)
    }

    fn longest_call(&self) -> Duration {
        Duration::from_secs(10)
    }

    fn breaker(&self) -> BreakerState {
        BreakerState::Closed
    }
}

#[tokio::test]
async fn a_page_takes_no_longer_than_its_connection_allows() {
    let rig = Rig::new(items(0)).await;
    let settings = DeliverySettings {
        timeout_settings: TimeoutSettings {
            sync_timeout_seconds: Some(1),
            ..TimeoutSettings::default()
        },
        ..DeliverySettings::default()
    };
    set(&rig, &settings).await;
    let engine = rig
        .engine_with(impatient())
        .with_connector(rig.connection, Arc::new(Silent));
    let run = rig.sync_on(&engine, Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::Failed);
    let message = run.message.unwrap();
    assert!(message.contains("sync_timeout_seconds"), "{message}");
}

#[tokio::test]
async fn a_connection_without_a_breaker_is_called_after_any_number_of_failures() {
    use simulators::pantheon::{Fault, FaultKind};
    let rig = Rig::with(items(0), json!({ "retry_max": 1 })).await;
    let faults = rig.upstream.faults();
    faults.add(Fault::always(FaultKind::ServerError));
    let engine = rig.engine_with(impatient());
    for circuit_breaker in [false, true] {
        let features = FeatureSettings {
            circuit_breaker,
            ..FeatureSettings::default()
        };
        set(&rig, &featuring(features)).await;
        let mut last = String::new();
        for _ in 0..4 {
            let run = rig.sync_on(&engine, Entity::Items, SyncMode::Full).await;
            last = run.message.unwrap();
        }
        assert_eq!(last.contains("are paused"), circuit_breaker, "{last}");
        assert!(last.contains("500"), "why is told all the same: {last}");
    }
}

#[tokio::test]
async fn without_a_breaker_messages_are_sent_after_any_number_of_failures() {
    for (circuit_breaker, tried) in [(true, 0), (false, 1)] {
        let (rig, _, engine) = ledger(&[Mood::Refuse(500); 3]).await;
        let features = FeatureSettings {
            circuit_breaker,
            ..FeatureSettings::default()
        };
        set(&rig, &featuring(features)).await;
        for code in ["A", "B", "C"] {
            ask(&rig, code, &[product(&rig, code)]).await;
            assert_eq!(engine.deliver_due().await, 1);
        }
        ask(&rig, "D", &[product(&rig, "D")]).await;
        assert_eq!(engine.deliver_due().await, tried, "{circuit_breaker}");
    }
}

/// Five failures in a row, then five minutes.
fn patient() -> FeatureSettings {
    FeatureSettings {
        circuit_breaker_failures: 5,
        circuit_breaker_pause_seconds: Some(300),
        ..FeatureSettings::default()
    }
}

#[tokio::test]
async fn calls_pause_after_as_many_failures_and_as_long_as_the_connection_says() {
    use simulators::pantheon::{Fault, FaultKind};
    let rig = Rig::with(items(0), json!({ "retry_max": 1 })).await;
    let faults = rig.upstream.faults();
    faults.add(Fault::always(FaultKind::ServerError));
    set(&rig, &featuring(patient())).await;
    let engine = rig.engine_with(impatient());
    let mut said = Vec::new();
    for _ in 0..6 {
        let run = rig.sync_on(&engine, Entity::Items, SyncMode::Full).await;
        said.push(run.message.unwrap());
    }
    let paused = said.iter().map(|text| text.contains("are paused"));
    let paused: Vec<bool> = paused.collect();
    assert_eq!(paused, [false, false, false, false, false, true]);
    let (_, left) = said[5].split_once("paused for ").unwrap();
    let left: u64 = left.split(' ').next().unwrap().parse().unwrap();
    assert!((200..=300).contains(&left), "{left}");
}

#[tokio::test]
async fn messages_pause_after_as_many_failures_and_as_long_as_the_connection_says() {
    let (rig, _, engine) = ledger(&[Mood::Refuse(500); 5]).await;
    set(&rig, &featuring(patient())).await;
    for code in ["A", "B", "C", "D", "E"] {
        ask(&rig, code, &[product(&rig, code)]).await;
        assert_eq!(engine.deliver_due().await, 1, "{code}");
    }
    ask(&rig, "F", &[product(&rig, "F")]).await;
    rig.clock.pass(chrono::TimeDelta::seconds(299));
    assert_eq!(engine.deliver_due().await, 0);
    rig.clock.pass(chrono::TimeDelta::seconds(1));
    assert!(engine.deliver_due().await > 0);
}

#[tokio::test]
async fn a_node_takes_as_many_messages_at_once_as_the_connection_says() {
    let codes = ["A", "B", "C", "D", "E", "F", "G", "H", "I"];
    for (batch_size, at_once) in [(None, 8), (Some(2), 2), (Some(9), 9)] {
        let (rig, books, engine) = ledger(&[]).await;
        if let Some(batch_size) = batch_size {
            let features = FeatureSettings {
                batch_size,
                ..FeatureSettings::default()
            };
            set(&rig, &featuring(features)).await;
        }
        for code in codes {
            ask(&rig, code, &[product(&rig, code)]).await;
        }
        let (token, now) = (Uuid::new_v4(), rig.now());
        let held = operations::outbox::claim(&rig.store, token, 10, &[], 0, LEASE, now).await;
        assert_eq!(held.unwrap().len(), at_once, "{batch_size:?}");
        rig.clock.pass(chrono::TimeDelta::seconds(31));
        engine.deliver_due().await;
        let mut standing = books.standing();
        standing.sort();
        assert_eq!(standing, codes);
    }
}

#[tokio::test]
async fn without_batching_messages_travel_one_after_the_other_over_all_nodes() {
    for (batching, at_once) in [(true, 3), (false, 1)] {
        let (rig, books, engine) = ledger(&[]).await;
        let features = FeatureSettings {
            batching,
            ..FeatureSettings::default()
        };
        set(&rig, &featuring(features)).await;
        for code in ["A", "B", "C"] {
            ask(&rig, code, &[product(&rig, code)]).await;
        }
        // One node takes what it may, another one finds what is left.
        let mut taken = Vec::new();
        for _ in 0..2 {
            let (token, now) = (Uuid::new_v4(), rig.now());
            let held = operations::outbox::claim(&rig.store, token, 10, &[], 0, LEASE, now).await;
            taken.push(held.unwrap().len());
        }
        assert_eq!(taken, [at_once, 0], "batching: {batching}");
        rig.clock.pass(chrono::TimeDelta::seconds(31));
        engine.deliver_due().await;
        let mut standing = books.standing();
        if batching {
            standing.sort();
        }
        assert_eq!(standing, ["A", "B", "C"]);
    }
}

#[tokio::test]
async fn without_batching_nodes_that_look_at_the_same_time_take_one_message() {
    let (rig, _, _) = ledger(&[]).await;
    let features = FeatureSettings {
        batching: false,
        ..FeatureSettings::default()
    };
    set(&rig, &featuring(features)).await;
    for code in ["A", "B"] {
        ask(&rig, code, &[product(&rig, code)]).await;
    }
    let now = rig.now();
    let look = async || {
        let mut tx = rig.store.begin(Scope::System).await.unwrap();
        let held =
            store::outbox::claim(&mut tx, Uuid::new_v4(), 10, &[], 0, now, now + LEASE).await;
        // The other one is looking by now.
        tokio::task::yield_now().await;
        tx.commit().await.unwrap();
        held.unwrap().len()
    };
    let (one, other) = tokio::join!(look(), look());
    let mut taken = [one, other];
    taken.sort_unstable();
    assert_eq!(taken, [0, 1]);
}

#[tokio::test]
async fn without_batching_a_dead_message_holds_only_its_own_key() {
    let (rig, books, engine) = ledger(&[Mood::Refuse(422)]).await;
    let features = FeatureSettings {
        batching: false,
        ..FeatureSettings::default()
    };
    set(&rig, &featuring(features)).await;
    let renamed = Command {
        payload: json!({ "code": "A", "name": "another name" }),
        ..product(&rig, "A")
    };
    ask(&rig, "dies", &[product(&rig, "A")]).await;
    let held = ask(&rig, "held", &[renamed]).await;
    ask(&rig, "flows", &[product(&rig, "B")]).await;
    engine.deliver_due().await;
    assert_eq!(books.standing(), ["B"]);
    assert_eq!(look(&rig, held).await.message.state, MessageState::Pending);
}

#[tokio::test]
async fn a_record_that_somebody_holds_holds_up_only_its_own_key_with_and_without_batching() {
    for batching in [true, false] {
        let (rig, books, engine) = ledger(&[Mood::Refuse(423)]).await;
        let features = FeatureSettings {
            batching,
            ..FeatureSettings::default()
        };
        set(&rig, &featuring(features)).await;
        let held = ask(&rig, "held", &[product(&rig, "A")]).await;
        engine.deliver_due().await;
        ask(&rig, "flows", &[product(&rig, "B")]).await;
        engine.deliver_due().await;
        assert_eq!(books.standing(), ["B"], "batching: {batching}");
        assert_eq!(look(&rig, held).await.message.attempts, 0);
        rig.clock.pass(TimeDelta::seconds(31));
        engine.deliver_due().await;
        assert_eq!(books.standing(), ["B", "A"], "batching: {batching}");
    }
}

#[tokio::test]
async fn without_validation_the_system_itself_judges_a_command() {
    let (rig, books, engine) = ledger(&[]).await;
    let nameless = Command {
        payload: json!({ "code": "A", "name": "" }),
        ..product(&rig, "A")
    };
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    let commands = [nameless];
    let refused = start(store, ana, "k1", &commands, now).await.unwrap_err();
    assert!(refused.to_string().contains("name is empty"), "{refused}");
    let features = FeatureSettings {
        validation: false,
        ..FeatureSettings::default()
    };
    set(&rig, &featuring(features)).await;
    let id = ask(&rig, "k1", &commands).await;
    engine.deliver_due().await;
    assert_eq!(look(&rig, id).await.message.state, MessageState::Completed);
    assert_eq!(books.standing(), ["A"]);
    // What cannot be read at all can be sent by nobody.
    let unreadable = Command {
        payload: json!({ "code": 7 }),
        ..product(&rig, "A")
    };
    let refused = start(store, ana, "k2", &[unreadable], now).await;
    assert!(refused.unwrap_err().to_string().contains("does not fit"));
}

#[tokio::test]
async fn a_run_of_a_connection_whose_settings_cannot_be_read_says_so_until_they_are_set_again() {
    let rig = Rig::new(items(3)).await;
    sqlx::query("update connections set delivery = '{\"timeout_settings\": {\"sync_timeout_seconds\": \"long\"}}'")
        .execute(&rig.admin)
        .await
        .unwrap();
    let engine = node(rig.database.store(), options(), rig.clock.shared());
    let run = rig.sync_on(&engine, Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::Failed);
    let message = run.message.unwrap();
    assert!(message.contains("delivery settings"), "{message}");
    set(&rig, &DeliverySettings::default()).await;
    let run = rig.sync_on(&engine, Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::Done);
}
