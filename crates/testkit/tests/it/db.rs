use sqlx::{Connection as _, PgConnection};
use testkit::db::TestDatabase;

#[tokio::test]
async fn two_tests_never_see_each_others_rows() {
    let (one, other) = tokio::join!(TestDatabase::create_empty(), TestDatabase::create_empty());
    for database in [&one, &other] {
        sqlx::query("create table marks (id int primary key)")
            .execute(&database.pool())
            .await
            .unwrap();
    }
    sqlx::query("insert into marks values (1)")
        .execute(&one.pool())
        .await
        .unwrap();
    let seen: i64 = sqlx::query_scalar("select count(*) from marks")
        .fetch_one(&other.pool())
        .await
        .unwrap();
    assert_eq!(seen, 0);
}

#[tokio::test]
async fn a_fresh_database_has_every_migration_and_an_odd_time_zone() {
    let database = TestDatabase::create().await;
    let applied: i64 = sqlx::query_scalar("select count(*) from _sqlx_migrations where success")
        .fetch_one(&database.pool())
        .await
        .unwrap();
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations"))
        .unwrap()
        .filter(|file| {
            let path = file.as_ref().unwrap().path();
            path.extension().is_some_and(|extension| extension == "sql")
        })
        .count();
    assert_eq!(usize::try_from(applied).unwrap(), files);
    let zone: String = sqlx::query_scalar("show timezone")
        .fetch_one(&database.pool())
        .await
        .unwrap();
    assert_eq!(zone, testkit::db::TIME_ZONE);
}

#[tokio::test]
async fn the_role_of_a_test_is_bound_by_row_level_security() {
    let database = TestDatabase::create_empty().await;
    let unbound: bool = sqlx::query_scalar(
        "select rolsuper or rolbypassrls from pg_roles where rolname = current_user",
    )
    .fetch_one(&database.pool())
    .await
    .unwrap();
    assert!(!unbound);
}

#[tokio::test]
async fn both_addresses_lead_to_the_same_database() {
    let database = TestDatabase::create_empty().await;
    for url in [database.url(), database.admin_url()] {
        let mut connection = PgConnection::connect(&url).await.unwrap();
        let name: String = sqlx::query_scalar("select current_database()::text")
            .fetch_one(&mut connection)
            .await
            .unwrap();
        assert_eq!(name, database.name());
    }
}

#[tokio::test]
async fn a_database_is_gone_after_its_test_even_with_a_connection_open() {
    let witness = TestDatabase::create_empty().await;
    let gone = TestDatabase::create_empty().await;
    let name = gone.name().to_owned();
    let _open = gone.pool().acquire().await.unwrap();
    drop(gone);
    let exists: bool =
        sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(name)
            .fetch_one(&witness.pool())
            .await
            .unwrap();
    assert!(!exists);
}
