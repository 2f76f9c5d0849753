//! A clock that is moved back.

use super::{OPEN, enqueue, lost, messages, site, steady};
use crate::accounts::look;
use crate::books::{Books, Mood};
use crate::support::Rig;
use chrono::TimeDelta;
use domain::outbox::MessageState;
use engine::Engine;
use std::time::Duration;
use testkit::chaos::{Chance, Trial};
use uuid::Uuid;

#[tokio::test]
async fn a_clock_moved_back_an_hour_sends_nothing_early_and_takes_nothing_from_others() {
    let (rig, books) = (site().await, Books::open(&[Mood::Refuse(500)]).await);
    let all = messages(rig.connection, 3, 3);
    let send = async |n: usize| {
        let one = std::slice::from_ref(&all[n]);
        enqueue(&rig.store, &rig.people, one, rig.now())
            .await
            .unwrap()[0]
    };
    let engine = steady(&rig, &books);
    let failed = send(0).await;
    assert_eq!(engine.deliver_due().await, 1);
    let due = look(&rig, failed).await.message.next_run_at;
    let held = send(1).await;
    let (token, lease) = (Uuid::new_v4(), Duration::from_secs(30));
    let claimed = operations::outbox::claim(&rig.store, token, 1, &[], 0, lease, rig.now()).await;
    assert_eq!(claimed.unwrap()[0].id, held);
    rig.clock.pass(TimeDelta::hours(-1));
    assert_eq!(engine.deliver_due().await, 0, "neither is due or free");
    // What is queued by the new time goes at once.
    let new = send(2).await;
    assert_eq!(engine.deliver_due().await, 1);
    assert_eq!(look(&rig, new).await.message.state, MessageState::Completed);
    rig.clock.set(due - TimeDelta::milliseconds(1));
    assert_eq!(engine.deliver_due().await, 0, "not early");
    rig.clock.set(due + TimeDelta::seconds(30));
    assert_eq!(engine.deliver_due().await, 2);
    for id in [failed, held] {
        assert_eq!(look(&rig, id).await.message.state, MessageState::Completed);
    }
    assert_eq!(books.entries().len(), 3);
    assert_eq!(books.doubled(), 0);
}

#[tokio::test]
async fn a_clock_that_jumps_about_loses_and_doubles_no_message() {
    a_clock_jumps(80).await;
}

/// Two nodes and some that die go by a clock that jumps by up to an hour either way.
pub async fn a_clock_jumps(count: usize) {
    let trial = Trial::begin("clock jumps by up to an hour", format!("{count} messages"));
    let mut chance = Chance::of_run();
    let (rig, books) = (site().await, Books::open(&[]).await);
    books.each(25, Mood::Refuse(500));
    let all = messages(rig.connection, count, count);
    let mut ids = Vec::with_capacity(count);
    for part in all.chunks(20) {
        let queued = enqueue(&rig.store, &rig.people, part, rig.now()).await;
        ids.extend(queued.unwrap());
        if chance.below(2) == 0 {
            takes_and_dies(&rig).await;
        }
        let nodes = [steady(&rig, &books), steady(&rig, &books)];
        futures::future::join_all(nodes.iter().map(Engine::deliver_due)).await;
        let minutes = i64::try_from(chance.below(121)).unwrap() - 60;
        rig.clock.pass(TimeDelta::minutes(minutes));
    }
    let node = steady(&rig, &books);
    for _ in 0..200 {
        if rig.number(OPEN).await == 0 {
            break;
        }
        rig.clock.pass(TimeDelta::minutes(30));
        node.deliver_due().await;
    }
    trial.end(lost(&books, &ids), books.doubled());
}

/// A worker that holds some messages and is never heard of again.
async fn takes_and_dies(rig: &Rig) {
    let token = store::outbox::Worker::new(Uuid::new_v4()).token(Uuid::new_v4());
    let lease = Duration::from_secs(30);
    operations::outbox::claim(&rig.store, token, 5, &[], 0, lease, rig.now())
        .await
        .unwrap();
}
