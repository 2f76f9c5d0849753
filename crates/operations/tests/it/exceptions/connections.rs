//! What goes wrong between the site and other systems.

use super::{at, seen};
use crate::support::Site;
use domain::exception::ExceptionKind;
use domain::sync::{Entity, SyncMode};
use domain::webhook::{WebhookEvent, WebhookForm};
use operations::exceptions::acknowledge;
use operations::sync_runs;
use operations::webhooks::{AddressPolicy, Sealing};
use testkit::records::dispatch;

#[tokio::test]
async fn a_connection_that_fails_is_raised_and_recovers_by_itself() {
    let site = Site::open().await;
    let set = |health: &'static str| {
        let admin = site.admin.clone();
        async move {
            sqlx::query("update connections set health = $1, last_error = 'No answer.', last_error_at = now()")
                .bind(health)
                .execute(&admin)
                .await
                .unwrap();
        }
    };
    set("failing").await;
    let rows = seen(&site, "09:00", ExceptionKind::FailedSync).await;
    let ours: Vec<_> = rows
        .iter()
        .filter(|row| row.detail == "No answer.")
        .collect();
    assert_eq!(ours.len(), 1);
    assert_eq!(ours[0].connection_id, Some(site.connection));
    set("healthy").await;
    assert!(
        seen(&site, "09:01", ExceptionKind::FailedSync)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn messages_that_were_given_up_are_raised_once_per_system_and_end_with_a_persons_word() {
    let site = Site::open().await;
    let form = WebhookForm {
        name: "shop".to_owned(),
        url: "https://shop.example.com/hook".to_owned(),
        events: vec![WebhookEvent::DocumentFinished],
        active: true,
        secret: Some("a secret of twenty-four characters".to_owned()),
    };
    let key = testkit::upstream::secret_key();
    let sealing = Sealing {
        key: &key,
        nonce: [3; 12],
    };
    let (store, ana, policy) = (&site.store, &site.people.ana, AddressPolicy::default());
    site.clock.set(at("08:30"));
    let id = operations::webhooks::create(store, ana, &form, &policy, sealing, site.now())
        .await
        .unwrap();
    let mut messages = Vec::new();
    for clock in ["08:31", "08:32"] {
        site.clock.set(at(clock));
        let message = operations::webhooks::request_test(store, ana, id, site.now()).await;
        messages.push(message.unwrap());
    }
    sqlx::query("update erp_outbox set status = 'dead', last_error = 'It answered 500.'")
        .execute(&site.admin)
        .await
        .unwrap();
    let kind = ExceptionKind::Undelivered;
    let rows = seen(&site, "08:40", kind).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!(rows[0].subject, "shop");
    assert!(
        rows[0].detail.starts_with("2 messages were given up")
            && rows[0].detail.contains("It answered 500."),
        "{}",
        rows[0].detail
    );
    for message in messages {
        operations::outbox::discard(store, ana, message, "not needed", site.now())
            .await
            .unwrap();
    }
    assert!(seen(&site, "08:41", kind).await.is_empty());
}

/// A sync of items that breaks off.
async fn failing_sync(site: &Site) {
    let (store, ana) = (&site.store, &site.people.ana);
    let lease = std::time::Duration::from_secs(30);
    sync_runs::request(
        store,
        ana,
        site.connection,
        Entity::Items,
        SyncMode::Delta,
        site.now(),
    )
    .await
    .unwrap();
    let claimed = sync_runs::claim(store, uuid::Uuid::new_v4(), lease, site.now()).await;
    let claimed = claimed.unwrap().unwrap();
    sync_runs::fail(store, &claimed, "Page 3 breaks off.", site.now())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_failed_sync_keeps_owner_and_age_until_a_later_one_of_its_kind_is_done() {
    let site = Site::open().await;
    let (store, people, kind) = (&site.store, &site.people, ExceptionKind::FailedSync);
    site.clock.set(at("08:40"));
    failing_sync(&site).await;
    let row = seen(&site, "08:45", kind).await.remove(0);
    assert!(row.detail.contains("Page 3 breaks off."), "{}", row.detail);
    acknowledge(store, &people.luka, row.id, site.now())
        .await
        .unwrap();
    // Another try that waits, is cancelled, fails again; a dry run; a sync of something else.
    let (items, delta) = (Entity::Items, SyncMode::Delta);
    let again = sync_runs::request(
        store,
        &people.ana,
        site.connection,
        items,
        delta,
        site.now(),
    );
    let again = again.await.unwrap();
    assert_eq!(seen(&site, "08:46", kind).await[0].id, row.id);
    sync_runs::cancel(store, &people.ana, again, site.now())
        .await
        .unwrap();
    assert_eq!(seen(&site, "08:47", kind).await[0].id, row.id);
    failing_sync(&site).await;
    let preview = sync_runs::request_preview(
        store,
        &people.ana,
        site.connection,
        items,
        delta,
        site.now(),
    );
    preview.await.unwrap();
    let lease = std::time::Duration::from_secs(30);
    let looked = sync_runs::claim(store, uuid::Uuid::new_v4(), lease, site.now()).await;
    let looked = looked.unwrap().unwrap();
    sync_runs::finish(store, &looked, site.now()).await.unwrap();
    site.dispatches(&[dispatch("1", &[("A", 1)])]).await;
    let rows = seen(&site, "09:30", kind).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert_eq!((rows[0].id, rows[0].age_minutes), (row.id, 50));
    assert_eq!(rows[0].acknowledged_by.as_deref(), Some("Luka"));
    site.items(&[testkit::records::item("A")]).await;
    assert!(seen(&site, "09:40", kind).await.is_empty());
}

#[tokio::test]
async fn item_codes_that_nobody_knows_are_raised_until_they_are_known() {
    let site = Site::open().await;
    let kind = ExceptionKind::Unmapped;
    site.dispatches(&[dispatch("1", &[("A", 1), ("NEW-1", 2), ("NEW-2", 1)])])
        .await;
    let rows = seen(&site, "08:50", kind).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(
        rows[0].detail.starts_with("2 item codes"),
        "{}",
        rows[0].detail
    );
    assert_eq!(rows[0].connection_id, Some(site.connection));
    site.items(&["NEW-1", "NEW-2"].map(testkit::records::item))
        .await;
    assert!(seen(&site, "08:55", kind).await.is_empty());
}
