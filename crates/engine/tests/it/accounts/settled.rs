//! What a person does about messages that are dead.

use super::{ask, ledger, look, product};
use crate::books::Mood;
use domain::outbox::{Cause, DeadFilter, MessageState};
use operations::sagas::Command;
use serde_json::{Value, json};
use uuid::Uuid;

#[tokio::test]
async fn dead_messages_of_one_cause_are_retried_together_in_their_order_and_count_is_seen_first() {
    let (rig, books, engine) = ledger(&[Mood::Refuse(401)]).await;
    let mut ids = Vec::new();
    for n in 0..250 {
        // All about one product: only the first is tried, the others stand behind it.
        let command = Command {
            payload: json!({ "code": "A", "name": format!("name {n}") }),
            ..product(&rig, "A")
        };
        ids.push(ask(&rig, &format!("k{n}"), &[command]).await);
    }
    engine.deliver_due().await;
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    let groups = store::outbox::groups(store, ana).await.unwrap();
    assert_eq!(groups.len(), 1);
    let group = &groups[0];
    assert_eq!(
        (group.messages, group.held, group.cause),
        (1, 249, Some(Cause::Settings))
    );
    // As if each had been given up.
    sqlx::query("update erp_outbox set status = 'dead', cause = 'settings'")
        .execute(&rig.admin)
        .await
        .unwrap();
    let filter = DeadFilter {
        cause: Some(Cause::Settings),
        ..DeadFilter::default()
    };
    let seen = operations::outbox::retry_all(store, ana, &filter, Some(1), "key renewed", now);
    assert!(matches!(seen.await, Err(operations::Error::Conflict(_))));
    let all = operations::outbox::retry_all(store, ana, &filter, Some(250), "key renewed", now);
    assert_eq!(all.await.unwrap(), 250);
    engine.deliver_due().await;
    let written: Vec<String> = books.entries().into_iter().map(|e| e.reference).collect();
    let wanted: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    assert_eq!(written, wanted);
}

#[tokio::test]
async fn an_edited_message_is_judged_like_a_new_one_and_what_was_queued_first_is_kept() {
    let (rig, books, engine) = ledger(&[Mood::Refuse(422)]).await;
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    let edit = async |payload: Value| {
        operations::outbox::edit(store, ana, id, None, &payload, "the name was missing", now).await
    };
    let wrong = edit(json!({ "code": "A" })).await;
    assert!(matches!(wrong, Err(operations::Error::Invalid(text)) if text.contains("name")));
    let other = edit(json!({ "code": "B", "name": "B" })).await;
    assert!(matches!(other, Err(operations::Error::Invalid(_))));
    edit(json!({ "code": "A", "name": "Apple" })).await.unwrap();
    engine.deliver_due().await;
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.state, MessageState::Completed);
    assert_eq!(detail.payload["name"], "Apple");
    assert_eq!(detail.original_payload.unwrap()["name"], "A");
    assert_eq!(books.standing(), ["A"]);
    let again = ask(&rig, "k1", &[product(&rig, "A")]).await;
    assert_eq!(again, id, "the request it came from is still the same one");
    let edited = "select count(*) from audit_entries where action = 'MESSAGE_EDITED'
                  and details->'payload_before'->>'name' = 'A'";
    assert_eq!(rig.number(edited).await, 1);
}
