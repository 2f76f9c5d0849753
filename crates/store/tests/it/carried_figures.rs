//! Figures of a database that is older than the queue of acts.

use sqlx::PgPool;
use sqlx::migrate::Migrator;
use store::kpis;
use testkit::db::TestDatabase;
use testkit::traces::{number, superuser};

/// The migration that queues acts.
const QUEUED: i64 = 20_261_128_203_000;

async fn run(admin: &PgPool, statement: &'static str) {
    sqlx::raw_sql(statement).execute(admin).await.unwrap();
}

/// A database as it was before, with six picks: five as deltas, the last one folded.
async fn older() -> (TestDatabase, PgPool) {
    let database = TestDatabase::create_empty().await;
    let all = sqlx::migrate!("../../migrations");
    let earlier = all.iter().filter(|migration| migration.version < QUEUED);
    let earlier = Migrator::with_migrations(earlier.cloned().collect());
    earlier.run(&database.pool()).await.unwrap();
    let admin = superuser(&database);
    run(
        &admin,
        "with company as (
             insert into companies (name) values ('Kolibri') returning id
         ), site as (
             insert into warehouses (company_id, code, name, time_zone)
             select id, 'VELE', 'Veleprodaja', 'Europe/Belgrade' from company
             returning id, company_id
         ), person as (
             insert into users (company_id, login, name, role, password_hash)
             select company_id, 'marko', 'Marko', 'worker', 'none' from site
             returning id
         ), account as (
             insert into connections (company_id, name, kind, warehouse_id, base_url)
             select company_id, 'Pantheon', 'pantheon', id, 'http://erp.example.invalid' from site
             returning id
         ), document as (
             insert into documents (company_id, connection_id, kind, number, doc_type, dated_on, warehouse_name,
                 warehouse_key, warehouse_id, content_hash, imported_at, updated_at, status, lines_total,
                 lines_wms)
             select site.company_id, account.id, 'dispatch', '1', 'OTP', '2026-11-20', 'VELE', 'vele', site.id, '',
                 '2026-11-20T07:00:00Z', '2026-11-20T07:00:00Z', 'in_progress', 1, 1
             from site, account
             returning id
         ), line as (
             insert into document_lines (company_id, document_id, line_key, position, item_code, item_name, uom,
                 match_state, exists_in_wms, wms_flag, requested)
             select site.company_id, document.id, '1', 1, 'A', 'Item', 'KOM', 'unmatched', true, true, 99
             from site, document
             returning id
         ), task as (
             insert into tasks (company_id, warehouse_id, document_id, kind, state, worker_id, created_at,
                 started_at)
             select site.company_id, site.id, document.id, 'pick', 'claimed', person.id, '2026-11-20T07:00:00Z',
                 '2026-11-20T08:00:00Z'
             from site, person, document
             returning id, company_id, warehouse_id, worker_id
         )
         insert into operations (id, company_id, warehouse_id, task_id, line_id, user_id, credited_user_id, kind,
             accepted, quantity, device, made_at, recorded_at, request, answer)
         select gen_random_uuid(), task.company_id, task.warehouse_id, task.id, line.id, task.worker_id,
             task.worker_id, 'pick', true, 1, 'handheld', moment, moment, '{}', '{}'
         from task, line,
              generate_series('2026-11-20T09:00:00Z'::timestamptz, '2026-11-20T09:50:00Z', '10 minutes') moment",
    )
    .await;
    run(
        &admin,
        "insert into kpi_rollups
         select r.* from kpi_deltas d
         cross join lateral (values ('hour', d.day, d.hour), ('day', d.day, 0),
                                    ('month', d.day - (extract(day from d.day)::int - 1), 0)) g (grain, day, hour)
         cross join lateral jsonb_populate_record(
             null::kpi_rollups,
             to_jsonb(d) || jsonb_build_object('grain', g.grain, 'day', g.day, 'hour', g.hour)) r
         where d.id = (select max(id) from kpi_deltas);
         delete from kpi_deltas where id = (select max(id) from kpi_deltas)",
    )
    .await;
    (database, admin)
}

#[tokio::test]
async fn figures_kept_before_acts_were_queued_equal_the_rows_after_the_migration() {
    let (database, admin) = older().await;
    let store = database.store();
    store.migrate().await.unwrap();
    assert_eq!(kpis::differences(&store).await.unwrap(), 0);
    run(
        &admin,
        "insert into operations (id, company_id, warehouse_id, task_id, line_id, user_id, credited_user_id, kind,
             accepted, quantity, device, made_at, recorded_at, request, answer)
         select gen_random_uuid(), company_id, warehouse_id, task_id, line_id, user_id, credited_user_id, kind,
             accepted, quantity, device, made_at, recorded_at + interval '1 hour', request, answer
         from operations order by seq limit 1",
    )
    .await;
    assert_eq!(
        number(&admin, "select count(*) from kpi_acts").await,
        1,
        "the act is queued"
    );
    assert_eq!(kpis::differences(&store).await.unwrap(), 0);
    while kpis::fold(&store, 2).await.unwrap() > 0 {}
    assert_eq!(kpis::differences(&store).await.unwrap(), 0);
    let left = "select (select count(*) from kpi_acts) + (select count(*) from kpi_deltas)";
    assert_eq!(number(&admin, left).await, 0);
    let equal = "select count(*) from (
                     select grain from kpi_rollups group by grain
                     having sum(quantity) = 7 and sum(picks) = 7 and sum(lines) = 1
                 ) grains";
    assert_eq!(number(&admin, equal).await, 3);
}
