//! What it costs to tell whether results get through to accounts.

use crate::counted::rows_read;
use store::Store;
use testkit::clock;
use testkit::db::TestDatabase;
use testkit::people::People;
use testkit::upstream::silent;

/// The one account accepted all there is, so that the planner expects the same of any other.
#[tokio::test]
async fn whether_results_get_through_to_an_account_reads_none_of_what_others_accepted() {
    let database = TestDatabase::create().await;
    // One connection, so that what it counts is at hand.
    let store = Store::connect(&database.url(), 1).await.unwrap();
    let people = People::settle(&store, clock::start()).await;
    let admin = testkit::traces::superuser(&database);
    let busy = silent(&store, &people, clock::start()).await;
    let idle: i64 = sqlx::query_scalar(
        "insert into connections (company_id, name, kind, warehouse_id, base_url)
         values ($1, 'Idle', 'pantheon', $2, 'http://idle.example.invalid') returning id",
    )
    .bind(people.company.0)
    .bind(people.other_warehouse.0)
    .fetch_one(&admin)
    .await
    .unwrap();
    let made = "insert into erp_outbox (company_id, idempotency_key, event_type, destination, connection_id, lane,
                                        aggregate_key, payload, payload_hash, next_run_at, status, attempts, cause,
                                        processed_at)
                select $1, $3 || n, 'document.result', 'connection', $2, 'connection:' || $2, $3 || n, '{}', '', now(), $3,
                       $4, $5, case when $3 = 'completed' then now() end
                from generate_series(1, $6) n";
    for (connection, status, attempts, cause, count) in [
        (busy.0, "completed", 0, None, 20_000),
        (idle, "pending", 1, Some("unreachable"), 1),
    ] {
        sqlx::query(made)
            .bind(people.company.0)
            .bind(connection)
            .bind(status)
            .bind(attempts)
            .bind(cause)
            .bind(count)
            .execute(&admin)
            .await
            .unwrap();
    }
    sqlx::raw_sql("vacuum analyze erp_outbox")
        .execute(&admin)
        .await
        .unwrap();
    let before = rows_read(&store, &admin).await;
    let shown = store::connections::list(&store, &people.ana).await.unwrap();
    let read = rows_read(&store, &admin).await - before;
    assert_eq!(shown.len(), 2);
    let failing = shown.iter().filter(|one| one.undelivered.is_some());
    let failing: Vec<i64> = failing.map(|one| one.id.0).collect();
    assert_eq!(failing, [idle]);
    assert!(read > 0, "nothing was counted");
    assert!(read <= 20, "{read} rows for one message that waits");
}
