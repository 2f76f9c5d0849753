//! An endpoint's secret is replaced: for a while messages carry the signatures of both.

use super::{SECRET, endpoint, here, look, message, queue, sender};
use crate::receivers::Receiver;
use crate::support::{Rig, items};
use chrono::TimeDelta;
use domain::outbox::MessageState;
use domain::webhook::WebhookEvent;
use engine::outbox::signature;
use operations::webhooks::Sealing;
use testkit::upstream::secret_key;

#[tokio::test]
async fn a_replaced_secret_signs_beside_the_new_one_for_a_day_and_then_no_more() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    let (key, new) = (secret_key(), "another secret of twenty-four characters");
    let sealing = Sealing {
        key: &key,
        nonce: [8; 12],
    };
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::webhooks::rotate_secret(store, ana, endpoint, new, sealing, now)
        .await
        .unwrap();
    let engine = sender(&rig, here());
    for (key, hours) in [("k1", 23), ("k2", 2)] {
        rig.clock.pass(TimeDelta::hours(hours));
        queue(&rig, &[message(endpoint, key, key)]).await.unwrap();
        assert_eq!(engine.deliver_due().await, 1, "{key}");
    }
    let told: Vec<Vec<bool>> = receiver
        .requests()
        .iter()
        .map(|request| {
            let (id, at) = (
                &request.headers["webhook-id"],
                &request.headers["webhook-timestamp"],
            );
            let sent: Vec<&str> = request.headers["webhook-signature"].split(' ').collect();
            [new, SECRET]
                .map(|secret| {
                    let signed =
                        signature(secret, id, at.parse().unwrap(), request.body.as_bytes());
                    sent.contains(&signed.as_str())
                })
                .to_vec()
        })
        .collect();
    assert_eq!(told, [[true, true], [true, false]]);
}

/// As after another key of the installation was put in place and the endpoint's secret entered anew: the one
/// before was sealed under the old key.
#[tokio::test]
async fn a_replaced_secret_that_does_not_open_any_more_holds_no_message_up() {
    let rig = Rig::new(items(0)).await;
    let receiver = Receiver::start(&[]).await;
    let endpoint = endpoint(&rig, &receiver, &[WebhookEvent::DocumentFinished]).await;
    sqlx::query("update webhook_endpoints set previous_secret = '\\x00', previous_until = $1")
        .bind(rig.now() + TimeDelta::hours(24))
        .execute(&rig.admin)
        .await
        .unwrap();
    let ids = queue(&rig, &[message(endpoint, "k1", "k1")]).await.unwrap();
    assert_eq!(sender(&rig, here()).deliver_due().await, 1);
    assert_eq!(
        look(&rig, ids[0]).await.message.state,
        MessageState::Completed
    );
    let request = &receiver.requests()[0];
    let timestamp = request.headers["webhook-timestamp"].parse().unwrap();
    let id = &request.headers["webhook-id"];
    let signed = signature(SECRET, id, timestamp, request.body.as_bytes());
    assert_eq!(request.headers["webhook-signature"], signed);
}
