//! What an installation starts with.

use crate::harness::Harness;
use server::seed;

#[tokio::test]
async fn seeding_twice_changes_nothing() {
    let server = Harness::start().await;
    let (store, now) = (&server.store, server.now());
    let count = async || -> Vec<i64> {
        let mut counts = Vec::new();
        let mut tx = store.pool().begin().await.unwrap();
        sqlx::query("set local crossdock.system = 'on'")
            .execute(&mut *tx)
            .await
            .unwrap();
        for table in [
            "companies",
            "warehouses",
            "uoms",
            "shifts",
            "teams",
            "users",
            "user_warehouses",
            "connections",
            "schedules",
            "mappings",
        ] {
            let statement = format!("select count(*) from {table}");
            let count = sqlx::query_scalar(sqlx::AssertSqlSafe(statement));
            counts.push(count.fetch_one(&mut *tx).await.unwrap());
        }
        counts
    };
    let set_up = async || {
        let site = seed::site(store, seed::COMPANY, "VELE_TEST").await.unwrap();
        seed::demo_people(store, site, now).await.unwrap();
        seed::demo_connection(store, site, &server.settings, &server.secret, now)
            .await
            .unwrap();
    };
    set_up().await;
    let first = count().await;
    let before = store::users::find_for_login(store, "marko")
        .await
        .unwrap()
        .unwrap();
    set_up().await;
    assert_eq!(count().await, first);
    let after = store::users::find_for_login(store, "marko")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(before.password_hash, after.password_hash);
    assert_eq!(before.auth_epoch, after.auth_epoch, "sessions survive");
}

#[tokio::test]
async fn the_demo_connection_has_its_schedules_and_its_main_warehouse_answered() {
    let server = Harness::start().await;
    let (store, now) = (&server.store, server.now());
    seed::demo_connection(store, server.site, &server.settings, &server.secret, now)
        .await
        .unwrap();
    let ana = server.caller("ana").await;
    let connection = store::connections::list(store, &ana).await.unwrap()[0].id;
    let detail = store::connections::get(store, &ana, connection)
        .await
        .unwrap();
    let mut crons: Vec<&str> = detail
        .schedules
        .iter()
        .map(|line| line.cron.as_str())
        .collect();
    crons.sort_unstable();
    assert_eq!(
        crons,
        [
            "0 */2 * * *",
            "0 2 * * *",
            "15 * * * *",
            "30 */2 * * *",
            "30 2 * * *"
        ]
    );
    assert_eq!(detail.secrets_set, ["password"]);
    assert!(!detail.settings.to_string().contains("change-me"));
    let mappings = store::mappings::list(
        store,
        &ana,
        &domain::mapping::MappingFilter::default(),
        Default::default(),
        None,
        100,
    )
    .await
    .unwrap()
    .rows;
    assert_eq!(mappings[0].target.as_deref(), Some("VELE_TEST"));
}
