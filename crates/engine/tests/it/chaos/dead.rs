//! A great many dead messages are put back at once.

use super::{OPEN, assert_in_order, enqueue, lost, messages, site, steady};
use crate::books::Books;
use domain::outbox::{Cause, DeadFilter};
use testkit::chaos::Trial;

#[tokio::test]
async fn a_thousand_dead_messages_are_put_back_together_and_written_once_in_their_order() {
    dead_messages_are_put_back(1_000, 100).await;
}

/// So many messages about so many products died of one cause; a person retries them all.
pub async fn dead_messages_are_put_back(count: usize, products: usize) {
    let size = format!("{count} messages, {products} keys");
    let trial = Trial::begin("dead messages are put back together", size);
    let (rig, books) = (site().await, Books::open(&[]).await);
    let (store, ana) = (&rig.store, &rig.people.ana);
    let mut ids = Vec::with_capacity(count);
    for part in messages(rig.connection, count, products).chunks(1_000) {
        ids.extend(enqueue(store, &rig.people, part, rig.now()).await.unwrap());
    }
    // As if each had been given up.
    sqlx::query("update erp_outbox set status = 'dead', cause = 'settings', attempts = 5")
        .execute(&rig.admin)
        .await
        .unwrap();
    let groups = store::outbox::groups(store, ana).await.unwrap();
    let all = i64::try_from(count).unwrap();
    assert_eq!(groups.iter().map(|group| group.messages).sum::<i64>(), all);
    let filter = DeadFilter {
        cause: Some(Cause::Settings),
        ..DeadFilter::default()
    };
    let now = rig.now();
    let moved = operations::outbox::retry_all(store, ana, &filter, Some(all), "mended", now).await;
    assert_eq!(moved.unwrap(), u64::try_from(count).unwrap());
    steady(&rig, &books).deliver_due().await;
    assert_eq!(rig.number(OPEN).await, 0);
    assert_in_order(&books, &ids);
    trial.end(lost(&books, &ids), books.doubled());
}
