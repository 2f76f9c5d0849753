//! Workers are killed at random points of sagas, and systems lose answers meanwhile.

use super::worker::Worker;
use super::{OPEN, enqueue, messages, site, steady, until};
use crate::accounts::product;
use crate::books::{Books, Mood, client};
use crate::support::Rig;
use chrono::{TimeDelta, Utc};
use std::collections::HashSet;
use std::time::Duration;
use testkit::chaos::{Chance, Trial};
use uuid::Uuid;

/// What a system does about a command that it has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Recognises its reference and writes nothing.
    Recognises,
    /// Writes it again; it can be asked for the reference before.
    CanBeAsked,
    /// Writes it again, and tells nothing.
    TellsNothing,
}

/// How much is tried.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    pub sagas: usize,
    pub kills: usize,
}

const SHORT: Size = Size {
    sagas: 100,
    kills: 6,
};

#[tokio::test]
async fn workers_killed_at_random_lose_and_double_nothing_at_a_system_that_recognises_references() {
    workers_are_killed(System::Recognises, SHORT).await;
}

#[tokio::test]
async fn workers_killed_at_random_lose_and_double_nothing_at_a_system_that_can_be_asked() {
    workers_are_killed(System::CanBeAsked, SHORT).await;
}

#[tokio::test]
async fn workers_killed_at_random_double_nothing_and_ask_a_person_at_a_system_that_tells_nothing() {
    workers_are_killed(System::TellsNothing, SHORT).await;
}

pub async fn workers_are_killed(system: System, size: Size) {
    let fault = match system {
        System::Recognises => "worker killed, ERP recognises references",
        System::CanBeAsked => "worker killed, ERP can be asked",
        System::TellsNothing => "worker killed, ERP tells nothing",
    };
    let Size { sagas, kills } = size;
    let trial = Trial::begin(fault, format!("{sagas} sagas of 2 steps, {kills} kills"));
    let mut chance = Chance::of_run();
    let books = books(system).await;
    let rig = site().await;
    let ids = ask_for(&rig, sagas).await;
    let asks = system != System::TellsNothing;
    for _ in 0..kills {
        let worker = Worker::start(&rig, &books, asks);
        let next = books.lines().len() + 1 + chance.below(8);
        tokio::select! {
            () = books.asked(next) => {}
            () = until(&rig, OPEN, 0) => break,
        }
        // Where in its work it is then is a matter of chance.
        tokio::time::sleep(chance.moment(Duration::from_millis(20))).await;
        worker.kill();
    }
    let _last = Worker::start(&rig, &books, asks);
    until(&rig, OPEN, 0).await;
    trial.end(lost(&rig, &books, system, &ids).await, books.doubled());
}

async fn books(system: System) -> Books {
    let books = Books::open(&[]).await;
    books.take(Duration::from_millis(20));
    books.each(20, Mood::LoseAnswer);
    if system == System::Recognises {
        books.recognise();
    }
    books
}

/// So many sagas of two products each.
async fn ask_for(rig: &Rig, sagas: usize) -> Vec<Uuid> {
    let mut ids = Vec::with_capacity(sagas);
    for n in 0..sagas {
        let steps = ["A", "B"].map(|step| product(rig, &format!("{step}-{n}")));
        let (store, ana, key) = (&rig.store, &rig.people.ana, format!("saga {n}"));
        let id = operations::sagas::start(store, ana, &key, &steps, Utc::now()).await;
        ids.push(id.unwrap());
    }
    ids
}

/// Sagas that are neither written whole nor, where nobody can be asked, put before a person.
async fn lost(rig: &Rig, books: &Books, system: System, ids: &[Uuid]) -> usize {
    let entries = books.entries();
    let written: HashSet<&str> = entries.iter().map(|e| e.reference.as_str()).collect();
    let whole = |id: Uuid| (1..=2).all(|step| written.contains(format!("{id}-{step}").as_str()));
    let states: Vec<(Uuid, String, Option<String>)> =
        sqlx::query_as("select id, status, last_error from erp_outbox")
            .fetch_all(&rig.admin)
            .await
            .unwrap();
    let kept = states.into_iter().filter(|(id, status, error)| {
        let asks = error
            .as_deref()
            .is_some_and(|text| text.contains("Look there"));
        match status.as_str() {
            "completed" => whole(*id),
            "dead" => system == System::TellsNothing && asks,
            _ => false,
        }
    });
    let kept: HashSet<Uuid> = kept.map(|(id, ..)| id).collect();
    ids.iter().filter(|id| !kept.contains(*id)).count()
}

#[tokio::test]
async fn a_command_whose_sender_is_gone_is_not_looked_for_while_the_erp_may_still_be_at_it() {
    let (rig, books) = (site().await, Books::open(&[]).await);
    let one = messages(rig.connection, 1, 1);
    let ids = enqueue(&rig.store, &rig.people, &one, rig.now()).await;
    let id = ids.unwrap()[0];
    // A worker without a session: it was killed.
    let token = store::outbox::Worker::new(Uuid::new_v4()).token(Uuid::new_v4());
    let lease = Duration::from_secs(30);
    operations::outbox::claim(&rig.store, token, 1, &[], 0, lease, rig.now())
        .await
        .unwrap();
    let engine = steady(&rig, &books);
    for _ in 0..2 {
        assert_eq!(engine.deliver_due().await, 0);
        rig.clock.pass(TimeDelta::seconds(10));
    }
    // The ERP was slow: only now it has it.
    let url = format!("http://{}/do/{id}", books.address);
    client().post(url).body("P-0").send().await.unwrap();
    rig.clock.pass(TimeDelta::seconds(11));
    assert_eq!(engine.deliver_due().await, 1);
    assert_eq!(rig.number(OPEN).await, 0);
    assert_eq!((books.entries().len(), books.doubled()), (1, 0));
}
