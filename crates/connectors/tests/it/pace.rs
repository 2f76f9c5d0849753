use crate::support::upstream::{Upstream, refuse, rows};
use crate::support::{Rig, item_row};
use async_trait::async_trait;
use connectors::{Error, ErrorKind, Pacer};
use domain::sync::Entity;
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Default)]
struct Slots(Mutex<Vec<(String, Duration)>>);

#[async_trait]
impl Pacer for Slots {
    async fn acquire(&self, account: &str, interval: Duration) -> Result<(), Error> {
        let mut taken = self.0.lock().unwrap();
        taken.push((account.to_owned(), interval));
        Ok(())
    }
}

#[tokio::test]
async fn every_request_takes_a_slot_sign_ins_and_repeats_included() {
    let upstream = Upstream::new(|asked| match asked.before {
        0 => refuse(500, 5000, "Internal server error"),
        1 => refuse(401, 2001, "Invalid or expired token"),
        _ => rows([item_row("00013")]),
    })
    .await;
    let slots = Arc::new(Slots::default());
    let rig = Rig::paced(&upstream.url, json!({}), slots.clone());
    rig.first_page(Entity::Items).await.unwrap();
    let taken = slots.0.lock().unwrap().clone();
    assert_eq!(taken.len(), upstream.asked().len());
    assert_eq!(taken.len(), 5);
    let account = format!("pantheon wms_user {}", upstream.url);
    let interval = Duration::from_millis(1_020);
    assert!(
        taken
            .iter()
            .all(|slot| *slot == (account.clone(), interval)),
        "{taken:?}"
    );
}

struct NoSlots;

#[async_trait]
impl Pacer for NoSlots {
    async fn acquire(&self, _: &str, _: Duration) -> Result<(), Error> {
        Err(Error::new(
            ErrorKind::Unavailable,
            "pace",
            "The database is away.",
        ))
    }
}

#[tokio::test]
async fn without_a_slot_nothing_is_sent() {
    let upstream = Upstream::new(|_| rows([])).await;
    let rig = Rig::paced(&upstream.url, json!({ "retry_max": 1 }), Arc::new(NoSlots));
    let error = rig.first_page(Entity::Items).await.unwrap_err();
    assert_eq!(error.to_string(), "The database is away.");
    assert!(upstream.asked().is_empty());
}
