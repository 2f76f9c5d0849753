//! What a document lacks that was finished in part goes back to the floor.

use crate::support::{FINISH, FINISH_PARTIAL, Site, pick, request, undo};
use domain::cut_off::CutOff;
use domain::document::{DocumentStatus, LineStatus};
use domain::exception::ExceptionKind;
use domain::operation::{FloorAction, Outcome};
use domain::shortage::ShortageReason;
use domain::task::{Assignee, TaskState};
use domain::task_list::{TaskAct, TaskChange};
use domain::user::Caller;
use operations::Error;
use operations::rests::{give_back, set_policy};
use testkit::records::dispatch;

async fn wants(site: &Site, who: &Caller) -> operations::Result<()> {
    let here = site.people.warehouse;
    set_policy(&site.store, who, here, true, site.now()).await
}

async fn give(site: &Site, who: &Caller) -> operations::Result<()> {
    let id = site.document("1").await.document.id;
    give_back(&site.store, who, id, site.now()).await
}

/// Dispatch 1, due at a cut-off: noon in Belgrade on workdays, an hour ahead of UTC.
async fn with_cut_off() -> Site {
    let site = Site::open().await;
    let courier = CutOff {
        id: None,
        warehouse_id: site.people.warehouse,
        name: "Courier".to_owned(),
        closes: "12:00:00".parse().unwrap(),
        days: vec![1, 2, 3, 4, 5],
    };
    operations::cut_offs::save(&site.store, &site.people.luka, &courier, site.now())
        .await
        .unwrap();
    site.clock.set("2026-11-20T08:40:00Z".parse().unwrap());
    site.dispatches(&[dispatch("1", &[("A", 5)])]).await;
    site
}

/// Marko finishes it in part, from that time on.
async fn finished_in_part(site: &Site, at: &str) {
    site.clock.set(at.parse().unwrap());
    let marko = &site.people.marko;
    let to = Assignee::Worker(marko.user_id);
    let task = site.given_to("1", to).await;
    site.act(marko, task.task.id, pick(task.lines[0].id, "1"))
        .await;
    site.act(marko, task.task.id, FINISH_PARTIAL).await;
}

async fn due(site: &Site) -> Option<String> {
    let task = site.document("1").await.task.unwrap();
    task.due_at.map(|at| at.format("%a %H:%M").to_string())
}

async fn set_due(site: &Site, due: Option<&str>) {
    let change = TaskChange {
        tasks: vec![site.document("1").await.task.unwrap().id],
        act: TaskAct::SetDue(due.map(|due| due.parse().unwrap())),
        suggested: Vec::new(),
    };
    let (store, luka) = (&site.store, &site.people.luka);
    operations::tasks::change(store, luka, &change, site.now())
        .await
        .unwrap();
}

/// What the lead is told about goods that are missing.
async fn told(site: &Site) -> Vec<String> {
    let rows = site.found(ExceptionKind::Shortage).await;
    rows.into_iter().map(|row| row.detail).collect()
}

#[tokio::test]
async fn a_lead_gives_what_a_document_lacks_back_to_the_floor() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 2)]).await;
    let (people, id) = (&site.people, task.task.id);
    let (a, b) = (task.lines[0].id, task.lines[1].id);
    let short = FloorAction::Short {
        line_id: a,
        reason: ShortageReason::Damaged,
        text: None,
    };
    site.act(&people.marko, id, pick(a, "2")).await;
    site.act(&people.marko, id, short).await;
    let early = give(&site, &people.luka).await;
    assert!(matches!(early, Err(Error::Conflict(_))), "{early:?}");
    site.act(&people.marko, id, FINISH_PARTIAL).await;
    let worker = give(&site, &people.marko).await;
    assert!(matches!(worker, Err(Error::Forbidden(_))), "{worker:?}");
    let stranger = give(&site, &people.stranger).await;
    assert!(stranger.is_err(), "{stranger:?}");

    give(&site, &people.luka).await.unwrap();
    let found = site.document("1").await;
    assert_eq!(found.document.status, DocumentStatus::InProgress);
    let again = found.task.unwrap();
    assert_eq!((again.id, again.state), (id, TaskState::Open));
    assert_eq!((again.worker_id, again.team_id), (None, None));
    let line = |code: &str| {
        found
            .lines
            .iter()
            .find(|line| line.item_code == code)
            .unwrap()
    };
    assert_eq!(
        (line("A").status, line("A").reason),
        (LineStatus::Partial, None)
    );
    assert_eq!(line("B").status, LineStatus::New);
    assert_eq!(line("A").done, 2.into());

    let jelena = Assignee::Worker(people.jelena.user_id);
    site.given_to("1", jelena).await;
    site.act(&people.jelena, id, pick(a, "3")).await;
    site.act(&people.jelena, id, pick(b, "2")).await;
    site.act(&people.jelena, id, FINISH).await;
    let found = site.document("1").await;
    assert_eq!(found.document.status, DocumentStatus::Done);
    let whole = give(&site, &people.luka).await;
    assert!(matches!(whole, Err(Error::Conflict(_))), "{whole:?}");
}

#[tokio::test]
async fn undoing_a_pick_of_what_went_back_brings_no_reason_of_before_back() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, id, line) = (&site.people, task.task.id, task.lines[0].id);
    let short = |reason| FloorAction::Short {
        line_id: line,
        reason,
        text: None,
    };
    let damaged = short(ShortageReason::Damaged);
    site.act(&people.marko, id, damaged).await;
    site.act(&people.marko, id, FINISH_PARTIAL).await;
    give(&site, &people.luka).await.unwrap();
    let marko = Assignee::Worker(people.marko.user_id);
    site.given_to("1", marko).await;
    let picked = site.act(&people.marko, id, pick(line, "1")).await;
    site.act(&people.marko, id, undo(picked)).await;
    let open = site.line("1", "A").await;
    assert_eq!((open.status, open.reason), (LineStatus::New, None));
    let missing = short(ShortageReason::NotFound);
    site.act(&people.marko, id, missing).await;
    let picked = site.act(&people.marko, id, pick(line, "1")).await;
    site.act(&people.marko, id, undo(picked)).await;
    let again = site.line("1", "A").await;
    assert_eq!(again.reason, Some(ShortageReason::NotFound));
}

#[tokio::test]
async fn where_a_site_wants_it_a_partial_finish_is_work_again_once_and_the_lead_is_told() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, id, line) = (&site.people, task.task.id, task.lines[0].id);
    wants(&site, &people.luka).await.unwrap();
    site.act(&people.marko, id, pick(line, "2")).await;
    let finish = request(id, FINISH_PARTIAL);
    let answer = site.submit(&people.marko, &finish).await;
    assert_eq!(answer.outcome, Outcome::Accepted);
    // This worker's part of it is over.
    let states = (answer.task_state, answer.document_status);
    assert_eq!(states, (TaskState::Done, DocumentStatus::Partial));
    assert_eq!(site.submit(&people.marko, &finish).await, answer);
    let finished = async || {
        let (store, tv, here) = (&site.store, &people.tv, people.warehouse);
        let board = store::boards::shift(store, tv, here, site.now()).await;
        board.unwrap().figures.documents_partial
    };
    let found = site.document("1").await;
    assert_eq!(found.document.status, DocumentStatus::InProgress);
    assert_eq!(found.task.unwrap().state, TaskState::Open);
    assert_eq!(finished().await, 0, "it is not finished yet");
    assert_eq!(
        told(&site).await,
        ["What was missing is work again and waits to be given to somebody."]
    );

    let jelena = Assignee::Worker(people.jelena.user_id);
    site.given_to("1", jelena).await;
    assert!(told(&site).await.is_empty());
    site.act(&people.jelena, id, pick(line, "1")).await;
    site.act(&people.jelena, id, FINISH_PARTIAL).await;
    let found = site.document("1").await;
    assert_eq!(found.document.status, DocumentStatus::Partial, "only once");
    assert_eq!(found.task.unwrap().state, TaskState::Done);
    assert_eq!(finished().await, 1);
}

#[tokio::test]
async fn only_leads_of_a_site_say_what_it_does_with_what_is_missing() {
    let site = Site::open().await;
    let people = &site.people;
    let worker = wants(&site, &people.marko).await;
    assert!(matches!(worker, Err(Error::Forbidden(_))), "{worker:?}");
    let stranger = wants(&site, &people.stranger).await;
    assert!(matches!(stranger, Err(Error::NotFound(_))), "{stranger:?}");
    wants(&site, &people.luka).await.unwrap();
    let known = store::rests::policies(&site.store, &people.luka).await;
    let known = known.unwrap();
    let wanting: Vec<_> = known.iter().filter(|one| one.by_itself).collect();
    assert_eq!(wanting.len(), 1);
    assert_eq!(wanting[0].warehouse_id, people.warehouse);
}

#[tokio::test]
async fn a_rest_is_due_at_the_next_cut_off_by_a_leads_word_and_by_itself() {
    let site = with_cut_off().await;
    let luka = &site.people.luka;
    assert_eq!(due(&site).await.unwrap(), "Fri 11:00");
    finished_in_part(&site, "2026-11-20T12:30:00Z").await;
    give(&site, luka).await.unwrap();
    assert_eq!(due(&site).await.unwrap(), "Mon 11:00");

    let site = with_cut_off().await;
    wants(&site, &site.people.luka).await.unwrap();
    finished_in_part(&site, "2026-11-23T12:30:00Z").await;
    assert_eq!(due(&site).await.unwrap(), "Tue 11:00");
}

#[tokio::test]
async fn a_rest_keeps_what_a_lead_said_about_its_due_time_only_while_that_is_ahead() {
    let site = with_cut_off().await;
    let luka = &site.people.luka;
    set_due(&site, Some("2026-11-20T16:00:00")).await;
    finished_in_part(&site, "2026-11-20T12:30:00Z").await;
    give(&site, luka).await.unwrap();
    assert_eq!(due(&site).await.unwrap(), "Fri 15:00", "it is ahead");
    finished_in_part(&site, "2026-11-20T15:30:00Z").await;
    give(&site, luka).await.unwrap();
    assert_eq!(due(&site).await.unwrap(), "Mon 11:00", "it was past");
    set_due(&site, None).await;
    finished_in_part(&site, "2026-11-23T12:30:00Z").await;
    give(&site, luka).await.unwrap();
    assert_eq!(due(&site).await, None, "a lead said that there is none");
}
