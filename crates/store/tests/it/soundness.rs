//! What the database itself holds a message to.

use sqlx::AssertSqlSafe;
use testkit::db::TestDatabase;

#[tokio::test]
async fn a_message_that_contradicts_itself_is_refused() {
    let database = TestDatabase::create().await;
    let admin = testkit::traces::superuser(&database);
    sqlx::raw_sql(
        "insert into companies (name) values ('Kolibri d.o.o.');
         insert into erp_outbox (company_id, idempotency_key, event_type, destination, lane, aggregate_key, payload,
                                 payload_hash, next_run_at)
         select id, 'key', 'alert.raised', 'email', 'email', 'about', '{}', '', now() from companies",
    )
    .execute(&admin)
    .await
    .unwrap();
    for change in [
        "idempotency_key = ''",
        "event_type = ''",
        "aggregate_key = ''",
        "destination = 'fax'",
        "destination = 'webhook'",
        "destination = 'connection'",
        "endpoint_id = 1",
        "connection_id = 1",
        "lane = 'connection:1'",
        "destination = 'webhook', endpoint_id = 1, lane = 'webhook:2'",
        "status = 'lost'",
        "status = 'completed'",
        "processed_at = now()",
        "cause = 'weather'",
        "attempts = -1",
        "max_attempts = 0",
        "max_attempts = 11",
        "round = -1",
    ] {
        let text = format!("update erp_outbox set {change}");
        let refused = sqlx::query(AssertSqlSafe(text)).execute(&admin).await;
        let Err(refused) = refused else {
            panic!("{change}: taken");
        };
        let refused = refused.to_string();
        assert!(refused.contains("erp_outbox_sound"), "{change}: {refused}");
    }
    let sound =
        "update erp_outbox set destination = 'webhook', endpoint_id = 1, lane = 'webhook:1',
                                       status = 'completed', processed_at = now(), cause = 'busy'";
    sqlx::query(sound).execute(&admin).await.unwrap();
}

#[tokio::test]
async fn a_restore_which_searches_no_schema_can_check_its_messages() {
    let database = TestDatabase::create().await;
    let admin = testkit::traces::superuser(&database);
    sqlx::raw_sql(
        "set search_path = '';
         insert into public.companies (name) values ('Kolibri d.o.o.');
         insert into public.erp_outbox (company_id, idempotency_key, event_type, destination, lane, aggregate_key,
                                        payload, payload_hash, correlation_id, next_run_at)
         select id, 'key', 'alert.raised', 'email', 'email', 'about', '{}', '', 'cause', now() from public.companies;
         reset search_path",
    )
    .execute(&admin)
    .await
    .unwrap();
}
