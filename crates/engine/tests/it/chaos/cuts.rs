//! A worker that dies at every message it exchanges with the database, one after the other: before the
//! database hears it, and before the answer is heard.

use super::line::{Fate, Line};
use super::{PATIENCE, until};
use crate::accounts::{ask, ledger, look, product, worker};
use crate::books::{Books, Ledger};
use crate::support::{Rig, items, node, options};
use chrono::TimeDelta;
use domain::outbox::MessageState;
use domain::sync::{Entity, RunState, SyncMode};
use engine::Engine;
use testkit::chaos::{Chance, Trial};
use uuid::Uuid;

const FATES: [Fate; 2] = [Fate::Unheard, Fate::Unanswered];
/// Sessions of the worker that died.
const LEFT: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'crossdock'";
/// More messages than anything here exchanges.
const MANY: usize = 1_000;

#[tokio::test]
async fn a_saga_cut_off_at_messages_to_the_database_ends_done_or_taken_back_and_nothing_doubled() {
    sagas_are_cut_off(4).await;
}

#[tokio::test]
async fn a_run_cut_off_at_messages_to_the_database_goes_on_and_every_row_is_there_once() {
    runs_are_cut_off(17).await;
}

/// Sagas of two steps, of which the second is accepted or refused, at every nth message.
pub async fn sagas_are_cut_off(every: usize) {
    let size = format!("sagas of 2 steps, every {every}. message");
    let trial = Trial::begin("worker dies at a message to PostgreSQL", size);
    let mut chance = Chance::of_run();
    let (rig, ..) = ledger(&[]).await;
    let line = Line::to(&rig.database.url()).await;
    let (mut lost, mut doubled) = (0, 0);
    for refused in [None, Some("B")] {
        for fate in FATES {
            let first = chance.below(every);
            for at in (first..MANY).step_by(every) {
                let books = Books::open(&[]).await;
                books.refuse(refused);
                let steps = ["A", "B"].map(|code| product(&rig, code));
                let id = ask(&rig, &format!("{refused:?} {fate:?} {at}"), &steps).await;
                let engine = over(&line, &rig).await;
                let engine = engine.with_connector(rig.connection, Ledger::new(&books));
                let work = async move {
                    engine.deliver_due().await;
                };
                let died = dies(&line, at, fate, work).await;
                until(&rig, LEFT, 0).await;
                lost += usize::from(!ends_well(&rig, &books, id, refused).await);
                doubled += books.doubled();
                if !died {
                    assert!(at > first, "it was cut off at least once");
                    break;
                }
            }
        }
    }
    trial.end(lost, doubled);
}

/// Whether others bring it to its end: all of it written, or nothing.
async fn ends_well(rig: &Rig, books: &Books, id: Uuid, refused: Option<&str>) -> bool {
    let engine = worker(rig, books);
    for _ in 0..10 {
        let state = look(rig, id).await.message.state;
        if state == MessageState::Completed {
            return refused.is_none() && books.standing() == ["A", "B"];
        }
        if state == MessageState::Dead {
            return refused.is_some() && books.standing().is_empty();
        }
        rig.clock.pass(TimeDelta::hours(2));
        engine.deliver_due().await;
    }
    false
}

/// Runs over three pages, at every nth message.
pub async fn runs_are_cut_off(every: usize) {
    let size = format!("runs of 3 pages, every {every}. message");
    let trial = Trial::begin("sync dies at a message to PostgreSQL", size);
    let mut chance = Chance::of_run();
    let mut lost = 0;
    for fate in FATES {
        let first = chance.below(every);
        for at in (first..MANY).step_by(every) {
            let rig = Rig::new(items(250)).await;
            let id = rig.request(Entity::Items, SyncMode::Full).await;
            let line = Line::to(&rig.database.url()).await;
            let engine = over(&line, &rig).await;
            let work = async move { engine.run_until_idle().await };
            let died = dies(&line, at, fate, work).await;
            until(&rig, LEFT, 0).await;
            rig.pass(TimeDelta::minutes(2));
            rig.engine().run_until_idle().await;
            let run = rig.run(id).await;
            lost += usize::from(run.state != RunState::Done || run.counts.rows != 250);
            rig.assert_same_items().await;
            if !died {
                assert!(at > first, "it was cut off at least once");
                break;
            }
        }
    }
    trial.end(lost, 0);
}

/// A node that reaches the database over the line.
async fn over(line: &Line, rig: &Rig) -> Engine {
    line.mend();
    node(line.store().await, options(), rig.clock.shared())
}

/// Whether the work died at the message; it came to its end before otherwise.
async fn dies(
    line: &Line,
    at: usize,
    fate: Fate,
    work: impl Future<Output = ()> + Send + 'static,
) -> bool {
    line.cut_at(at, fate);
    let mut work = tokio::spawn(work);
    let died = tokio::select! {
        biased;
        () = line.is_cut() => true,
        ended = &mut work => {
            ended.unwrap();
            false
        }
        () = tokio::time::sleep(PATIENCE) => panic!("it neither dies nor ends"),
    };
    work.abort();
    if died {
        let _ = work.await;
    }
    line.mend();
    died
}
