//! The end of a full pass, on tables the planner knows nothing of yet.

use domain::SyncRunId;
use domain::sync::Entity;
use store::sync_seen::{self, Unseen};
use store::{Scope, Store};
use testkit::clock;
use testkit::db::TestDatabase;
use testkit::people::People;
use testkit::upstream::silent;

const RUN: SyncRunId = SyncRunId(1);

/// 20,000 items of one account, of which the pass met all but ten; nothing is analysed.
async fn met_all_but_ten(database: &TestDatabase) -> (Store, People, domain::ConnectionId) {
    let store = database.store();
    let people = People::settle(&store, clock::start()).await;
    let connection = silent(&store, &people, clock::start()).await;
    let admin = testkit::traces::superuser(database);
    sqlx::query(
        "insert into items (company_id, connection_id, code, name, uom, active, synced_at)
         select $1, $2, 'I' || n, 'Item', 'KOM', true, now() from generate_series(1, 20000) n",
    )
    .bind(people.ana.company_id.0)
    .bind(connection.0)
    .execute(&admin)
    .await
    .unwrap();
    let mut tx = store.begin(Scope::Company(people.company)).await.unwrap();
    for page in 0..20 {
        let keys: Vec<String> = (1..=1000)
            .map(|n| format!("I{}", page * 1000 + n))
            .collect();
        let met = if page == 7 { &keys[10..] } else { &keys[..] };
        sync_seen::record(&mut tx, RUN, met).await.unwrap();
    }
    tx.commit().await.unwrap();
    (store, people, connection)
}

#[tokio::test]
async fn a_first_full_pass_does_not_compare_every_row_with_every_key() {
    let database = TestDatabase::create().await;
    let (_, people, connection) = met_all_but_ten(&database).await;
    // 400 million comparisons do not end within this; 40,000 do at any load.
    let limit = format!(
        "alter database {} set statement_timeout = '5s'",
        database.name()
    );
    let admin = testkit::traces::superuser(&database);
    sqlx::query(sqlx::AssertSqlSafe(limit))
        .execute(&admin)
        .await
        .unwrap();
    let store = database.store();
    let mut tx = store.begin(Scope::Company(people.company)).await.unwrap();
    assert_eq!(sync_seen::count(&mut tx, RUN).await.unwrap(), 19_990);
    let found = sync_seen::count_unseen(&mut tx, Entity::Items, connection, RUN).await;
    assert_eq!(
        found.unwrap(),
        Unseen {
            active: 20_000,
            unseen: 10
        }
    );
    let at = clock::start();
    let done = sync_seen::deactivate_unseen(&mut tx, Entity::Items, connection, RUN, at).await;
    assert_eq!(done.unwrap(), 10);
}
