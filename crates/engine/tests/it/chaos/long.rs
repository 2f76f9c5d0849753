//! The long forms, for `scripts/chaos`.

use super::clocks::a_clock_jumps;
use super::crashes::{
    a_transaction_stays_open, sessions_are_ended, the_database_crashes, the_pool_is_held,
};
use super::cuts::{runs_are_cut_off, sagas_are_cut_off};
use super::dead::dead_messages_are_put_back;
use super::full::the_disk_is_full;
use super::kills::{Size, System, workers_are_killed};
use super::nodes::{a_node_stands_still, nodes_race};
use super::pace::nodes_come_and_go;
use super::queue::a_long_queue;
use super::restore::an_older_copy_is_restored;
use super::runs::{a_run_is_cut_off, a_run_meets_faults};
use crate::sagas::sagas_fail_at_each_step;
use testkit::chaos::Trial;

const LONG: Size = Size {
    sagas: 1_000,
    kills: 100,
};

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn workers_are_killed_and_the_system_recognises_references() {
    workers_are_killed(System::Recognises, LONG).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn workers_are_killed_and_the_system_can_be_asked() {
    workers_are_killed(System::CanBeAsked, LONG).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn workers_are_killed_and_the_system_tells_nothing() {
    let size = Size {
        sagas: 300,
        kills: 30,
    };
    workers_are_killed(System::TellsNothing, size).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn sagas_are_cut_off_at_every_message() {
    sagas_are_cut_off(1).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn runs_are_cut_off_at_every_other_message() {
    runs_are_cut_off(2).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn four_nodes_race() {
    nodes_race(4, 10_000, 1_000).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn a_node_stands_still_and_wakes_up() {
    a_node_stands_still(500).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn the_database_crashes_twenty_times() {
    the_database_crashes(2_000, 20).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn the_pool_is_held_and_seventy_sessions_are_idle() {
    the_pool_is_held(2_000, 70).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn all_sessions_are_ended_sixty_times() {
    sessions_are_ended(2_000, 60).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn a_transaction_stays_open_for_long() {
    a_transaction_stays_open(10_000).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn there_is_no_room_for_results() {
    the_disk_is_full("erp_outbox_attempts", "insert", 2_000).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn there_is_no_room_for_the_queue() {
    the_disk_is_full("erp_outbox", "update", 2_000).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn fifty_thousand_dead_messages_are_put_back() {
    dead_messages_are_put_back(50_000, 1_000).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn another_company_queues_a_hundred_thousand() {
    a_long_queue(100_000).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn an_older_copy_of_a_long_queue_is_restored() {
    an_older_copy_is_restored(5_000).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "long: scripts/chaos"]
async fn nodes_are_started_again_twenty_times() {
    nodes_come_and_go(20, 4).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn sagas_of_five_steps_fail_at_each_of_them() {
    let size = "sagas of 5 steps, refused and cut off at each".to_owned();
    let trial = Trial::begin("sagas fail at each step", size);
    sagas_fail_at_each_step(5).await;
    trial.end(0, 0);
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn a_run_of_two_hundred_pages_is_cut_off_twenty_times() {
    a_run_is_cut_off(200, 20).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn a_run_of_a_hundred_pages_meets_faults() {
    a_run_meets_faults(100).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn a_clock_jumps_a_hundred_times() {
    a_clock_jumps(2_000).await;
}
