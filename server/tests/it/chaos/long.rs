//! The long forms, for `scripts/chaos`.

use super::acts::an_act_is_sent_many_times_at_once;
use super::{the_program_is_killed, the_program_is_told_to_stop};

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn the_program_is_killed_forty_times() {
    the_program_is_killed(400, 40).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn the_program_is_told_to_stop_twenty_times() {
    the_program_is_told_to_stop(1_000, 20).await;
}

#[tokio::test]
#[ignore = "long: scripts/chaos"]
async fn an_act_is_sent_a_hundred_times_at_once() {
    an_act_is_sent_many_times_at_once(100).await;
}
