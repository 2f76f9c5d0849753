//! Rows that a complete pass no longer meets.

use crate::support::{Rig, assert_done, items};
use domain::sync::{Entity, RunState, SyncMode, SyncRun};
use simulators::pantheon::{Fault, FaultKind};

const ACTIVE: &str = "select count(*) from items where active";

/// A catalogue of 350, of which the upstream has lost the first so many.
async fn after_losing(count: usize) -> Rig {
    let rig = Rig::new(items(350)).await;
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    for index in 0..count {
        rig.upstream
            .handle
            .remove_item(&format!("{index:08}"))
            .unwrap();
    }
    rig
}

async fn decide(rig: &Rig, run: &SyncRun, approve: bool) -> SyncRun {
    let (store, ana) = (&rig.store, &rig.people.ana);
    operations::sync_runs::decide_deactivation(store, ana, run.id, approve, rig.now())
        .await
        .unwrap();
    rig.engine().run_until_idle().await;
    rig.run(run.id).await
}

#[tokio::test]
async fn what_a_complete_pass_does_not_meet_is_inactive_and_active_when_it_is_back() {
    let rig = after_losing(0).await;
    let lost = rig.upstream.handle.remove_item("00000005").unwrap();
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!(run.counts.deactivated, 1);
    assert_eq!(rig.number(ACTIVE).await, 349);
    rig.upstream.handle.put_item(lost);
    assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    rig.assert_same_items().await;
}

const ACTIVE_PARTNERS: &str = "select count(*) from partners where active";

/// The partners of the demo, read once.
async fn partners() -> (Rig, i64) {
    let rig = Rig::new(items(0)).await;
    assert_done(&rig.sync(Entity::Partners, SyncMode::Full).await);
    let all = i64::try_from(rig.upstream.handle.partners().len()).unwrap();
    assert_eq!(rig.number(ACTIVE_PARTNERS).await, all);
    (rig, all)
}

#[tokio::test]
async fn a_partner_that_a_complete_pass_does_not_meet_is_inactive_and_active_when_it_is_back() {
    let (rig, all) = partners().await;
    let handle = &rig.upstream.handle;
    let lost = handle.partners().remove(5);
    handle.remove_partner(lost.id).unwrap();
    let run = rig.sync(Entity::Partners, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!(run.counts.deactivated, 1);
    assert_eq!(rig.number(ACTIVE_PARTNERS).await, all - 1);
    handle.put_partner(lost);
    assert_done(&rig.sync(Entity::Partners, SyncMode::Full).await);
    assert_eq!(rig.number(ACTIVE_PARTNERS).await, all);
}

#[tokio::test]
async fn more_missing_partners_than_the_brake_allows_stop_and_ask() {
    let (rig, all) = partners().await;
    let handle = &rig.upstream.handle;
    let mut gone = 0;
    for partner in handle.partners().iter().step_by(2) {
        handle.remove_partner(partner.id).unwrap();
        gone += 1;
    }
    let run = rig.sync(Entity::Partners, SyncMode::Full).await;
    assert_eq!(run.state, RunState::NeedsApproval);
    assert_eq!(rig.number(ACTIVE_PARTNERS).await, all);
    let ended = decide(&rig, &run, true).await;
    assert_done(&ended);
    assert_eq!(ended.counts.deactivated, gone);
    assert_eq!(rig.number(ACTIVE_PARTNERS).await, all - gone);
}

#[tokio::test]
async fn a_delta_deactivates_nothing() {
    let rig = after_losing(3).await;
    let run = rig.sync(Entity::Items, SyncMode::Delta).await;
    assert_done(&run);
    assert_eq!(rig.number(ACTIVE).await, 350);
}

#[tokio::test]
async fn a_pass_that_breaks_off_deactivates_nothing() {
    let rig = after_losing(3).await;
    rig.upstream
        .faults()
        .add(Fault::always(FaultKind::Malformed).after(3));
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::Failed);
    assert_eq!(rig.number(ACTIVE).await, 350);
    assert_eq!(rig.number("select count(*) from sync_seen").await, 0);
}

#[tokio::test]
async fn a_refused_row_was_met_and_stays_active() {
    let rig = after_losing(0).await;
    rig.upstream
        .handle
        .edit_item("00000005", |item| item.title = "".into());
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_done(&run);
    assert_eq!((run.counts.refused, run.counts.deactivated), (1, 0));
    assert_eq!(rig.number(ACTIVE).await, 350);
}

#[tokio::test]
async fn more_than_the_brake_allows_stops_and_asks_and_an_approval_deactivates() {
    let rig = after_losing(60).await;
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::NeedsApproval);
    let message = run.message.as_deref().unwrap();
    assert!(
        message.contains("60 of 350 active rows are missing"),
        "{message}"
    );
    assert_eq!(rig.number(ACTIVE).await, 350);
    let ended = decide(&rig, &run, true).await;
    assert_done(&ended);
    assert_eq!(ended.counts.deactivated, 60);
    assert_eq!(rig.number(ACTIVE).await, 290);
    assert_eq!(rig.number("select count(*) from sync_seen").await, 0);
}

#[tokio::test]
async fn a_refusal_of_the_brake_leaves_the_rows_active() {
    let rig = after_losing(60).await;
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    let ended = decide(&rig, &run, false).await;
    assert_eq!((ended.state, ended.counts.deactivated), (RunState::Done, 0));
    assert!(ended.message.unwrap().contains("left active, as decided"));
    assert_eq!(rig.number(ACTIVE).await, 350);
}

#[tokio::test]
async fn a_run_that_waits_for_an_answer_can_be_cancelled_and_leaves_nothing_behind() {
    let rig = after_losing(60).await;
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    let (store, ana) = (&rig.store, &rig.people.ana);
    operations::sync_runs::cancel(store, ana, run.id, rig.now())
        .await
        .unwrap();
    assert_eq!(rig.run(run.id).await.state, RunState::Cancelled);
    assert_eq!(rig.number("select count(*) from sync_seen").await, 0);
    assert_eq!(rig.number(ACTIVE).await, 350);
}

#[tokio::test]
async fn an_empty_answer_to_a_full_sync_deactivates_nobody_unasked() {
    let rig = after_losing(0).await;
    rig.upstream
        .faults()
        .add(Fault::always(FaultKind::EmptyPage));
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    assert_eq!(run.state, RunState::NeedsApproval);
    assert_eq!(rig.number(ACTIVE).await, 350);
}

#[tokio::test]
async fn keys_lost_in_a_crash_deactivate_nobody() {
    let rig = after_losing(60).await;
    let run = rig.sync(Entity::Items, SyncMode::Full).await;
    // What a crash does to an unlogged table.
    sqlx::raw_sql("truncate sync_seen")
        .execute(&rig.admin)
        .await
        .unwrap();
    let ended = decide(&rig, &run, true).await;
    assert_eq!((ended.state, ended.counts.deactivated), (RunState::Done, 0));
    assert!(
        ended
            .message
            .unwrap()
            .contains("database restarted during the pass")
    );
    assert_eq!(rig.number(ACTIVE).await, 350);
}
