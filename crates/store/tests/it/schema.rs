//! Tables, comments, row security, indexes.

use sqlx::{PgPool, Row};
use testkit::db::TestDatabase;

/// The query's first column, as text.
async fn names(pool: &PgPool, query: &'static str) -> Vec<String> {
    let rows = sqlx::query(query).fetch_all(pool).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn the_migrations_apply_to_an_empty_database_and_again_to_a_full_one() {
    let database = TestDatabase::create_empty().await;
    let store = database.store();
    store.migrate().await.unwrap();
    store.migrate().await.unwrap();
    store.ping().await.unwrap();
}

#[tokio::test]
async fn nodes_that_start_together_migrate_once() {
    let database = TestDatabase::create_empty().await;
    let nodes = [database.store(), database.store(), database.store()];
    let [one, two, three] = &nodes;
    let all = tokio::try_join!(one.migrate(), two.migrate(), three.migrate());
    all.unwrap();
    let twice = "select version::text from _sqlx_migrations group by version having count(*) > 1";
    assert_eq!(names(&database.pool(), twice).await, [""; 0]);
}

#[tokio::test]
async fn every_table_with_a_company_forces_row_security_on_its_owner_too() {
    let database = TestDatabase::create().await;
    // The feed has no secret in it and is read by every node's tailer, for all tenants at once.
    let open = names(
        &database.pool(),
        "select c.relname::text from pg_class c
         where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
           and (c.relname = 'companies' or exists (
               select from pg_attribute a where a.attrelid = c.oid and a.attname = 'company_id'))
           and not (c.relrowsecurity and c.relforcerowsecurity
                    and exists (select from pg_policy p where p.polrelid = c.oid))
         order by 1",
    )
    .await;
    assert_eq!(open, ["live_feed"]);
}

#[tokio::test]
async fn every_table_view_and_column_says_what_it_is_for() {
    let database = TestDatabase::create().await;
    let silent = names(
        &database.pool(),
        "select format('%s.%s', c.relname, a.attname) from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
           and c.relname <> '_sqlx_migrations' and col_description(c.oid, a.attnum) is null
         union all
         select c.relname::text from pg_class c
         where c.relkind in ('r', 'v') and c.relnamespace = 'public'::regnamespace
           and c.relname <> '_sqlx_migrations' and obj_description(c.oid, 'pg_class') is null
         order by 1",
    )
    .await;
    assert_eq!(silent, [""; 0]);
}

#[tokio::test]
async fn a_message_s_state_is_worked_out_in_the_query_without_a_call() {
    let database = TestDatabase::create().await;
    let plan = names(
        &database.pool(),
        "explain verbose select message_state(o.status, h.seq) from erp_outbox o
         left join erp_outbox_taken h on h.seq = o.seq",
    )
    .await
    .join("\n");
    assert!(plan.contains("in_progress"), "{plan}");
    assert!(!plan.contains("message_state"), "{plan}");
}

#[tokio::test]
async fn views_apply_the_reader_s_row_security() {
    let database = TestDatabase::create().await;
    let as_owner = names(
        &database.pool(),
        "select relname::text from pg_class
         where relkind = 'v' and relnamespace = 'public'::regnamespace
           and not coalesce(reloptions, '{}') @> array['security_invoker=true']",
    )
    .await;
    assert_eq!(as_owner, [""; 0]);
}

#[tokio::test]
async fn the_application_s_role_is_bound_by_row_security() {
    let database = TestDatabase::create().await;
    let unbound = names(
        &database.pool(),
        "select rolname::text from pg_roles where rolname = current_user and (rolsuper or rolbypassrls)",
    )
    .await;
    assert_eq!(unbound, [""; 0]);
}

#[tokio::test]
async fn instants_carry_their_zone_and_quantities_are_exact() {
    let database = TestDatabase::create().await;
    let inexact = names(
        &database.pool(),
        "select format('%s.%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
         from pg_class c
         join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace
           and c.relname <> 'minute_samples' -- durations that were measured
           and a.atttypid in ('float4'::regtype, 'float8'::regtype, 'money'::regtype, 'timestamp'::regtype)",
    )
    .await;
    assert_eq!(inexact, [""; 0]);
}

#[tokio::test]
async fn the_outbox_keeps_the_columns_and_the_key_that_its_readers_know() {
    let database = TestDatabase::create().await;
    let columns = names(
        &database.pool(),
        "select format('%s %s%s', attname, format_type(atttypid, atttypmod),
                       case when attnotnull then ' not null' else '' end)
         from pg_attribute
         where attrelid = 'erp_outbox'::regclass and attname in (
             'id', 'saga_id', 'idempotency_key', 'event_type', 'payload', 'status', 'attempts', 'next_run_at',
             'last_error', 'result_payload', 'processing_started_at', 'processed_at', 'created_at', 'updated_at')
         order by attname collate \"C\"",
    )
    .await;
    assert_eq!(
        columns,
        [
            "attempts integer not null",
            "created_at timestamp with time zone not null",
            "event_type character varying(64) not null",
            "id uuid not null",
            "idempotency_key character varying(128) not null",
            "last_error text",
            "next_run_at timestamp with time zone not null",
            "payload jsonb not null",
            "processed_at timestamp with time zone",
            "processing_started_at timestamp with time zone",
            "result_payload jsonb",
            "saga_id uuid not null",
            "status character varying(32) not null",
            "updated_at timestamp with time zone not null",
        ]
    );
    let keys = names(
        &database.pool(),
        "select format('%s: %s', conname, pg_get_constraintdef(oid)) from pg_constraint
         where conrelid = 'erp_outbox'::regclass and contype in ('p', 'u')
         order by conname collate \"C\"",
    )
    .await;
    assert_eq!(
        keys,
        [
            "erp_outbox_pkey: PRIMARY KEY (id)",
            "uq_erp_outbox_idempotency: UNIQUE (company_id, idempotency_key)",
            "uq_erp_outbox_saga: UNIQUE (saga_id)",
        ]
    );
}
