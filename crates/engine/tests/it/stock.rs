//! What is on hand, from the upstream to the item.

use crate::support::{PAGE, Rig, assert_done, items};
use chrono::TimeDelta;
use domain::sync::{Entity, RunState, SyncMode};
use simulators::pantheon::{Config, Method};

const HELD: &str = "select count(distinct item_code) from item_stock";
const CODE: &str = "00000005";

async fn filled(config: Config) -> Rig {
    let rig = Rig::new(config).await;
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    let run = rig.sync(Entity::Stock, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!(run.counts.created, run.counts.rows);
    rig
}

async fn on_hand(rig: &Rig, code: &str, warehouse: &str) -> Option<String> {
    sqlx::query_scalar(
        "select trim_scale(quantity)::text from item_stock where item_code = $1 and warehouse_name = $2",
    )
    .bind(code)
    .bind(warehouse)
    .fetch_optional(&rig.admin)
    .await
    .unwrap()
}

/// Rows of the latest answers to questions for stock.
fn asked(rig: &Rig) -> usize {
    let requests = rig.upstream.handle.requests();
    let stock = requests
        .iter()
        .filter(|request| request.method == Method::Stock.name());
    stock.map(|request| request.rows).sum()
}

#[tokio::test]
async fn a_full_pass_brings_every_item_s_stock_and_asks_for_each_unknown_name_once() {
    let rig = filled(items(250)).await;
    assert_eq!(rig.number(HELD).await, 250);
    let names = "select count(*) from mappings where kind = 'warehouse' and answered_at is null";
    assert_eq!(rig.number(names).await, 3);
    let run = rig.sync(Entity::Stock, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!((run.counts.unchanged, run.counts.updated), (250, 0));
}

#[tokio::test]
async fn a_delta_reads_only_the_stock_that_moved() {
    let rig = filled(items(250)).await;
    rig.pass(TimeDelta::hours(1));
    assert!(
        rig.upstream
            .handle
            .set_stock(CODE, "VELEPRODAJA", Some(77.into()))
    );
    rig.upstream.handle.set_stock(CODE, "MP 3 Bar", None);
    rig.upstream.handle.clear_requests();
    let run = rig.sync(Entity::Stock, SyncMode::Delta).await;
    assert_done(&run);
    assert_eq!(run.counts.updated, 1);
    assert!(asked(&rig) < PAGE, "{}", asked(&rig));
    assert_eq!(
        on_hand(&rig, CODE, "VELEPRODAJA").await.as_deref(),
        Some("77")
    );
    assert_eq!(on_hand(&rig, CODE, "MP 3 Bar").await, None);
    assert_eq!(rig.number(HELD).await, 250);
}

#[tokio::test]
async fn a_gateway_that_tells_no_change_time_of_stock_is_read_whole_each_time() {
    let config = Config {
        stock_change_time: false,
        ..items(150)
    };
    let rig = filled(config).await;
    assert_eq!(rig.cursor(Entity::Stock).await, None);
    rig.upstream
        .handle
        .set_stock(CODE, "VELEPRODAJA", Some(77.into()));
    let run = rig.sync(Entity::Stock, SyncMode::Delta).await;
    assert_done(&run);
    assert_eq!((run.counts.rows, run.counts.updated), (150, 1));
}

#[tokio::test]
async fn negative_stock_is_refused_with_its_reason_and_the_rest_of_the_row_counts() {
    let rig = filled(items(20)).await;
    rig.pass(TimeDelta::hours(1));
    rig.upstream
        .handle
        .set_stock(CODE, "VELEPRODAJA", Some((-3).into()));
    rig.upstream
        .handle
        .set_stock(CODE, "Maloprodaja 2", Some(8.into()));
    let run = rig.sync(Entity::Stock, SyncMode::Delta).await;
    assert_done(&run);
    let refused = rig.refused(run.id).await;
    assert_eq!((refused.len(), &*refused[0].external_key), (1, CODE));
    assert!(
        refused[0].reason.contains("has -3 on hand in VELEPRODAJA"),
        "{}",
        refused[0].reason
    );
    assert_eq!(on_hand(&rig, CODE, "VELEPRODAJA").await, None);
    assert_eq!(
        on_hand(&rig, CODE, "Maloprodaja 2").await.as_deref(),
        Some("8")
    );
}

#[tokio::test]
async fn stock_that_a_complete_pass_does_not_meet_is_forgotten_and_much_of_it_asks_first() {
    let rig = filled(items(50)).await;
    rig.upstream.handle.remove_item(CODE).unwrap();
    let run = rig.sync(Entity::Stock, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!((run.counts.deactivated, rig.number(HELD).await), (1, 49));
    for index in 10..30 {
        rig.upstream
            .handle
            .remove_item(&format!("{index:08}"))
            .unwrap();
    }
    let run = rig.sync(Entity::Stock, SyncMode::Full).await;
    assert_eq!(run.state, RunState::NeedsApproval);
    assert_eq!(rig.number(HELD).await, 49);
    let delta = rig.request(Entity::Stock, SyncMode::Delta).await;
    assert_eq!(delta, run.id, "one run at a time");
}
