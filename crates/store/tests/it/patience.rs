//! What nobody waits for any more ends in the database too.

use sqlx::Executor as _;
use std::time::Duration;
use store::mappings::count_unanswered;
use testkit::clock;
use testkit::db::TestDatabase;
use testkit::people::People;

#[tokio::test]
async fn a_request_that_was_given_up_leaves_no_statement_running() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let people = People::settle(&store, clock::start()).await;
    let store = store.waiting_at_most(Duration::from_millis(50));
    let admin = testkit::traces::superuser(&database);
    let mut blocker = admin.begin().await.unwrap();
    blocker
        .execute("lock table mappings in access exclusive mode")
        .await
        .unwrap();
    let answer = count_unanswered(&store, &people.ana).await;
    assert!(answer.is_err(), "the statement was not stopped");
    blocker.rollback().await.unwrap();
    assert_eq!(count_unanswered(&store, &people.ana).await.unwrap(), 0);
}
