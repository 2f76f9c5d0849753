//! Endpoints are told in the transaction of what they are told, and only theirs.

use crate::support::{FINISH, Site, pick, request};
use domain::WebhookId;
use domain::operation::FloorAction;
use domain::shortage::ShortageReason;
use domain::user::Caller;
use domain::webhook::{WebhookEvent, WebhookForm};
use operations::webhooks::{AddressPolicy, Sealing};
use serde_json::Value;
use store::outbox::Filter;
use testkit::records;
use testkit::upstream::secret_key;

fn form(url: &str, events: &[WebhookEvent]) -> WebhookForm {
    WebhookForm {
        name: "shop".to_owned(),
        url: url.to_owned(),
        events: events.to_vec(),
        active: true,
        secret: Some("a secret of twenty-four characters".to_owned()),
    }
}

async fn save(site: &Site, form: &WebhookForm) -> operations::Result<WebhookId> {
    let key = secret_key();
    let sealing = Sealing {
        key: &key,
        nonce: [3; 12],
    };
    let policy = AddressPolicy::default();
    let ana = &site.people.ana;
    operations::webhooks::create(&site.store, ana, form, &policy, sealing, site.now()).await
}

/// What is queued, oldest first: event and data.
async fn queued(site: &Site) -> Vec<(String, Value)> {
    let (store, ana) = (&site.store, &site.people.ana);
    let rows = store::outbox::list(store, ana, Filter::default(), None, 200).await;
    let mut all = Vec::new();
    for row in rows.unwrap().rows.iter().rev() {
        let detail = store::outbox::get(store, ana, row.id).await.unwrap();
        all.push((row.event_type.clone(), detail.payload));
    }
    all
}

#[tokio::test]
async fn a_shortage_that_a_lead_accepts_is_told_like_any_other() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, id, line) = (&site.people, task.task.id, task.lines[0].id);
    save(
        &site,
        &form(
            "https://shop.example.com/hook",
            &[WebhookEvent::DocumentShortage],
        ),
    )
    .await
    .unwrap();
    site.act(&people.jelena, id, pick(line, "1")).await;
    let short = FloorAction::Short {
        line_id: line,
        reason: ShortageReason::Damaged,
        text: None,
    };
    let mut late = request(id, short);
    late.offline = true;
    site.submit(&people.marko, &late).await;
    assert!(queued(&site).await.is_empty());
    let row = "select id from exceptions where kind = 'review'";
    let exception = domain::ExceptionId(site.number(row).await);
    operations::reviews::decide(&site.store, &people.luka, exception, true, site.now())
        .await
        .unwrap();
    let told = queued(&site).await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, "document.shortage");
    assert_eq!(told[0].1["line"]["reason"], "damaged");
}

#[tokio::test]
async fn shortages_and_finished_documents_are_told_once_with_their_figures() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 2)]).await;
    let events = [
        WebhookEvent::DocumentShortage,
        WebhookEvent::DocumentFinished,
    ];
    save(&site, &form("https://shop.example.com/hook", &events))
        .await
        .unwrap();
    let (marko, id) = (&site.people.marko, task.task.id);
    let line = |code: &str| {
        task.lines
            .iter()
            .find(|line| line.item_code == code)
            .unwrap()
            .id
    };
    site.act(marko, id, pick(line("A"), "5")).await;
    let short = FloorAction::Short {
        line_id: line("B"),
        reason: ShortageReason::NotInStock,
        text: None,
    };
    // The answer was lost: the handheld sends the same act again.
    let sent = request(id, short);
    site.submit(marko, &sent).await;
    site.submit(marko, &sent).await;
    let finish = FloorAction::Finish {
        partial_confirmed: true,
    };
    site.act(marko, id, finish).await;
    let told = queued(&site).await;
    let events: Vec<&str> = told.iter().map(|(event, _)| event.as_str()).collect();
    assert_eq!(events, ["document.shortage", "document.finished"]);
    assert_eq!(told[0].1["line"]["item"], "B");
    assert_eq!(told[0].1["line"]["reason"], "not_in_stock");
    assert_eq!(told[1].1["document"]["status"], "partial");
    assert_eq!(told[1].1["lines"][0]["done"], "5");
}

#[tokio::test]
async fn what_was_told_of_a_document_is_found_by_a_part_of_its_number() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let events = [WebhookEvent::DocumentFinished];
    save(&site, &form("https://shop.example.com/hook", &events))
        .await
        .unwrap();
    let (people, number) = (&site.people, task.task.number.clone());
    site.act(&people.marko, task.task.id, pick(task.lines[0].id, "5"))
        .await;
    let finish = FloorAction::Finish {
        partial_confirmed: false,
    };
    site.act(&people.marko, task.task.id, finish).await;
    let found = async |caller: &Caller, number: &str| {
        let filter = Filter {
            number: Some(number),
            ..Filter::default()
        };
        let page = store::outbox::list(&site.store, caller, filter, None, 10).await;
        page.unwrap().rows
    };
    let rows = found(&people.ana, &number).await;
    assert_eq!(rows.len(), 1);
    let subject = rows[0].subject.as_ref().unwrap();
    assert_eq!(subject.name, number);
    assert_eq!(subject.document_id, Some(task.task.document_id));
    let begin: String = number.chars().take(1).collect();
    assert_eq!(found(&people.ana, &begin).await.len(), 1);
    assert!(found(&people.ana, "no such number").await.is_empty());
    assert!(found(&people.ana, "%").await.is_empty());
    assert!(found(&people.stranger, &number).await.is_empty());
}

#[tokio::test]
async fn an_import_that_contradicts_the_floor_is_told_once_per_document() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    save(
        &site,
        &form(
            "https://shop.example.com/hook",
            &[WebhookEvent::DocumentConflict],
        ),
    )
    .await
    .unwrap();
    site.act(
        &site.people.marko,
        task.task.id,
        pick(task.lines[0].id, "4"),
    )
    .await;
    site.dispatches(&[records::dispatch("1", &[("A", 2)])])
        .await;
    site.dispatches(&[records::dispatch("1", &[("A", 2)])])
        .await;
    let told = queued(&site).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].1["document"]["number"], "1");
    assert!(told[0].1["lines"][0]["conflict"].is_string(), "{told:?}");
}

#[tokio::test]
async fn an_act_that_is_refused_tells_nobody() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    save(
        &site,
        &form("https://shop.example.com/hook", WebhookEvent::ALL),
    )
    .await
    .unwrap();
    let finish = FloorAction::Finish {
        partial_confirmed: false,
    };
    site.refused(&site.people.marko, task.task.id, finish).await;
    assert!(queued(&site).await.is_empty());
}

#[tokio::test]
async fn another_company_sees_neither_endpoints_nor_deliveries_and_is_told_nothing() {
    let (site, task) = Site::with_task(&[("A", 1)]).await;
    let id = save(
        &site,
        &form("https://shop.example.com/hook", WebhookEvent::ALL),
    )
    .await
    .unwrap();
    site.act(
        &site.people.marko,
        task.task.id,
        pick(task.lines[0].id, "1"),
    )
    .await;
    let finish = FloorAction::Finish {
        partial_confirmed: false,
    };
    site.act(&site.people.marko, task.task.id, finish).await;
    assert_eq!(queued(&site).await.len(), 1);
    let (store, stranger) = (&site.store, &site.people.stranger);
    assert!(
        store::webhooks::list(store, stranger)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store::webhooks::get(store, stranger, id).await.is_err());
    let rows = store::outbox::list(store, stranger, Filter::default(), None, 10).await;
    assert!(rows.unwrap().rows.is_empty());
    let test = operations::webhooks::request_test(store, stranger, id, site.now()).await;
    assert!(matches!(test, Err(operations::Error::NotFound(_))));
}

#[tokio::test]
async fn only_an_admin_sets_endpoints_up_and_their_secret_is_sealed_and_never_read_back() {
    let site = Site::open().await;
    let entered = form(
        "https://shop.example.com/hook",
        &[WebhookEvent::DocumentFinished],
    );
    let id = save(&site, &entered).await.unwrap();
    let secret = entered.secret.clone().unwrap();
    let leaks =
        "select count(*) from webhook_endpoints where position('twenty-four'::bytea in secret) > 0";
    assert_eq!(site.number(leaks).await, 0);
    let audited = "select count(*) from audit_entries
                   where action = 'WEBHOOK_CREATED' and details::text not like '%twenty-four%'";
    assert_eq!(site.number(audited).await, 1);
    let (store, company) = (&site.store, site.people.company);
    let sealed = store::webhooks::for_work(store, company, id, site.now())
        .await
        .unwrap()
        .secret;
    let opened = operations::webhooks::secret_of(&secret_key(), company, id, &sealed);
    assert_eq!(opened.unwrap(), secret);
    let elsewhere =
        operations::webhooks::secret_of(&secret_key(), company, WebhookId(id.0 + 1), &sealed);
    assert!(
        elsewhere.is_err(),
        "a sealed secret of another endpoint does not open"
    );
    let key = secret_key();
    let sealing = Sealing {
        key: &key,
        nonce: [4; 12],
    };
    let (policy, luka) = (AddressPolicy::default(), &site.people.luka);
    let lead = operations::webhooks::create(store, luka, &entered, &policy, sealing, site.now());
    assert!(matches!(lead.await, Err(operations::Error::Forbidden(_))));
    for inside in [
        "http://shop.example.com/",
        "https://127.0.0.1/",
        "https://169.254.169.254/",
    ] {
        let refused = save(&site, &form(inside, &[WebhookEvent::DocumentFinished])).await;
        assert!(
            matches!(refused, Err(operations::Error::Invalid(_))),
            "{inside}"
        );
    }
}

#[tokio::test]
async fn deleting_an_endpoint_gives_up_what_waits_for_it_and_keeps_what_it_was_told() {
    let (site, task) = Site::with_task(&[("A", 1)]).await;
    let events = [WebhookEvent::DocumentFinished];
    let entered = form("https://shop.example.com/hook", &events);
    let id = save(&site, &entered).await.unwrap();
    let (store, ana, now) = (&site.store, &site.people.ana, site.now());
    operations::webhooks::request_test(store, ana, id, now)
        .await
        .unwrap();
    for nobody in [&site.people.luka, &site.people.stranger] {
        assert!(
            operations::webhooks::delete(store, nobody, id, now)
                .await
                .is_err()
        );
    }
    operations::webhooks::delete(store, ana, id, now)
        .await
        .unwrap();
    assert!(store::webhooks::get(store, ana, id).await.is_err());
    let rows = store::outbox::list(store, ana, Filter::default(), None, 10).await;
    let row = rows.unwrap().rows.remove(0);
    assert_eq!(
        (row.state.as_str(), row.target.as_str()),
        ("discarded", "shop")
    );
    let detail = store::outbox::get(store, ana, row.id).await.unwrap();
    assert_eq!(
        detail.settled_reason.as_deref(),
        Some("The endpoint was deleted.")
    );
    site.act(
        &site.people.marko,
        task.task.id,
        pick(task.lines[0].id, "1"),
    )
    .await;
    site.act(&site.people.marko, task.task.id, FINISH).await;
    assert_eq!(queued(&site).await.len(), 1, "it is told nothing more");
    let again = operations::webhooks::delete(store, ana, id, now).await;
    assert!(matches!(again, Err(operations::Error::NotFound(_))));
    let again = save(&site, &entered).await;
    assert!(again.is_ok(), "its name is free again");
}

#[tokio::test]
async fn an_endpoint_that_a_message_is_being_sent_to_is_not_deleted() {
    let site = Site::open().await;
    let id = save(
        &site,
        &form("https://shop.example.com/hook", WebhookEvent::ALL),
    )
    .await
    .unwrap();
    let (store, ana, now) = (&site.store, &site.people.ana, site.now());
    for _ in 0..2 {
        site.clock.pass(chrono::TimeDelta::seconds(1));
        operations::webhooks::request_test(store, ana, id, site.now())
            .await
            .unwrap();
    }
    let lease = std::time::Duration::from_secs(60);
    let token = uuid::Uuid::new_v4();
    let held = operations::outbox::claim(store, token, 1, &[], 0, lease, site.now()).await;
    assert_eq!(held.unwrap().len(), 1);
    let refused = operations::webhooks::delete(store, ana, id, now).await;
    assert!(matches!(refused, Err(operations::Error::Conflict(_))));
    let left = "select count(*) from erp_outbox where status = 'pending'";
    assert_eq!(site.number(left).await, 2, "nothing was given up");
}
