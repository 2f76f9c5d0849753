//! Waves: what a lead holds back comes to the floor together, and nothing of it is lost.

use crate::support::{Site, pick, request};
use domain::cut_off::CutOff;
use domain::document::{DocumentFilter, DocumentKind, DocumentRecord};
use domain::operation::{FloorAction, OperationRequest, Outcome};
use domain::task::{Assignee, TaskState};
use domain::task_list::{TaskAct, TaskChange, TaskFilter};
use domain::user::Caller;
use domain::wave::{Wave, WaveChoice, WaveState};
use domain::{TaskId, WaveId};
use operations::Error;
use operations::waves::{add, close, make, release, take_out};
use sqlx::Row;
use testkit::records::dispatch;

/// Dispatches `26-1` and on, given to marko.
async fn with_tasks(count: usize) -> (Site, Vec<TaskId>) {
    let site = Site::open().await;
    let mut ids = Vec::new();
    for number in 1..=count {
        let number = format!("26-{number}");
        site.dispatches(&[dispatch(&number, &[("A", 5), ("B", 2)])])
            .await;
        ids.push(site.document(&number).await.task.unwrap().id);
    }
    give(&site, &ids, &site.people.marko).await;
    (site, ids)
}

async fn give(site: &Site, tasks: &[TaskId], to: &Caller) {
    let change = TaskChange {
        tasks: tasks.to_vec(),
        act: TaskAct::Give(Assignee::Worker(to.user_id)),
        suggested: Vec::new(),
    };
    let (store, luka) = (&site.store, &site.people.luka);
    operations::tasks::change(store, luka, &change, site.now())
        .await
        .unwrap();
}

fn of(tasks: &[TaskId]) -> WaveChoice {
    WaveChoice {
        tasks: tasks.to_vec(),
        cut_off: None,
    }
}

async fn wave(site: &Site, tasks: &[TaskId]) -> Wave {
    let (store, luka) = (&site.store, &site.people.luka);
    let made = make(store, luka, "Courier", &of(tasks), site.now()).await;
    made.unwrap()
}

async fn let_begin(site: &Site, id: WaveId) -> operations::Result<Wave> {
    release(&site.store, &site.people.luka, id, site.now()).await
}

/// What a handheld is offered; the same by both roads.
async fn offered(site: &Site, who: &Caller) -> Vec<TaskId> {
    let mine = store::tasks::mine(&site.store, who).await.unwrap();
    let mut mine: Vec<TaskId> = mine.iter().map(|task| task.id).collect();
    mine.sort_unstable();
    let page = store::tasks::mine_page(&site.store, who, None, None, 50).await;
    let paged: Vec<TaskId> = page.unwrap().rows.iter().map(|task| task.id).collect();
    assert_eq!(mine, paged);
    mine
}

async fn topics(site: &Site) -> Vec<String> {
    let told =
        "select topics from live_feed where not topics @> '{audit}' order by id desc limit 1";
    let row = sqlx::query(told).fetch_one(&site.admin).await.unwrap();
    row.get(0)
}

async fn count(site: &Site, of: &str) -> i64 {
    let query = format!("select count(*) from {of}");
    site.number(Box::leak(query.into_boxed_str())).await
}

fn offline(task: TaskId, action: FloorAction) -> OperationRequest {
    OperationRequest {
        offline: true,
        ..request(task, action)
    }
}

#[tokio::test]
async fn a_wave_holds_its_dispatches_back_until_it_is_released_and_then_all_are_there_at_once() {
    let (site, ids) = with_tasks(3).await;
    let (store, people) = (&site.store, &site.people);
    assert_eq!(offered(&site, &people.marko).await, ids);
    let made = wave(&site, &ids[..2]).await;
    assert_eq!((made.number, made.state), (1, WaveState::Planned));
    assert_eq!(made.held, &ids[..2]);
    let heard = topics(&site).await;
    let marko = format!("worker_tasks:{}", people.marko.user_id);
    assert!(heard.contains(&marko) && heard.contains(&"tasks".to_owned()));
    assert_eq!(offered(&site, &people.marko).await, &ids[2..]);
    let read = store::tasks::get(store, &people.marko, ids[0]).await;
    assert!(matches!(read, Err(store::Error::NotFound { .. })));
    let claim = request(ids[0], FloorAction::Claim);
    let refused = site.try_submit(&people.marko, &claim).await;
    assert!(matches!(&refused, Err(Error::Conflict(text)) if text.contains("wave 1")));

    // The office sees them all, gives them away, and finds them by their wave.
    let filter = TaskFilter {
        wave: Some(made.id),
        ..TaskFilter::default()
    };
    let found = store::tasks::search(store, &people.luka, &filter, None, 50, site.now()).await;
    assert_eq!(found.unwrap().rows.len(), 2);
    give(&site, &ids[1..2], &people.petar).await;
    assert!(offered(&site, &people.petar).await.is_empty());
    let loads = store::loads::workers(store, &people.luka, site.now()).await;
    let loads = loads.unwrap();
    let petar = loads.iter().find(|load| load.name == "Petar").unwrap();
    assert_eq!(petar.tasks, 1, "it is work all the same");

    let after = let_begin(&site, made.id).await.unwrap();
    assert_eq!((after.state, after.held.len()), (WaveState::Released, 0));
    assert_eq!(after.ended_by.as_deref(), Some("Luka"));
    assert_eq!(offered(&site, &people.marko).await, [ids[0], ids[2]]);
    assert_eq!(offered(&site, &people.petar).await, &ids[1..2]);
    assert!(topics(&site).await.contains(&marko));
    let answer = site.submit(&people.marko, &claim).await;
    assert_eq!(answer.outcome, Outcome::Accepted);
    for text in [
        "Put into wave 1, which is not released yet.",
        "Released with wave 1.",
    ] {
        let said = format!("timeline_entries where kind = 'planned' and text = '{text}'");
        assert_eq!(count(&site, &said).await, 2, "{text}");
    }
    let audit = "audit_entries where action = 'WAVE_RELEASED' and subject = '1' and details->'tasks' @> '[\"26-2\"]'";
    assert_eq!(count(&site, audit).await, 1);
}

#[tokio::test]
async fn a_wave_released_twice_at_once_is_released_once() {
    let (site, ids) = with_tasks(3).await;
    let made = wave(&site, &ids).await;
    let (one, other, third) = tokio::join!(
        let_begin(&site, made.id),
        let_begin(&site, made.id),
        let_begin(&site, made.id),
    );
    for answer in [one, other, third] {
        assert_eq!(answer.unwrap().state, WaveState::Released);
    }
    let released = "audit_entries where action = 'WAVE_RELEASED'";
    assert_eq!(count(&site, released).await, 1);
    let said = "timeline_entries where text = 'Released with wave 1.'";
    assert_eq!(count(&site, said).await, 3);
}

#[tokio::test]
async fn waves_made_at_once_have_numbers_of_their_own_and_share_no_task() {
    let (site, ids) = with_tasks(3).await;
    let (store, luka, now) = (&site.store, &site.people.luka, site.now());
    let (first, second) = (of(&ids[..2]), of(&ids[1..]));
    let (one, other) = tokio::join!(
        make(store, luka, "", &first, now),
        make(store, luka, "", &second, now),
    );
    let made = [&one, &other].into_iter().filter(|made| made.is_ok());
    assert_eq!(made.count(), 1, "{one:?} {other:?}");
    assert_eq!(count(&site, "tasks where held").await, 2);
    assert_eq!(count(&site, "waves").await, 1);
    let left = match one {
        Ok(_) => ids[2],
        Err(_) => ids[0],
    };
    assert_eq!(wave(&site, &[left]).await.number, 2);
}

#[tokio::test]
async fn a_released_wave_takes_no_more_tasks_and_only_an_empty_one_is_closed() {
    let (site, ids) = with_tasks(4).await;
    let (store, luka, now) = (&site.store, &site.people.luka, site.now());
    let made = wave(&site, &ids[..1]).await;
    let more = add(store, luka, made.id, &of(&ids[..2]), now).await;
    assert_eq!(more.unwrap().held, &ids[..2], "what is in it stays");
    let full = close(store, luka, made.id, now).await;
    assert!(matches!(full, Err(Error::Conflict(_))), "{full:?}");
    let out = take_out(store, luka, &ids[..1], Some(made.id), now).await;
    assert_eq!(out.unwrap()[0].held, &ids[1..2]);
    assert!(offered(&site, &site.people.marko).await.contains(&ids[0]));
    let again = take_out(store, luka, &ids[..1], None, now).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    let_begin(&site, made.id).await.unwrap();
    let late = add(store, luka, made.id, &of(&ids[2..3]), now).await;
    assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");

    let other = wave(&site, &ids[2..]).await;
    let wrong = take_out(store, luka, &ids[2..], Some(made.id), now).await;
    assert!(matches!(wrong, Err(Error::Conflict(_))), "{wrong:?}");
    take_out(store, luka, &ids[2..], None, now).await.unwrap();
    let empty = let_begin(&site, other.id).await;
    assert!(matches!(empty, Err(Error::Conflict(_))), "{empty:?}");
    let closed = close(store, luka, other.id, now).await.unwrap();
    assert_eq!(closed.state, WaveState::Closed);
    let current = store::waves::current(store, luka).await.unwrap();
    let current: Vec<i32> = current.iter().map(|wave| wave.number).collect();
    assert_eq!(
        current,
        [1],
        "released and not done; the closed one is over"
    );
    let said = "timeline_entries where text = 'Taken out of wave 2.'";
    assert_eq!(count(&site, said).await, 2);
}

#[tokio::test]
async fn what_is_begun_closed_or_no_dispatch_goes_into_no_wave() {
    let (site, ids) = with_tasks(2).await;
    let (store, luka, ana) = (&site.store, &site.people.luka, &site.people.ana);
    site.act(&site.people.marko, ids[0], FloorAction::Claim)
        .await;
    let tried = async |tasks: &[TaskId]| {
        let made = make(store, luka, "", &of(tasks), site.now()).await;
        made.unwrap_err().to_string()
    };
    assert_eq!(
        tried(&ids).await,
        "Nothing was changed. Begun already: 26-1."
    );
    give(&site, &ids[..1], &site.people.petar).await;
    assert!(tried(&ids).await.contains("Begun already: 26-1"));
    let receipt = DocumentRecord {
        kind: DocumentKind::Receipt,
        ..dispatch("R1", &[("A", 5)])
    };
    site.dispatches(&[receipt]).await;
    let filter = DocumentFilter::default();
    let found = store::documents::list(store, ana, DocumentKind::Receipt, &filter, None, 10).await;
    let id = found.unwrap().rows[0].id;
    let receipt = store::documents::get(store, ana, id).await.unwrap();
    assert!(
        tried(&[receipt.task.unwrap().id])
            .await
            .contains("Receipts are: R1")
    );
    assert!(tried(&[]).await.contains("Choose the tasks"));
    assert_eq!(count(&site, "waves").await, 0);
}

#[tokio::test]
async fn work_that_comes_in_late_on_a_task_held_back_counts_and_takes_it_out_of_its_wave() {
    let (site, ids) = with_tasks(3).await;
    let marko = &site.people.marko;
    let made = wave(&site, &ids).await;
    let line = site.line("26-1", "A").await.id;
    let late = offline(ids[0], pick(line, "2"));
    let answer = site.submit(marko, &late).await;
    assert_eq!(answer.outcome, Outcome::Accepted);
    assert_eq!(site.submit(marko, &late).await, answer, "once");
    let claimed = offline(ids[1], FloorAction::Claim);
    assert_eq!(
        site.submit(marko, &claimed).await.outcome,
        Outcome::Accepted
    );
    // The screen was open when the lead held the task back; the goods are in the worker's hands.
    let line = site.line("26-3", "A").await.id;
    site.act(marko, ids[2], pick(line, "5")).await;
    assert_eq!(offered(&site, marko).await, ids);
    let task = site.document("26-1").await.task.unwrap();
    assert_eq!(task.state, TaskState::Claimed);
    assert_eq!(site.line("26-1", "A").await.done, 2.into());
    assert_eq!(count(&site, "tasks where held").await, 0);
    let luka = &site.people.luka;
    let empty = store::waves::get(&site.store, luka, made.id).await.unwrap();
    assert!(empty.held.is_empty());
    close(&site.store, luka, made.id, site.now()).await.unwrap();
}

#[tokio::test]
async fn a_dispatch_that_the_erp_withdraws_leaves_its_wave_and_comes_back_without_it() {
    let (site, ids) = with_tasks(2).await;
    let made = wave(&site, &ids).await;
    site.dispatches(&[dispatch("26-1", &[("UNKNOWN", 5)])])
        .await;
    let task = site.document("26-1").await.task.unwrap();
    assert_eq!(task.state, TaskState::Cancelled);
    let (store, luka) = (&site.store, &site.people.luka);
    let left = store::waves::get(store, luka, made.id).await.unwrap();
    assert_eq!((left.held, left.tasks), (ids[1..].to_vec(), 1));
    let_begin(&site, made.id).await.unwrap();
    site.dispatches(&[dispatch("26-1", &[("A", 5)])]).await;
    assert_eq!(offered(&site, &site.people.marko).await, ids);
}

#[tokio::test]
async fn all_that_waits_for_a_cut_off_goes_into_a_wave_together() {
    let site = Site::open().await;
    let (store, luka) = (&site.store, &site.people.luka);
    let courier = CutOff {
        id: None,
        warehouse_id: site.people.warehouse,
        name: "Courier".to_owned(),
        closes: "12:00:00".parse().unwrap(),
        days: (1..=7).collect(),
    };
    let courier = operations::cut_offs::save(store, luka, &courier, site.now()).await;
    let choice = WaveChoice {
        tasks: Vec::new(),
        cut_off: Some(courier.unwrap()),
    };
    let none = make(store, luka, "", &choice, site.now()).await;
    assert!(matches!(none, Err(Error::Invalid(_))), "{none:?}");
    let mut ids = Vec::new();
    for (number, at) in [("1", "08:40"), ("2", "08:50"), ("3", "11:10")] {
        let at = format!("2026-11-20T{at}:00Z");
        site.clock.set(at.parse().unwrap());
        site.dispatches(&[dispatch(number, &[("A", 5)])]).await;
        ids.push(site.document(number).await.task.unwrap().id);
    }
    // The third one is for tomorrow.
    site.clock.set("2026-11-20T10:00:00Z".parse().unwrap());
    let made = make(store, luka, "", &choice, site.now()).await.unwrap();
    assert_eq!(made.held, &ids[..2]);
    assert_eq!(
        made.due_at.unwrap().to_rfc3339(),
        "2026-11-20T11:00:00+00:00"
    );
}

#[tokio::test]
async fn only_leads_of_a_site_hold_its_work_back() {
    let (site, ids) = with_tasks(2).await;
    let (store, people, now) = (&site.store, &site.people, site.now());
    let made = wave(&site, &ids[..1]).await;
    let more = of(&ids[1..]);
    for (who, forbidden) in [(&people.marko, true), (&people.stranger, false)] {
        let fits = |error: &Error| match error {
            Error::Forbidden(_) => forbidden,
            Error::NotFound(_) => !forbidden,
            _ => false,
        };
        let refusals = [
            make(store, who, "", &more, now).await.unwrap_err(),
            add(store, who, made.id, &more, now).await.unwrap_err(),
            release(store, who, made.id, now).await.unwrap_err(),
            close(store, who, made.id, now).await.unwrap_err(),
            take_out(store, who, &ids[..1], None, now)
                .await
                .unwrap_err(),
        ];
        assert!(refusals.iter().all(fits), "{refusals:?}");
    }
    let nothing = store::waves::current(store, &people.stranger).await;
    assert!(nothing.unwrap().is_empty());
    assert_eq!(count(&site, "tasks where held").await, 1);
}

#[tokio::test]
async fn giving_away_what_a_wave_holds_back_says_that_no_handheld_has_it() {
    let (site, ids) = with_tasks(2).await;
    wave(&site, &ids[..1]).await;
    let (store, people) = (&site.store, &site.people);
    let change = TaskChange {
        tasks: ids.clone(),
        act: TaskAct::Give(Assignee::Worker(people.petar.user_id)),
        suggested: Vec::new(),
    };
    for told in [(2, 1), (0, 0)] {
        let answer = operations::tasks::change(store, &people.luka, &change, site.now()).await;
        let answer = answer.unwrap();
        assert_eq!((answer.changed, answer.held), told);
    }
    let to = Assignee::Worker(people.marko.user_id);
    for (id, held) in [(ids[0], true), (ids[1], false)] {
        let given = operations::tasks::assign(store, &people.luka, id, to, site.now()).await;
        assert_eq!(given.unwrap().held, held);
    }
}
