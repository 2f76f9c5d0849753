//! A result that did not reach the ERP is tried again or given up by the lead of its site.

use crate::support::{FINISH, Site, pick};
use domain::document::ErpState;
use domain::outbox::MessageState;
use operations::{Error, outbox};
use serde_json::json;
use store::outbox::Filter;
use uuid::Uuid;

const REASON: &str = "the ERP is mended";

async fn run(site: &Site, statement: &'static str) {
    sqlx::query(statement).execute(&site.admin).await.unwrap();
}

/// Dispatch 1, finished, and the message with its result, which is dead.
async fn given_up() -> (Site, Uuid) {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    run(
        &site,
        "update connections set push_kinds = array['document.result'], delivery = '{\"write_back\": true}'",
    )
    .await;
    let (marko, id) = (&site.people.marko, task.task.id);
    site.act(marko, id, pick(task.lines[0].id, "5")).await;
    site.act(marko, id, FINISH).await;
    run(
        &site,
        "update erp_outbox set status = 'dead', cause = 'rejected', attempts = 5, last_error = 'Not like this.'",
    )
    .await;
    let (store, ana) = (&site.store, &site.people.ana);
    let page = store::outbox::list(store, ana, Filter::default(), None, 10).await;
    let rows = page.unwrap().rows;
    assert_eq!(rows.len(), 1);
    (site, rows[0].id)
}

async fn state(site: &Site, id: Uuid) -> MessageState {
    let detail = store::outbox::get(&site.store, &site.people.ana, id).await;
    detail.unwrap().message.state
}

#[tokio::test]
async fn a_lead_tries_a_result_again_hastens_it_and_discards_it_and_the_timeline_says_so() {
    let (site, id) = given_up().await;
    let (store, luka) = (&site.store, &site.people.luka);
    let erp = site.document("1").await.erp;
    let unsent = erp.unsent.unwrap();
    assert_eq!((unsent.id, unsent.state), (id, MessageState::Dead));
    assert_eq!(erp.state, ErpState::Waits);

    outbox::retry(store, luka, id, REASON, site.now())
        .await
        .unwrap();
    assert_eq!(state(&site, id).await, MessageState::Pending);
    let erp = site.document("1").await.erp;
    assert_eq!(erp.state, ErpState::Sending);
    assert_eq!(erp.unsent.unwrap().state, MessageState::Pending);

    outbox::hasten(store, luka, id, REASON, site.now())
        .await
        .unwrap();
    outbox::discard(store, luka, id, REASON, site.now())
        .await
        .unwrap();
    let erp = site.document("1").await.erp;
    assert_eq!((erp.state, erp.unsent), (ErpState::Waits, None));
    let told = "select count(*) from timeline_entries
                where kind = 'resolved' and actor = 'Luka' and message_id is not null
                  and text like '%the ERP is mended'";
    assert_eq!(site.number(told).await, 3);
}

#[tokio::test]
async fn a_result_that_was_given_up_is_shown_although_a_newer_one_waits_behind_it() {
    let (site, id) = given_up().await;
    run(
        &site,
        "insert into erp_outbox (company_id, idempotency_key, event_type, destination, connection_id, lane,
                                 aggregate_key, payload, payload_hash, max_attempts, document_id, next_run_at)
         select company_id, 'newer', event_type, destination, connection_id, lane, aggregate_key, payload, payload_hash,
                max_attempts, document_id, now()
         from erp_outbox",
    )
    .await;
    let erp = site.document("1").await.erp;
    assert_eq!(erp.unsent.unwrap().id, id);
    assert_eq!(erp.state, ErpState::Waits);
    let (store, luka) = (&site.store, &site.people.luka);
    outbox::discard(store, luka, id, REASON, site.now())
        .await
        .unwrap();
    let unsent = site.document("1").await.erp.unsent.unwrap();
    assert_ne!(unsent.id, id);
    assert_eq!(unsent.state, MessageState::Pending);
}

#[tokio::test]
async fn a_lead_of_another_site_and_a_worker_decide_nothing_about_a_result() {
    let (site, id) = given_up().await;
    let (store, now) = (&site.store, site.now());
    let mut elsewhere = site.people.luka.clone();
    elsewhere.warehouses = vec![site.people.other_warehouse];
    for who in [&elsewhere, &site.people.marko, &site.people.stranger] {
        let said = [
            outbox::retry(store, who, id, REASON, now).await,
            outbox::hasten(store, who, id, REASON, now).await,
            outbox::discard(store, who, id, REASON, now).await,
        ];
        for said in said {
            let refused = matches!(said, Err(Error::Forbidden(_) | Error::NotFound(_)));
            assert!(refused, "{}: {said:?}", who.name);
        }
    }
    assert_eq!(state(&site, id).await, MessageState::Dead);
    let luka = &site.people.luka;
    let unsaid = outbox::retry(store, luka, id, " a ", now).await;
    assert!(matches!(unsaid, Err(Error::Invalid(_))), "{unsaid:?}");
    let edited = outbox::edit(store, luka, id, None, &json!({}), REASON, now).await;
    assert!(matches!(edited, Err(Error::Forbidden(_))), "{edited:?}");
    assert_eq!(state(&site, id).await, MessageState::Dead);
}

#[tokio::test]
async fn a_message_that_carries_no_result_is_left_to_who_manages_connections() {
    let (site, id) = given_up().await;
    run(&site, "update erp_outbox set document_id = null").await;
    let (store, people, now) = (&site.store, &site.people, site.now());
    let luka = &people.luka;
    for said in [
        outbox::retry(store, luka, id, REASON, now).await,
        outbox::hasten(store, luka, id, REASON, now).await,
        outbox::discard(store, luka, id, REASON, now).await,
    ] {
        assert!(matches!(said, Err(Error::Forbidden(_))), "{said:?}");
    }
    outbox::retry(store, &people.ana, id, REASON, now)
        .await
        .unwrap();
    assert_eq!(state(&site, id).await, MessageState::Pending);
}
