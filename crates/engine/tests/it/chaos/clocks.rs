//! A clock that is moved back.

use super::{enqueue, messages, site, steady};
use crate::accounts::look;
use crate::books::{Books, Mood};
use chrono::TimeDelta;
use domain::outbox::MessageState;
use std::time::Duration;
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
    let claimed = operations::outbox::claim(&rig.store, token, 1, &[], lease, rig.now()).await;
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
