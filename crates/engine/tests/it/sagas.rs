//! Several commands succeed together or are taken back, whenever a worker dies.

use crate::accounts::{ask, ledger, look, product, worker};
use crate::books::{Books, Mood};
use crate::support::Rig;
use chrono::TimeDelta;
use domain::outbox::{MessageState, StepState};
use operations::sagas::Command;
use std::time::Duration;
use uuid::Uuid;

/// Attempts that a worker lived to tell.
const TRIED: &str = "select count(*) from erp_outbox_attempts where outcome <> 'lost'";
const CODES: [&str; 3] = ["A", "B", "C"];
/// Those of longer sagas.
const MORE: [&str; 5] = ["A", "B", "C", "D", "E"];

fn steps(rig: &Rig) -> Vec<Command> {
    steps_of(rig, &CODES)
}

fn steps_of(rig: &Rig, codes: &[&str]) -> Vec<Command> {
    codes.iter().map(|code| product(rig, code)).collect()
}

#[tokio::test]
async fn steps_run_in_their_order_and_complete_together() {
    let (rig, books, engine) = ledger(&[]).await;
    let id = ask(&rig, "s1", &steps(&rig)).await;
    assert_eq!(engine.deliver_due().await, 3);
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.state, MessageState::Completed);
    assert!(
        detail
            .steps
            .iter()
            .all(|step| step.state == StepState::Accepted)
    );
    assert_eq!(books.standing(), CODES);
}

#[tokio::test]
async fn commands_that_come_many_times_at_once_under_one_key_are_asked_for_once() {
    let (rig, ..) = ledger(&[]).await;
    let commands = steps(&rig);
    for key in ["s1", "s2", "s3"] {
        let asked = (0..6).map(|_| ask(&rig, key, &commands));
        let ids = futures::future::join_all(asked).await;
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
    let told = "select count(*) from audit_entries where action = 'SAGA_REQUESTED'";
    assert_eq!(rig.number(told).await, 3);
    assert_eq!(rig.number("select count(*) from erp_outbox").await, 3);
}

#[tokio::test]
async fn of_other_commands_that_come_at_once_under_one_key_one_is_refused() {
    let (rig, ..) = ledger(&[]).await;
    let commands = steps(&rig);
    let (store, ana) = (&rig.store, &rig.people.ana);
    let start = |commands| operations::sagas::start(store, ana, "s1", commands, rig.now());
    match tokio::join!(start(&commands[..1]), start(&commands[1..])) {
        (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => {
            assert!(matches!(refused, operations::Error::Conflict(_)));
        }
        both => panic!("{both:?}"),
    }
    assert_eq!(rig.number("select count(*) from erp_outbox").await, 1);
}

#[tokio::test]
async fn a_step_refused_for_good_takes_the_accepted_ones_back_in_reverse() {
    let (rig, books, engine) = ledger(&[]).await;
    books.refuse(Some("C"));
    let id = ask(&rig, "s1", &steps(&rig)).await;
    engine.deliver_due().await;
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.state, MessageState::Dead);
    assert!(detail.message.last_error.unwrap().contains("not like this"));
    let states: Vec<StepState> = detail.steps.iter().map(|step| step.state).collect();
    assert_eq!(
        states,
        [StepState::Undone, StepState::Undone, StepState::Refused]
    );
    let ways: Vec<(String, String)> = books
        .entries()
        .into_iter()
        .map(|entry| (entry.way, entry.about))
        .collect();
    let way = |way: &str, about: &str| (way.to_owned(), about.to_owned());
    assert_eq!(
        ways,
        [
            way("do", "A"),
            way("do", "B"),
            way("undo", "B"),
            way("undo", "A")
        ]
    );
    assert!(books.standing().is_empty());
    // A person repairs the cause: it begins anew, under references of its own.
    books.refuse(None);
    let (store, ana, now) = (&rig.store, &rig.people.ana, rig.now());
    operations::outbox::retry(store, ana, id, "C is allowed now", now)
        .await
        .unwrap();
    engine.deliver_due().await;
    assert_eq!(look(&rig, id).await.message.state, MessageState::Completed);
    assert_eq!(books.standing(), CODES);
}

#[tokio::test]
async fn a_last_step_that_may_have_been_written_is_found_and_taken_back_too() {
    let (rig, books, engine) = ledger(&[Mood::Accept, Mood::LoseAnswer]).await;
    let id = ask(&rig, "s1", &steps(&rig)[..2]).await;
    // The second is written, its answer lost; all further looks at it fail until it is given up.
    sqlx::query("update erp_outbox set max_attempts = 1")
        .execute(&rig.admin)
        .await
        .unwrap();
    engine.deliver_due().await;
    let detail = look(&rig, id).await;
    assert_eq!(detail.message.state, MessageState::Dead);
    assert!(
        detail
            .steps
            .iter()
            .all(|step| step.state == StepState::Undone)
    );
    assert!(books.standing().is_empty(), "{:?}", books.entries());
}

#[tokio::test]
async fn a_saga_that_a_person_gives_up_half_way_is_taken_back_before_it_is_gone() {
    let (rig, books, engine) = ledger(&[Mood::Accept, Mood::Refuse(500)]).await;
    let id = ask(&rig, "s1", &steps(&rig)).await;
    engine.deliver_due().await;
    assert_eq!(books.standing(), ["A"]);
    let (store, ana) = (&rig.store, &rig.people.ana);
    operations::outbox::discard(store, ana, id, "not wanted any more", rig.now())
        .await
        .unwrap();
    engine.deliver_due().await;
    assert!(books.standing().is_empty());
    assert_eq!(look(&rig, id).await.message.state, MessageState::Dead);
    operations::outbox::discard(store, ana, id, "not wanted any more", rig.now())
        .await
        .unwrap();
    assert_eq!(look(&rig, id).await.message.state, MessageState::Discarded);
}

/// Works until nothing is left to do, with a worker that dies at its nth attempt before the command is
/// sent, or whose answer is lost after it was written. All workers are cut off after their first attempt,
/// wherever they are then.
async fn survive(rig: &Rig, books: &Books, id: Uuid, dies_at: usize, written: bool) {
    for attempt in 0..40 {
        let state = look(rig, id).await.message.state;
        if matches!(state, MessageState::Completed | MessageState::Dead) {
            return;
        }
        if attempt == dies_at {
            die(rig, books, written).await;
        } else {
            one(rig, books).await;
        }
        rig.clock.pass(TimeDelta::hours(2));
    }
    panic!("it never came to an end");
}

/// One attempt: the node is gone after it, whatever it would do next.
async fn one(rig: &Rig, books: &Books) {
    let before = rig.number(TRIED).await;
    let engine = worker(rig, books);
    let work = tokio::spawn(async move { engine.deliver_due().await });
    while rig.number(TRIED).await == before && !work.is_finished() {
        tokio::task::yield_now().await;
    }
    work.abort();
    let _ = work.await;
}

/// A worker that claims and dies, having sent its command or not.
async fn die(rig: &Rig, books: &Books, written: bool) {
    if !written {
        let (lost, lease) = (Uuid::new_v4(), Duration::from_secs(30));
        operations::outbox::claim(&rig.store, lost, 10, &[], 0, lease, rig.now())
            .await
            .unwrap();
        return;
    }
    books.then(&[Mood::LoseAnswer]);
    one(rig, books).await;
}

#[tokio::test]
async fn a_saga_ends_done_or_taken_back_wherever_it_fails_and_wherever_its_worker_dies() {
    sagas_fail_at_each_step(3).await;
}

/// A saga of so many steps, at most five, refused at each of them or at none, with a worker that dies at each
/// of its attempts.
pub async fn sagas_fail_at_each_step(length: usize) {
    let codes = &MORE[..length];
    let (rig, ..) = ledger(&[]).await;
    let each = codes.iter().copied().map(Some);
    for refused in std::iter::once(None).chain(each) {
        for dies_at in 0..2 * length - 1 {
            for written in [false, true] {
                let books = Books::open(&[]).await;
                books.refuse(refused);
                let key = format!("{refused:?} {dies_at} {written}");
                let id = ask(&rig, &key, &steps_of(&rig, codes)).await;
                survive(&rig, &books, id, dies_at, written).await;
                let case = format!("{refused:?} {dies_at} {written}: {:?}", books.entries());
                let state = look(&rig, id).await.message.state;
                match refused {
                    None => {
                        assert_eq!(state, MessageState::Completed, "{case}");
                        assert_eq!(books.standing(), codes, "{case}");
                    }
                    Some(_) => {
                        assert_eq!(state, MessageState::Dead, "{case}");
                        assert!(books.standing().is_empty(), "{case}");
                    }
                }
                let undone = books.entries().iter().filter(|e| e.way == "undo").count();
                let done = books.entries().len() - undone;
                assert!(done <= length && undone <= done, "nothing doubled: {case}");
            }
        }
    }
}
