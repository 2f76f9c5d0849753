//! Who sends: nodes beside one another, running, killed or late, and how they share.

use super::{all, endpoint, here, look, message, queue, sender};
use crate::receivers::Receiver;
use crate::support::{Rig, items, node, options};
use chrono::TimeDelta;
use domain::outbox::{AttemptOutcome, Cause, MessageState};
use domain::webhook::WebhookEvent;
use engine::Options;
use engine::outbox::Settings;
use serde_json::Value;
use std::time::Duration;
use store::Scope;
use store::outbox::{Done, Mark, NewMessage, Room, Session, Verdict, Worker};
use uuid::Uuid;

#[tokio::test]
async fn a_message_of_a_lost_worker_is_delivered_by_another_and_the_late_answer_counts_for_nothing()
{
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let id = queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap()[0];
    let (lost, lease) = (Uuid::new_v4(), Duration::from_secs(30));
    let held = operations::outbox::claim(&rig.store, lost, 10, &[], 0, lease, rig.now()).await;
    let held = held.unwrap();
    assert_eq!(held.len(), 1);
    let engine = sender(&rig, here());
    assert_eq!(engine.deliver_due().await, 0, "it is held");
    rig.clock.pass(TimeDelta::seconds(31));
    assert_eq!(engine.deliver_due().await, 1);
    let late = Done {
        id,
        token: lost,
        lease: held[0].lease,
        verdict: Verdict::Dead,
        at: rig.now(),
        latency_ms: 1,
        cause: Some(Cause::Rejected),
        unknown: false,
        status: None,
        request: None,
        answer: None,
        error: Some("late".to_owned()),
        step: None,
    };
    let written = operations::outbox::record(&rig.store, &[late], rig.now()).await;
    assert_eq!(written.unwrap(), 0);
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.state, MessageState::Completed);
    assert_eq!(detail.attempts[1].outcome, AttemptOutcome::Lost);
    assert_eq!(receiver.effects().len(), 1);
}

/// Sessions of workers, as PostgreSQL knows them.
const SESSIONS: &str = "select count(*) from pg_locks where locktype = 'advisory' and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())";

async fn sessions_become(rig: &Rig, count: i64) {
    let patience = std::time::Instant::now();
    while rig.number(SESSIONS).await != count {
        assert!(patience.elapsed() < Duration::from_secs(10), "not {count}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_a_killed_worker_held_is_taken_back_within_seconds_and_what_a_living_one_holds_is_not()
{
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let messages = [message(endpoint, "k1", "d1"), message(endpoint, "k2", "d2")];
    let ids = queue(&rig, &messages).await.unwrap();
    let [killed, living] = [Uuid::new_v4(), Uuid::new_v4()].map(Worker::new);
    let lease = Duration::from_secs(30);
    let mut sessions = Vec::new();
    for worker in [killed, living] {
        sessions.push(Session::open(&rig.store, worker).await.unwrap().unwrap());
        let token = worker.token(Uuid::new_v4());
        let held = operations::outbox::claim(&rig.store, token, 1, &[], 0, lease, rig.now()).await;
        assert_eq!(held.unwrap().len(), 1);
    }
    // As when the process is gone: PostgreSQL ends the first one's session.
    let end = "select count(pg_terminate_backend(pid)) from (
                   select pid from pg_locks where locktype = 'advisory' and objsubid = 2
                       and database = (select oid from pg_database where datname = current_database())
                   order by (select backend_start from pg_stat_activity a where a.pid = pg_locks.pid) limit 1) first";
    assert_eq!(rig.number(end).await, 1);
    sessions_become(&rig, 1).await;
    let engine = sender(&rig, here());
    assert_eq!(engine.deliver_due().await, 0, "it may come back");
    rig.clock.pass(TimeDelta::seconds(3));
    assert_eq!(engine.deliver_due().await, 1);
    let detail = look(&rig, ids[0]).await;
    assert_eq!(detail.message.state, MessageState::Completed);
    assert_eq!(detail.attempts[1].outcome, AttemptOutcome::Lost);
    rig.clock.pass(TimeDelta::seconds(20));
    assert_eq!(engine.deliver_due().await, 0, "the other one is at work");
    assert_eq!(receiver.effects().len(), 1);
    drop(sessions);
}

#[tokio::test]
async fn what_a_node_without_an_engine_queues_is_sent_at_once_by_another() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let options = Options {
        poll: Duration::from_secs(3_600),
        outbox: Settings {
            addresses: here(),
            ..Settings::default()
        },
        ..options()
    };
    let engine = node(rig.database.store(), options, rig.clock.shared());
    let stop = tokio_util::sync::CancellationToken::new();
    let telling = tokio::spawn(engine::outbox::announce(rig.store.clone(), stop.clone()));
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    sessions_become(&rig, 1).await;
    queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap();
    let patience = std::time::Instant::now();
    while receiver.effects().is_empty() {
        assert!(patience.elapsed() < Duration::from_secs(10), "never sent");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    running.await.unwrap();
    telling.await.unwrap();
    assert!(
        all(&rig)
            .await
            .iter()
            .all(|m| m.state == MessageState::Completed)
    );
}

#[tokio::test]
async fn more_than_one_batch_for_one_program_goes_through_a_running_node_in_its_order() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let messages: Vec<NewMessage> = (0..600)
        .map(|n| message(endpoint, &format!("k{n}"), &format!("d{}", n / 2)))
        .collect();
    queue(&rig, &messages).await.unwrap();
    let options = Options {
        outbox: Settings {
            addresses: here(),
            ..Settings::default()
        },
        ..options()
    };
    let engine = node(rig.database.store(), options, rig.clock.shared());
    let stop = tokio_util::sync::CancellationToken::new();
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    let patience = std::time::Instant::now();
    while receiver.effects().len() < 600 {
        assert!(patience.elapsed() < Duration::from_secs(60), "never sent");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    running.await.unwrap();
    let left = "select count(*) from erp_outbox where status <> 'completed'";
    assert_eq!(
        rig.number(left).await,
        0,
        "what was sent is written before the end"
    );
    assert_eq!(receiver.requests().len(), 600, "each was sent once");
    let mut last = std::collections::HashMap::new();
    for (_, body) in receiver.effects() {
        let body: Value = serde_json::from_str(&body).unwrap();
        let n: u32 = body["data"]["key"].as_str().unwrap()[1..].parse().unwrap();
        if let Some(before) = last.insert(n / 2, n) {
            assert!(before < n, "{before} before {n}");
        }
    }
}

#[tokio::test]
async fn each_system_gets_its_share_of_a_claim_however_long_the_queue_of_another_is() {
    let rig = Rig::new(items(0)).await;
    let (busy, quiet) = (Receiver::start(&[]).await, Receiver::start(&[]).await);
    let first = endpoint(&rig, &busy, &[WebhookEvent::DocumentFinished]).await;
    let second = endpoint(&rig, &quiet, &[WebhookEvent::DocumentFinished]).await;
    let mut messages: Vec<NewMessage> = (0..300)
        .map(|n| message(first, &format!("k{n}"), &format!("d{n}")))
        .collect();
    messages.push(message(second, "last", "d1000"));
    queue(&rig, &messages).await.unwrap();
    let (store, lease) = (&rig.store, Duration::from_secs(30));
    let claim = async |limit, rooms: &[Room]| {
        let token = Uuid::new_v4();
        let claim = operations::outbox::claim(store, token, limit, rooms, 0, lease, rig.now());
        claim.await.unwrap()
    };
    let claimed = claim(4, &[]).await;
    let lanes: Vec<&str> = claimed.iter().map(|one| one.lane.as_str()).collect();
    let [first, second] = [first, second].map(|id| format!("webhook:{id}"));
    assert_eq!(lanes, [&*first, &*first, &*first, &*second]);
    let full = |places| Room {
        lane: first.clone(),
        places: Some(places),
        since: Mark::default(),
    };
    assert!(claim(100, &[full(0)]).await.is_empty(), "it has no room");
    assert_eq!(claim(100, &[full(20)]).await.len(), 20);
}

#[tokio::test]
async fn two_nodes_never_hold_the_same_message() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let messages: Vec<NewMessage> = (0..200)
        .map(|n| message(endpoint, &format!("k{n}"), &format!("d{}", n % 50)))
        .collect();
    queue(&rig, &messages).await.unwrap();
    let (one, two) = (sender(&rig, here()), sender(&rig, here()));
    tokio::join!(one.deliver_due(), two.deliver_due());
    one.deliver_due().await;
    assert_eq!(receiver.requests().len(), 200, "each was sent once");
    let mut last = std::collections::HashMap::new();
    for (_, body) in receiver.effects() {
        let body: Value = serde_json::from_str(&body).unwrap();
        let n: u32 = body["data"]["key"].as_str().unwrap()[1..].parse().unwrap();
        if let Some(before) = last.insert(n % 50, n) {
            assert!(before < n, "{before} before {n}");
        }
    }
}

#[tokio::test]
async fn a_queued_message_is_sent_at_once_by_a_running_node() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let options = Options {
        poll: Duration::from_secs(3_600),
        outbox: Settings {
            addresses: here(),
            ..Settings::default()
        },
        ..options()
    };
    // The node's own store: a commit there is what wakes it.
    let engine = node(rig.store.clone(), options, rig.clock.shared());
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap();
    let patience = std::time::Instant::now();
    while receiver.effects().is_empty() {
        assert!(patience.elapsed() < Duration::from_secs(10), "never sent");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stop.cancel();
    running.await.unwrap();
    assert!(
        all(&rig)
            .await
            .iter()
            .all(|m| m.state == MessageState::Completed)
    );
}

/// Nodes begin where messages waited a moment ago; a change may take longer than that until it is committed.
#[tokio::test]
async fn a_message_that_was_due_long_before_it_could_be_seen_is_sent_all_the_same() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let (engine, stop) = (
        sender(&rig, here()),
        tokio_util::sync::CancellationToken::new(),
    );
    let running = tokio::spawn({
        let stop = stop.clone();
        async move { engine.run(stop).await }
    });
    queue(&rig, &[message(endpoint, "k1", "d1")]).await.unwrap();
    let sent = async |count| {
        let patience = std::time::Instant::now();
        while receiver.effects().len() < count {
            assert!(patience.elapsed() < Duration::from_secs(60), "never sent");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    sent(1).await;
    // Another look at where messages begin, after which it begins there.
    tokio::time::sleep(Duration::from_millis(1_200)).await;
    let (company, long_ago) = (rig.people.company, rig.now() - TimeDelta::hours(1));
    let mut tx = rig.store.begin(Scope::Company(company)).await.unwrap();
    let late = [message(endpoint, "k2", "d2")];
    operations::outbox::enqueue(&mut tx, company, &late, long_ago)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    sent(2).await;
    stop.cancel();
    running.await.unwrap();
}
