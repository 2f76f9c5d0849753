//! A copy of a message is tried at a test system, and changes nothing but itself.

use crate::accounts::{ask, ledger, look, product};
use crate::books::{Books, Ledger, Mood};
use crate::support::Rig;
use crate::write_back::{FINISH, act, dispatch, document, pick};
use chrono::TimeDelta;
use domain::ConnectionId;
use domain::delivery::DeliverySettings;
use domain::document::ErpState;
use domain::outbox::{AttemptOutcome, Cause, MessageState};
use domain::push::PushKind;
use domain::sync::{Entity, RunState, SyncMode};
use operations::connections::{Pulled, Sealing};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;
use store::connections::NewConnection;
use store::outbox::Filter;
use testkit::upstream;
use uuid::Uuid;

/// Another account of the company, of that kind.
async fn beside(rig: &Rig, kind: &str) -> ConnectionId {
    let connection = NewConnection {
        name: format!("Second {kind}"),
        kind: kind.to_owned(),
        warehouse_id: rig.people.warehouse,
        base_url: "http://erp.example.invalid".to_owned(),
        settings: json!({}),
        secret_names: Vec::new(),
    };
    let (key, secrets) = (upstream::secret_key(), BTreeMap::new());
    let sealing = Sealing {
        key: &key,
        nonce: [9; 12],
        secrets: &secrets,
    };
    let everything: Pulled = |_, _| Entity::ALL.to_vec();
    let (store, company, now) = (&rig.store, rig.people.company, rig.now());
    operations::connections::ensure(store, company, &connection, sealing, everything, now)
        .await
        .unwrap()
}

async fn mark(rig: &Rig, id: ConnectionId, test_system: bool) {
    let settings = DeliverySettings {
        test_system,
        ..DeliverySettings::default()
    };
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::connections::set_delivery(store, ana, id, &settings, now)
        .await
        .unwrap();
}

/// A test system of that kind, and what is written there.
async fn test_system(rig: &Rig, kind: &str, moods: &[Mood]) -> (ConnectionId, Books) {
    let id = beside(rig, kind).await;
    mark(rig, id, true).await;
    (id, Books::open(moods).await)
}

async fn copy(
    rig: &Rig,
    id: Uuid,
    target: ConnectionId,
    payload: Option<&Value>,
) -> operations::Result<Uuid> {
    rig.clock.pass(TimeDelta::seconds(1));
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::rehearsals::rehearse(store, ana, id, target, payload, now).await
}

#[tokio::test]
async fn a_copy_of_a_dead_result_reaches_the_test_system_only_and_leaves_its_document_as_it_is() {
    let (rig, books, engine, task) = dispatch(&[Mood::Refuse(422)], true).await;
    let (test, there) = test_system(&rig, "pantheon", &[]).await;
    let engine = engine.with_connector(test, Ledger::new(&there));
    pick(&rig, task, "A", "5").await;
    act(&rig, task, FINISH).await;
    engine.deliver_due().await;
    let (store, ana) = (&rig.store, &rig.people.ana);
    let page = store::outbox::list(store, ana, Filter::default(), None, 50).await;
    let original = page.unwrap().rows[0].id;
    let before = look(&rig, original).await;
    assert_eq!(before.message.state, MessageState::Dead);
    let (page, asked) = (document(&rig).await, books.lines());
    let told = store::timeline::list(store, ana, page.document.id)
        .await
        .unwrap();

    let systems = store::outbox::test_systems(store, ana, original)
        .await
        .unwrap();
    let ids: Vec<ConnectionId> = systems.iter().map(|system| system.id).collect();
    assert_eq!(ids, [test]);
    let id = copy(&rig, original, test, None).await.unwrap();
    engine.deliver_due().await;

    let copy = look(&rig, id).await;
    assert_eq!(
        copy.message.state,
        MessageState::Completed,
        "{:?}",
        copy.message.last_error
    );
    assert_eq!(copy.message.rehearsal_of, Some(original));
    assert_eq!(copy.message.document_id, None);
    assert_eq!(copy.correlation_id, id.to_string());
    assert_eq!(copy.payload, before.payload);
    assert_eq!(copy.attempts.len(), 1);
    assert_eq!(copy.attempts[0].outcome, AttemptOutcome::Delivered);
    assert!(copy.attempts[0].request.is_some());
    assert_eq!(there.standing(), ["20ET 1"]);
    assert_eq!(books.lines(), asked, "the real system was not asked again");

    assert_eq!(look(&rig, original).await, before);
    assert_eq!(document(&rig).await, page);
    let after = store::timeline::list(store, ana, page.document.id).await;
    assert_eq!(after.unwrap(), told);
    let audited = "select count(*) from audit_entries
                   where action = 'MESSAGE_REHEARSED' and details->>'target' = 'Second pantheon'";
    assert_eq!(rig.number(audited).await, 1);
}

#[tokio::test]
async fn a_copy_that_is_refused_is_over_and_holds_nothing_up() {
    let (rig, books, engine) = ledger(&[Mood::Refuse(422)]).await;
    let (test, there) = test_system(&rig, "pantheon", &[Mood::Refuse(422)]).await;
    let engine = engine.with_connector(test, Ledger::new(&there));
    let original = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    let apple = json!({ "code": "A", "name": "Apple" });
    let id = copy(&rig, original, test, Some(&apple)).await.unwrap();
    engine.deliver_due().await;
    let refused = look(&rig, id).await;
    assert_eq!(refused.message.state, MessageState::Discarded);
    assert_eq!(refused.message.cause, Some(Cause::Rejected));
    assert!(refused.message.processed_at.is_some());
    assert_eq!((refused.payload, refused.attempts.len()), (apple, 1));
    assert_eq!(refused.original_payload.unwrap()["name"], "A");

    let (store, ana) = (&rig.store, &rig.people.ana);
    let figures = store::outbox::figures(store, ana, rig.now()).await.unwrap();
    assert_eq!((figures.dead, figures.pending), (1, 0));
    let groups = store::outbox::groups(store, ana).await.unwrap();
    assert_eq!((groups.len(), groups[0].messages), (1, 1));
    let again = operations::outbox::retry(store, ana, id, "once more", rig.now()).await;
    assert!(matches!(again, Err(operations::Error::Conflict(_))));

    // A copy of the copy is one of the message.
    let second = copy(&rig, id, test, None).await.unwrap();
    engine.deliver_due().await;
    let second = look(&rig, second).await;
    assert_eq!(second.message.state, MessageState::Completed);
    assert_eq!(second.message.rehearsal_of, Some(original));
    assert_eq!(second.payload["name"], "Apple");
    assert_ne!(second.correlation_id, refused.correlation_id);
    operations::outbox::retry(store, ana, original, "once more", rig.now())
        .await
        .unwrap();
    engine.deliver_due().await;
    assert_eq!(
        look(&rig, original).await.message.state,
        MessageState::Completed
    );
    assert_eq!(books.entries().len(), 1);
}

#[tokio::test]
async fn a_copy_is_over_also_when_the_test_system_asks_to_come_later() {
    for (mood, cause) in [
        (Mood::Busy(60), Cause::Busy),
        // It may have broken off in mid-command.
        (Mood::Refuse(503), Cause::UpstreamError),
    ] {
        let (rig, _, engine) = ledger(&[]).await;
        let (test, there) = test_system(&rig, "pantheon", &[mood]).await;
        let engine = engine.with_connector(test, Ledger::new(&there));
        let original = ask(&rig, "k1", &[product(&rig, "A")]).await;
        engine.deliver_due().await;
        let id = copy(&rig, original, test, None).await.unwrap();
        engine.deliver_due().await;
        let message = look(&rig, id).await.message;
        assert_eq!(message.state, MessageState::Discarded, "{mood:?}");
        assert_eq!(message.cause, Some(cause), "{mood:?}");
        rig.clock.pass(TimeDelta::minutes(5));
        engine.deliver_due().await;
        assert_eq!(there.lines().len(), 1, "{mood:?}");
        let (waiting, _) = store::outbox::waiting(&rig.store).await.unwrap();
        assert_eq!(waiting, 0, "{mood:?}");
    }
}

#[tokio::test]
async fn a_copy_is_found_by_what_it_is_about_and_not_by_its_own_key() {
    let (rig, _, engine) = ledger(&[]).await;
    let (test, there) = test_system(&rig, "pantheon", &[]).await;
    let engine = engine.with_connector(test, Ledger::new(&there));
    let original = ask(&rig, "k1", &[product(&rig, "SKU-7")]).await;
    engine.deliver_due().await;
    copy(&rig, original, test, None).await.unwrap();
    engine.deliver_due().await;
    for (text, found) in [("sku-7", 2), ("rehearsal", 0)] {
        let filter = Filter {
            number: Some(text),
            ..Filter::default()
        };
        let page = store::outbox::list(&rig.store, &rig.people.ana, filter, None, 50).await;
        assert_eq!(page.unwrap().rows.len(), found, "{text}");
    }
}

#[tokio::test]
async fn what_waits_for_a_connection_that_becomes_a_test_system_does_not_go_there() {
    let (rig, books, engine, task) = dispatch(&[], true).await;
    pick(&rig, task, "A", "5").await;
    act(&rig, task, FINISH).await;
    let run = rig.request(Entity::Items, SyncMode::Full).await;
    mark(&rig, rig.connection, true).await;
    assert_eq!(rig.run(run).await.state, RunState::Cancelled);
    engine.deliver_due().await;
    let (store, ana) = (&rig.store, &rig.people.ana);
    let page = store::outbox::list(store, ana, Filter::default(), None, 50).await;
    let id = page.unwrap().rows[0].id;
    let message = look(&rig, id).await.message;
    assert_eq!(message.state, MessageState::Dead);
    assert_eq!(message.cause, Some(Cause::Settings));
    assert!(books.entries().is_empty());
    assert_ne!(document(&rig).await.erp.state, ErpState::Entered);
    // A person decides: it is the real one after all.
    mark(&rig, rig.connection, false).await;
    operations::outbox::retry(store, ana, id, "it is the real one", rig.now())
        .await
        .unwrap();
    engine.deliver_due().await;
    assert_eq!(books.standing(), ["20ET 1"]);
    assert_eq!(document(&rig).await.erp.state, ErpState::Entered);
}

#[tokio::test]
async fn a_copy_whose_worker_is_lost_is_over_too() {
    let (rig, _, engine) = ledger(&[Mood::Refuse(422)]).await;
    let (test, there) = test_system(&rig, "pantheon", &[]).await;
    let engine = engine.with_connector(test, Ledger::new(&there));
    let original = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    let id = copy(&rig, original, test, None).await.unwrap();
    let (lost, lease) = (Uuid::new_v4(), Duration::from_secs(30));
    let held = operations::outbox::claim(&rig.store, lost, 10, &[], 0, lease, rig.now()).await;
    assert_eq!(held.unwrap().len(), 1);
    rig.clock.pass(TimeDelta::seconds(31));
    engine.deliver_due().await;
    let message = look(&rig, id).await.message;
    assert_eq!(message.state, MessageState::Discarded);
    assert_eq!(message.cause, Some(Cause::Lost));
    assert!(there.lines().is_empty());
}

#[tokio::test]
async fn copies_go_to_test_systems_of_the_same_kind_only_and_by_a_word_of_who_manages_them() {
    let (rig, books, engine) = ledger(&[Mood::Refuse(422)]).await;
    let real = beside(&rig, "pantheon").await;
    let (other, there) = test_system(&rig, "odoo", &[]).await;
    let engine = engine
        .with_connector(real, Ledger::new(&there))
        .with_connector(other, Ledger::new(&there));
    let original = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    let asked = books.lines();
    for (target, named) in [
        (rig.connection, "no test system"),
        (real, "no test system"),
        (other, "another kind of system"),
    ] {
        let refused = copy(&rig, original, target, None).await;
        assert!(
            matches!(&refused, Err(operations::Error::Invalid(text)) if text.contains(named)),
            "{refused:?}"
        );
    }
    mark(&rig, real, true).await;
    let unread = json!({ "code": "A" });
    let refused = copy(&rig, original, real, Some(&unread)).await;
    assert!(
        matches!(&refused, Err(operations::Error::Invalid(text)) if text.contains("name")),
        "{refused:?}"
    );
    let (store, people, now) = (&rig.store, &rig.people, rig.now());
    use operations::rehearsals::rehearse;
    let lead = rehearse(store, &people.luka, original, real, None, now).await;
    assert!(matches!(lead, Err(operations::Error::Forbidden(_))));
    let stranger = rehearse(store, &people.stranger, original, real, None, now).await;
    assert!(matches!(stranger, Err(operations::Error::NotFound(_))));
    let steps = [product(&rig, "B"), product(&rig, "C")];
    let saga = ask(&rig, "k2", &steps).await;
    let several = copy(&rig, saga, real, None).await;
    assert!(matches!(several, Err(operations::Error::Conflict(_))));
    assert_eq!((books.lines(), there.lines().len()), (asked, 0));
    let copies = "select count(*) from erp_outbox where rehearsal_of is not null";
    assert_eq!(rig.number(copies).await, 0);
}

#[tokio::test]
async fn nothing_goes_to_a_test_system_by_itself() {
    let (rig, _, engine) = ledger(&[]).await;
    let (test, there) = test_system(&rig, "pantheon", &[]).await;
    let engine = engine.with_connector(test, Ledger::new(&there));
    let on = "select count(*) from schedules s join connections c on c.id = s.connection_id
              where s.enabled and c.name = 'Second pantheon'";
    assert_eq!(rig.number(on).await, 0, "its schedules are off");
    let others = "select count(*) from schedules where enabled";
    assert!(rig.number(others).await > 0, "those of others are not");
    let (store, ana) = (&rig.store, &rig.people.ana);
    let kinds = [PushKind::Product.as_str().to_owned()];
    operations::connections::record_push_kinds(store, rig.people.company, test, &kinds)
        .await
        .unwrap();
    let only = operations::sagas::account_for(store, ana, "new", None, PushKind::Product).await;
    assert_eq!(only.unwrap(), rig.connection);
    let both = DeliverySettings {
        write_back: true,
        test_system: true,
        ..DeliverySettings::default()
    };
    let refused = operations::connections::set_delivery(store, ana, test, &both, rig.now()).await;
    assert!(matches!(refused, Err(operations::Error::Invalid(_))));
    // What waits for a test system does not go to what becomes a real one.
    let original = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    let id = copy(&rig, original, test, None).await.unwrap();
    mark(&rig, test, false).await;
    engine.deliver_due().await;
    let message = look(&rig, id).await.message;
    assert_eq!(message.state, MessageState::Discarded);
    assert_eq!(message.cause, Some(Cause::Settings));
    assert!(there.entries().is_empty());
}
