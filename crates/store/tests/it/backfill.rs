//! What is there when a migration comes is treated like what comes after it.

use sqlx::{AssertSqlSafe, PgPool};
use std::path::{Path, PathBuf};
use store::Scope;
use store::outbox::{differences, rescue};
use testkit::clock;
use testkit::db::TestDatabase;

/// The migration that begins to count.
const COUNTING: &str = "20261128210000";
/// The one from which on leases stand beside the messages.
const LEASING: &str = "20261129120000";

/// The migrations in their order: those before the one, and the rest.
fn migrations(first: &str) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let files = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .partition(|file| file.file_name().unwrap().to_str().unwrap() < first)
}

async fn apply(pool: &PgPool, files: &[PathBuf]) {
    for file in files {
        let text = std::fs::read_to_string(file).unwrap();
        sqlx::raw_sql(AssertSqlSafe(text))
            .execute(pool)
            .await
            .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
}

#[tokio::test]
async fn messages_that_ended_before_the_counting_began_are_counted() {
    let database = TestDatabase::create_empty().await;
    let (before, after) = migrations(COUNTING);
    let pool = database.pool();
    apply(&pool, &before).await;
    let admin = testkit::traces::superuser(&database);
    sqlx::raw_sql(
        "insert into companies (name) values ('Kolibri d.o.o.'), ('Galeb d.o.o.');
         insert into erp_outbox (company_id, idempotency_key, event_type, destination, aggregate_key, payload,
                                 payload_hash, status, attempts, next_run_at, processing_started_at, processed_at,
                                 created_at, updated_at)
         select c.id, 'k' || n, 'alert.raised', 'email', 'k', '{}', '',
                case n % 4 when 0 then 'pending' when 1 then 'discarded' else 'completed' end, n % 3, e.ended_at,
                case when n % 5 > 0 then e.ended_at - interval '1.5 s' end,
                case when n % 4 > 0 then e.ended_at end, e.ended_at - interval '3 min', e.ended_at
         from companies c
         cross join generate_series(1, 400) n
         cross join lateral (select timestamptz '2026-11-20 08:00+00' + n * interval '7 min 13 s' as ended_at) e",
    )
    .execute(&admin)
    .await
    .unwrap();
    apply(&pool, &after).await;
    let counted: (i64, i64, i64) = sqlx::query_as(
        "select sum(completed)::bigint, sum(discarded)::bigint, sum(arrived)::bigint from erp_outbox_sums
         where grain = 'ever'",
    )
    .fetch_one(&admin)
    .await
    .unwrap();
    assert_eq!(counted, (400, 200, 600));
    let every_minute = clock::start() - chrono::TimeDelta::days(400);
    let store = database.store();
    assert_eq!(differences(&store, every_minute).await.unwrap(), 0);
    sqlx::query("delete from erp_outbox where status = 'completed'")
        .execute(&admin)
        .await
        .unwrap();
    assert_eq!(differences(&store, every_minute).await.unwrap(), 0);
}

#[tokio::test]
async fn messages_that_were_held_when_leases_moved_stay_held_and_are_taken_back_in_time() {
    let database = TestDatabase::create_empty().await;
    let (before, after) = migrations(LEASING);
    let pool = database.pool();
    apply(&pool, &before).await;
    let admin = testkit::traces::superuser(&database);
    sqlx::raw_sql(
        "insert into companies (name) values ('Kolibri d.o.o.'), ('Galeb d.o.o.');
         insert into erp_outbox (company_id, idempotency_key, event_type, destination, aggregate_key, payload,
                                 payload_hash, status, lease_token, lease_until, processing_started_at, next_run_at,
                                 created_at, updated_at)
         select c.id, 'k' || n, 'alert.raised', 'email', 'k' || n, '{}', '',
                case when h.held then 'in_progress' else 'pending' end,
                case when h.held then '00000000-0000-0000-0000-000000000001'::uuid end,
                case when h.held then t.at + interval '30 s' end, case when h.held then t.at end, t.at, t.at, t.at
         from companies c
         cross join generate_series(1, 10) n
         cross join lateral (select n % 2 = 0 as held) h
         cross join lateral (select timestamptz '2026-11-20 08:00+00' as at) t",
    )
    .execute(&admin)
    .await
    .unwrap();
    apply(&pool, &after).await;
    let held: Vec<(String, i32)> = sqlx::query_as(
        "select c.name, cardinality(l.ids) from erp_outbox_leases l join companies c on c.id = l.company_id
         order by c.name",
    )
    .fetch_all(&admin)
    .await
    .unwrap();
    let (galeb, kolibri) = ("Galeb d.o.o.".to_owned(), "Kolibri d.o.o.".to_owned());
    assert_eq!(held, [(galeb, 5), (kolibri, 5)]);
    let mut tx = database.store().begin(Scope::System).await.unwrap();
    let late = "2026-11-20T08:01:00Z".parse().unwrap();
    let lost = rescue(&mut tx, &[], 0, late).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(lost.len(), 10);
    let counts: (i64, i64) = sqlx::query_as(
        "select count(*) filter (where status = 'pending'), count(*) filter (where outcome_unknown) from erp_outbox",
    )
    .fetch_one(&admin)
    .await
    .unwrap();
    assert_eq!(counts, (20, 10));
}
