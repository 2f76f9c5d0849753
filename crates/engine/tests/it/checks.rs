//! How connections are is known without anybody asking.

use crate::accounts::{ask, ledger, look, product, set};
use crate::books::Mood;
use crate::support::{Rig, items};
use async_trait::async_trait;
use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use connectors::{
    BreakerState, Capability, CheckReport, Connector, Error, PullRequest, PulledPage,
};
use domain::connection::{ConnectionSummary, Health, Undelivered};
use domain::delivery::{DeliverySettings, MaintenanceWindow};
use domain::item::ItemRecord;
use domain::outbox::MessageState;
use simulators::pantheon::{Fault, FaultKind};
use std::sync::Arc;
use std::time::Duration;
use store::connections::CallOutcome;
use testkit::room::fill;

async fn summary(rig: &Rig) -> ConnectionSummary {
    let detail = store::connections::get(&rig.store, &rig.people.ana, rig.connection).await;
    detail.unwrap().connection
}

async fn last_good(rig: &Rig) -> Option<DateTime<Utc>> {
    summary(rig).await.last_ok_at
}

/// A system whose last calls failed.
struct Tripped;

#[async_trait]
impl Connector for Tripped {
    fn capabilities(&self) -> &'static [Capability] {
        &[Capability::PullItems]
    }

    async fn check(&self) -> Result<CheckReport, Error> {
        Ok(CheckReport {
            latency_ms: 1,
            detail: "It was called.".to_owned(),
        })
    }

    async fn pull(&self, _: &PullRequest) -> Result<PulledPage, Error> {
        std::future::pending().await
    }

    async fn find_item(&self, _: &str, _: &str) -> Result<Option<ItemRecord>, Error> {
        Ok(None)
    }

    fn longest_call(&self) -> Duration {
        Duration::from_secs(10)
    }

    fn breaker(&self) -> BreakerState {
        BreakerState::Open {
            retry_after: Duration::from_secs(30),
            cause: "Nobody answered.".into(),
        }
    }
}

#[tokio::test]
async fn a_connection_nobody_heard_from_is_checked_by_itself_and_again_after_an_hour_of_silence() {
    let rig = Rig::new(items(10)).await;
    let engine = rig.engine();
    assert_eq!(summary(&rig).await.health, Health::Unknown);
    assert_eq!(engine.check_silent().await.unwrap(), 1);
    assert_eq!(engine.check_silent().await.unwrap(), 0, "wished for once");
    engine.run_until_idle().await;
    assert_eq!(summary(&rig).await.health, Health::Healthy);
    rig.pass(TimeDelta::minutes(59));
    assert_eq!(engine.check_silent().await.unwrap(), 0, "it was heard from");
    rig.upstream
        .faults()
        .add(Fault::always(FaultKind::HtmlLogin));
    rig.pass(TimeDelta::minutes(2));
    assert_eq!(engine.check_silent().await.unwrap(), 1);
    engine.run_until_idle().await;
    assert_eq!(summary(&rig).await.health, Health::Failing);
    assert_eq!(engine.check_silent().await.unwrap(), 0, "bad news is news");
}

#[tokio::test]
async fn a_silent_connection_is_not_checked_by_itself_while_it_rests_or_its_calls_pause() {
    let rig = Rig::new(items(0)).await;
    let at = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let resting = DeliverySettings {
        maintenance: vec![
            MaintenanceWindow {
                from: at(0),
                until: at(12),
            },
            MaintenanceWindow {
                from: at(12),
                until: NaiveTime::from_hms_opt(23, 59, 59).unwrap(),
            },
        ],
        ..DeliverySettings::default()
    };
    set(&rig, &resting).await;
    let engine = rig
        .engine()
        .with_connector(rig.connection, Arc::new(Tripped));
    assert_eq!(engine.check_silent().await.unwrap(), 0);
    set(&rig, &DeliverySettings::default()).await;
    assert_eq!(engine.check_silent().await.unwrap(), 1);
    engine.run_until_idle().await;
    let summary = summary(&rig).await;
    assert_eq!((summary.health, summary.last_ok_at), (Health::Paused, None));
    let told = summary.last_error.unwrap();
    assert!(told.contains("the last with: Nobody answered. Calls pause until"));
    assert!(!summary.check_pending);
}

#[tokio::test]
async fn a_connection_that_failed_is_checked_again_although_it_takes_messages() {
    let (rig, _, engine) = ledger(&[]).await;
    let (company, failed) = (rig.people.company, CallOutcome::Failed("No.".to_owned()));
    let (store, id) = (&rig.store, rig.connection);
    operations::connections::record_outcome(store, company, id, &failed, false, rig.now())
        .await
        .unwrap();
    rig.pass(TimeDelta::minutes(59));
    ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    assert_eq!(last_good(&rig).await, Some(rig.now()));
    assert_eq!(summary(&rig).await.health, Health::Failing);
    assert_eq!(engine.check_silent().await.unwrap(), 0, "it failed lately");
    rig.pass(TimeDelta::minutes(2));
    assert_eq!(engine.check_silent().await.unwrap(), 1);
    engine.run_until_idle().await;
    assert_eq!(summary(&rig).await.health, Health::Healthy);
}

#[tokio::test]
async fn a_delivered_message_is_a_good_call_and_one_that_is_refused_is_none() {
    let (rig, _, engine) = ledger(&[Mood::Accept, Mood::Refuse(422)]).await;
    rig.clock.pass(TimeDelta::hours(2));
    ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    let delivered = rig.now();
    assert_eq!(last_good(&rig).await, Some(delivered));
    rig.clock.pass(TimeDelta::minutes(5));
    ask(&rig, "k2", &[product(&rig, "B")]).await;
    engine.deliver_due().await;
    assert_eq!(last_good(&rig).await, Some(delivered));
}

#[tokio::test]
async fn a_delivered_message_stays_delivered_when_its_good_call_cannot_be_noted() {
    let (rig, books, engine) = ledger(&[]).await;
    let before = last_good(&rig).await;
    rig.clock.pass(TimeDelta::hours(2));
    fill(&rig.admin, "update of last_ok_at", "connections").await;
    let id = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    assert_eq!(last_good(&rig).await, before, "it could not be noted");
    let sent = look(&rig, id).await;
    assert_eq!(sent.message.state, MessageState::Completed);
    engine.deliver_due().await;
    assert_eq!(books.entries().len(), 1);
}

/// How the connection is wherever that is shown: its page, the list, the API's page, the figures and the board.
async fn shown(rig: &Rig) -> Vec<(Health, Option<Undelivered>)> {
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    let of = |row: &ConnectionSummary| (row.health, row.undelivered);
    let page = store::connections::page(store, ana, None, 10)
        .await
        .unwrap();
    let listed = store::connections::list(store, ana).await.unwrap();
    let (accounts, _) = store::samples::accounts(store, ana, now).await.unwrap();
    let board = store::boards::connections(store, ana, rig.people.warehouse, now).await;
    let light = &board.unwrap().connections[0];
    vec![
        of(&summary(rig).await),
        of(&listed[0]),
        of(&page.rows[0]),
        (accounts[0].health, accounts[0].undelivered),
        (light.health, light.undelivered),
    ]
}

#[tokio::test]
async fn a_connection_that_takes_no_results_is_failing_everywhere_until_they_get_through() {
    let (rig, _, engine) = ledger(&[Mood::Refuse(500)]).await;
    assert_eq!(shown(&rig).await, vec![(Health::Healthy, None); 5]);
    let first = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    let since = rig.now();
    assert_eq!(look(&rig, first).await.message.attempts, 1);
    ask(&rig, "k2", &[product(&rig, "A")]).await;
    let stuck = Undelivered { since, waiting: 2 };
    assert_eq!(shown(&rig).await, vec![(Health::Failing, Some(stuck)); 5]);
    // That it answers a check does not bring the results there.
    let (store, ana) = (&rig.store, &rig.people.ana);
    operations::connections::request_check(store, ana, rig.connection, rig.now())
        .await
        .unwrap();
    engine.run_until_idle().await;
    assert_eq!(shown(&rig).await, vec![(Health::Failing, Some(stuck)); 5]);
    rig.clock.pass(TimeDelta::seconds(40));
    engine.deliver_due().await;
    engine.deliver_due().await;
    assert_eq!(
        look(&rig, first).await.message.state,
        MessageState::Completed
    );
    assert_eq!(shown(&rig).await, vec![(Health::Healthy, None); 5]);
}

#[tokio::test]
async fn a_dead_result_makes_its_connection_failing_until_a_later_one_gets_through() {
    let (rig, _, engine) = ledger(&[Mood::Accept, Mood::Refuse(401)]).await;
    ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    rig.clock.pass(TimeDelta::minutes(5));
    let refused = ask(&rig, "k2", &[product(&rig, "B")]).await;
    engine.deliver_due().await;
    assert_eq!(look(&rig, refused).await.message.state, MessageState::Dead);
    let stuck = Undelivered {
        since: rig.now(),
        waiting: 1,
    };
    assert_eq!(shown(&rig).await, vec![(Health::Failing, Some(stuck)); 5]);
    rig.clock.pass(TimeDelta::minutes(5));
    ask(&rig, "k3", &[product(&rig, "C")]).await;
    engine.deliver_due().await;
    assert_eq!(shown(&rig).await, vec![(Health::Healthy, None); 5]);
}

#[tokio::test]
async fn a_result_that_is_refused_for_what_it_says_makes_no_connection_failing() {
    let (rig, _, engine) = ledger(&[Mood::Refuse(422)]).await;
    let refused = ask(&rig, "k1", &[product(&rig, "A")]).await;
    engine.deliver_due().await;
    assert_eq!(look(&rig, refused).await.message.state, MessageState::Dead);
    assert_eq!(shown(&rig).await, vec![(Health::Healthy, None); 5]);
}
