//! A database that was restored from an older copy.

use super::{OPEN, enqueue, lost, messages, site, steady};
use crate::books::Books;
use chrono::TimeDelta;
use testkit::chaos::Trial;

#[tokio::test]
async fn what_is_sent_again_after_an_older_copy_was_restored_carries_the_same_references() {
    an_older_copy_is_restored(40).await;
}

/// So many messages are written, then the queue is as a copy from before says.
pub async fn an_older_copy_is_restored(count: usize) {
    let trial = Trial::begin("an older copy is restored", format!("{count} messages"));
    let (rig, books) = (site().await, Books::open(&[]).await);
    books.recognise();
    let all = messages(rig.connection, count, count);
    let ids = enqueue(&rig.store, &rig.people, &all, rig.now()).await;
    let ids = ids.unwrap();
    sqlx::raw_sql("create table copied as table erp_outbox")
        .execute(&rig.admin)
        .await
        .unwrap();
    steady(&rig, &books).deliver_due().await;
    let (entries, sent) = (books.entries(), books.lines().len());
    rig.clock.pass(TimeDelta::hours(1));
    sqlx::raw_sql(
        "delete from erp_outbox_attempts;
         update erp_outbox o
         set status = c.status, attempts = c.attempts, next_run_at = c.next_run_at, outcome_unknown = c.outcome_unknown,
             result_payload = c.result_payload, processed_at = c.processed_at,
             processing_started_at = c.processing_started_at, updated_at = c.updated_at
         from copied c where c.id = o.id",
    )
    .execute(&rig.admin)
    .await
    .unwrap();
    steady(&rig, &books).deliver_due().await;
    assert_eq!(books.lines().len(), 2 * sent, "each is sent again");
    assert_eq!(books.entries(), entries, "and recognised");
    assert_eq!(rig.number(OPEN).await, 0);
    trial.end(lost(&books, &ids), books.doubled());
}
