//! Counts of messages equal the kept rows, whatever happens to them and however much of it is folded.

mod plain;
mod site;

use chrono::TimeDelta;
use domain::outbox::MessageState;
use domain::user::Caller;
use plain::plain_list;
use site::{Site, TAKE, every_minute, now};
use sqlx::Row as _;
use store::Store;
use store::outbox::{Filter, differences, fold, prune, prune_sums, rebuild_sums};
use uuid::Uuid;

/// Acts of a random history.
const ACTS: usize = 400;

#[tokio::test]
async fn status_and_metrics_equal_a_plain_recount_after_any_history() {
    let mut site = Site::new().await;
    for number in 0..ACTS {
        site.act().await;
        if number % 40 == 39 {
            site.check().await;
        }
    }
    site.end_some().await;
    site.check().await;
    while fold(&site.store, 50).await.unwrap() > 0 {}
    site.check().await;
    let metrics = store::erp::metrics(&site.store, &site.people.ana, 168, now()).await;
    let metrics = metrics.unwrap();
    assert!(
        metrics.total_succeeded > 20 && metrics.total_failed > 0,
        "{metrics:?}"
    );
    assert!(metrics.retry_metrics.total_retries > 0, "{metrics:?}");
}

#[tokio::test]
async fn what_is_pruned_leaves_the_counts_and_what_is_kept_stays_in_them() {
    let mut site = Site::new().await;
    for _ in 0..150 {
        site.act().await;
    }
    let kept = now() - TimeDelta::days(2);
    assert!(
        prune(&site.store, kept).await.unwrap() > 0,
        "something was old"
    );
    site.check().await;
    while fold(&site.store, 1_000).await.unwrap() > 0 {}
    prune_sums(&site.store, now() - TimeDelta::days(8))
        .await
        .unwrap();
    site.check_without_old_minutes().await;
    prune(&site.store, now() + TimeDelta::days(1))
        .await
        .unwrap();
    while fold(&site.store, 1_000).await.unwrap() > 0 {}
    prune_sums(&site.store, now() - TimeDelta::days(8))
        .await
        .unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from erp_outbox_sums")
        .fetch_one(&site.admin)
        .await
        .unwrap();
    assert_eq!(left, 0, "nothing is counted of what is gone");
    let status = store::erp::status(&site.store, &site.people.ana).await;
    assert_eq!(status.unwrap().completed_count, 0);
}

#[tokio::test]
async fn counts_that_differ_are_found_and_made_what_the_rows_say() {
    let mut site = Site::new().await;
    for _ in 0..150 {
        site.act().await;
    }
    fold(&site.store, 1_000).await.unwrap();
    sqlx::query("update erp_outbox_sums set completed = completed + 1 where grain = 'ever'")
        .execute(&site.admin)
        .await
        .unwrap();
    assert!(differences(&site.store, every_minute()).await.unwrap() > 0);
    assert!(rebuild_sums(&site.store, every_minute()).await.unwrap() > 0);
    site.check().await;
}

#[tokio::test]
async fn a_batch_of_acknowledgements_appends_a_row_per_lane_and_minute_and_a_claim_none() {
    let mut site = Site::new().await;
    for _ in 0..30 {
        site.queue(10).await;
    }
    let at = now();
    for place in 0..5 {
        site.run(TAKE, place, at).await;
    }
    assert_eq!(deltas(&site).await, (0, 0), "nothing has ended");
    site.run(
        "with ended as (delete from erp_outbox_leases)
         update erp_outbox set status = 'completed', created_at = $2, processed_at = $2 where seq > $1",
        0,
        at,
    )
    .await;
    let (rows, completed) = deltas(&site).await;
    assert_eq!(completed, 300);
    assert!(rows <= 4, "one per lane: {rows}");
}

/// Rows and accepted messages in what is not folded.
async fn deltas(site: &Site) -> (i64, i64) {
    let row =
        sqlx::query("select count(*), coalesce(sum(completed), 0)::bigint from erp_outbox_deltas")
            .fetch_one(&site.admin)
            .await
            .unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn every_filter_of_the_deliveries_turns_all_pages_and_meets_each_message_once() {
    let mut site = Site::new().await;
    for _ in 0..200 {
        site.act().await;
    }
    let [here, there] = site.connections;
    let mut filters = vec![Filter::default()];
    for state in [
        MessageState::Pending,
        MessageState::InProgress,
        MessageState::Completed,
        MessageState::Dead,
        MessageState::Discarded,
    ] {
        let state = Some(state);
        filters.push(Filter {
            state,
            ..Filter::default()
        });
        filters.push(Filter {
            state,
            connection: Some(here),
            ..Filter::default()
        });
        filters.push(Filter {
            state,
            endpoint: Some(domain::WebhookId(site.endpoint)),
            ..Filter::default()
        });
    }
    filters.push(Filter {
        connection: Some(there),
        ..Filter::default()
    });
    compare(&site, &filters).await;
}

#[tokio::test]
async fn each_group_of_dead_messages_leads_to_its_messages_and_their_pages_meet_each_once() {
    let mut site = Site::new().await;
    for _ in 0..200 {
        site.act().await;
    }
    site.end_some().await;
    for statement in [
        "update erp_outbox set event_type = 'inventory.bom.upsert' where seq % 2 = 0",
        "update erp_outbox set cause = 'rejected' where status <> 'pending' and seq % 3 = 0",
    ] {
        sqlx::query(statement).execute(&site.admin).await.unwrap();
    }
    let groups = store::outbox::groups(&site.store, &site.people.ana).await;
    let groups = groups.unwrap();
    assert!(groups.len() > 4, "{groups:?}");
    let mut filters = Vec::new();
    for group in &groups {
        let filter = Filter {
            state: Some(MessageState::Dead),
            cause: Some(group.cause.into()),
            event: Some(&group.event_type),
            lane: Some(&group.lane),
            ..Filter::default()
        };
        let listed = turned(&site.store, &site.people.ana, filter).await;
        assert_eq!(
            i64::try_from(listed.len()).unwrap(),
            group.messages,
            "{group:?}"
        );
        filters.push(filter);
        filters.push(Filter {
            state: None,
            ..filter
        });
        filters.push(Filter {
            cause: filter.cause,
            ..Filter::default()
        });
        for state in MessageState::ALL {
            filters.push(Filter {
                state: Some(*state),
                event: filter.event,
                ..Filter::default()
            });
        }
    }
    compare(&site, &filters).await;
}

#[tokio::test]
async fn a_message_is_found_by_a_part_of_the_code_of_its_goods_and_by_its_whole_key() {
    let site = Site::new().await;
    for connection in site.connections {
        sqlx::query(
            "insert into erp_outbox (company_id, idempotency_key, event_type, destination, connection_id, lane,
                                     aggregate_key, payload, payload_hash, next_run_at)
             values ($1, 'key-' || $2::bigint, 'inventory.bom.upsert', 'connection', $2, 'connection:' || $2,
                     'connection:' || $2 || ':bom:AW-0530', '{}', '', now())",
        )
        .bind(site.people.company.0)
        .bind(connection.0)
        .execute(&site.admin)
        .await
        .unwrap();
    }
    let found = async |caller: &Caller, text: &str| {
        let filter = Filter {
            number: Some(text),
            ..Filter::default()
        };
        turned(&site.store, caller, filter).await.len()
    };
    let key = format!("key-{}", site.connections[0].0);
    let people = &site.people;
    for accepted in [false, true] {
        if accepted {
            let accept = "update erp_outbox set status = 'completed', processed_at = now()";
            sqlx::query(accept).execute(&site.admin).await.unwrap();
        }
        assert_eq!(found(&people.ana, "aw-05").await, 2);
        assert_eq!(found(&people.ana, &key).await, 1);
        assert_eq!(found(&people.marko, "AW-0530").await, 1, "of his site");
        assert_eq!(found(&people.stranger, "AW-0530").await, 0);
        assert_eq!(found(&people.stranger, &key).await, 0);
        for none in ["key-", "connection:", "AW%0530", "AW-0531"] {
            assert_eq!(found(&people.ana, none).await, 0, "{none}");
        }
    }
}

/// Each caller is shown page by page what the rows say.
async fn compare(site: &Site, filters: &[Filter<'_>]) {
    for caller in [&site.people.ana, &site.people.marko, &site.people.stranger] {
        for filter in filters {
            let listed = turned(&site.store, caller, *filter).await;
            assert_eq!(
                listed,
                plain_list(&site.admin, caller, *filter).await,
                "{filter:?}"
            );
        }
    }
}

/// All pages of seven rows.
async fn turned(store: &Store, caller: &Caller, filter: Filter<'_>) -> Vec<Uuid> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let page = store::outbox::list(store, caller, filter, cursor.as_ref(), 7).await;
        let page = page.unwrap();
        ids.extend(page.rows.iter().map(|row| row.id));
        cursor = page.next;
        if cursor.is_none() {
            return ids;
        }
    }
}
