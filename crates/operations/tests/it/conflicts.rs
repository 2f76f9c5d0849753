//! Edits in the ERP that contradict the floor, decided by a person.

use crate::support::{FINISH, FINISH_PARTIAL, Site, pick, undo};
use domain::OperationId;
use domain::document::{
    ConflictKind, DocumentStatus, LineStatus, OpenConflict, Resolution, SeenConflict,
};
use domain::operation::FloorAction;
use domain::shortage::ShortageReason;
use domain::task::TaskState;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use operations::Error;
use testkit::records::dispatch;
use uuid::Uuid;

async fn open(site: &Site) -> Vec<OpenConflict> {
    let (store, luka) = (&site.store, &site.people.luka);
    store::conflicts::list(store, luka, None, 50)
        .await
        .unwrap()
        .rows
}

async fn resolve(
    site: &Site,
    caller: &Caller,
    conflict: &OpenConflict,
    resolution: Resolution,
) -> operations::Result<()> {
    let id = OperationId(Uuid::new_v4());
    let (line, seen) = (conflict.line_id, conflict.seen());
    operations::conflicts::resolve(&site.store, caller, line, seen, &resolution, id, site.now())
        .await
}

fn keep(reason: &str) -> Resolution {
    Resolution::KeepFloor {
        reason: reason.to_owned(),
    }
}

/// Four of five picked, then the ERP wants three.
async fn lowered() -> Site {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 1)]).await;
    let marko = &site.people.marko;
    site.act(marko, task.task.id, pick(task.lines[0].id, "4"))
        .await;
    site.dispatches(&[dispatch("1", &[("A", 3), ("B", 1)])])
        .await;
    site
}

async fn told(site: &Site, kind: TimelineKind) -> String {
    let id = site.document("1").await.document.id;
    let entries = store::timeline::list(&site.store, &site.people.ana, id).await;
    let entries = entries.unwrap();
    let found = entries.into_iter().rev().find(|entry| entry.kind == kind);
    found.unwrap().text
}

#[tokio::test]
async fn a_conflict_waits_with_what_was_before_and_after() {
    let site = lowered().await;
    let [conflict] = &open(&site).await[..] else {
        panic!("one conflict waits")
    };
    assert_eq!(conflict.kind, ConflictKind::Lowered);
    assert_eq!((&*conflict.number, &*conflict.item_code), ("1", "A"));
    let figures = (conflict.before, conflict.after, conflict.done);
    assert_eq!(figures, (5.into(), 3.into(), 4.into()));
    assert_eq!(conflict.since, site.now());
}

#[tokio::test]
async fn lowering_twice_keeps_the_figure_that_was_undisputed() {
    let site = lowered().await;
    let since = open(&site).await[0].since;
    site.dispatches(&[dispatch("1", &[("A", 2), ("B", 1)])])
        .await;
    let conflict = &open(&site).await[0];
    assert_eq!((conflict.before, conflict.after), (5.into(), 2.into()));
    assert_eq!(conflict.since, since, "waits since it was first noticed");
}

#[tokio::test]
async fn accepting_the_erp_takes_the_surplus_back_as_an_operation() {
    let site = lowered().await;
    let conflict = open(&site).await.remove(0);
    resolve(&site, &site.people.luka, &conflict, Resolution::AcceptErp)
        .await
        .unwrap();
    let line = site.line("1", "A").await;
    assert_eq!(
        (line.done, line.status, line.conflict),
        (3.into(), LineStatus::Done, None)
    );
    assert_eq!(site.document("1").await.document.conflicts, 0);
    let corrections =
        "select count(*) from operations where kind = 'correct' and quantity = -1 and accepted";
    assert_eq!(site.number(corrections).await, 1);
    let drift = "select count(*) from document_lines l where l.done <>
         (select coalesce(sum(o.quantity), 0) from operations o where o.line_id = l.id and o.accepted)";
    assert_eq!(
        site.number(drift).await,
        0,
        "done is the sum of its operations"
    );
    let text = told(&site, TimelineKind::Resolved).await;
    assert_eq!(text, "The ERP's 3 KOM of A stands. 1 KOM taken back.");
    let audited = "select count(*) from audit_entries where action = 'CONFLICT_RESOLVED'";
    assert_eq!(site.number(audited).await, 1);
}

#[tokio::test]
async fn keeping_the_floors_figure_needs_a_reason_and_moves_nothing() {
    let site = lowered().await;
    let conflict = open(&site).await.remove(0);
    let luka = &site.people.luka;
    let refused = resolve(&site, luka, &conflict, keep("  ")).await;
    assert!(matches!(refused, Err(Error::Invalid(_))));
    resolve(&site, luka, &conflict, keep("Already on the truck"))
        .await
        .unwrap();
    let line = site.line("1", "A").await;
    assert_eq!((line.done, line.conflict), (4.into(), None));
    let corrections = "select count(*) from operations where kind = 'correct'";
    assert_eq!(site.number(corrections).await, 0);
    let text = told(&site, TimelineKind::Resolved).await;
    assert_eq!(text, "The floor's 4 KOM of A stands: Already on the truck.");
    site.dispatches(&[dispatch("1", &[("A", 3), ("B", 2)])])
        .await;
    assert!(open(&site).await.is_empty(), "asked once");
}

#[tokio::test]
async fn accepting_a_removal_takes_everything_back() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 1)]).await;
    let marko = &site.people.marko;
    site.act(marko, task.task.id, pick(task.lines[0].id, "4"))
        .await;
    site.dispatches(&[dispatch("1", &[("B", 1)])]).await;
    let conflict = open(&site).await.remove(0);
    assert_eq!(conflict.kind, ConflictKind::Removed);
    assert_eq!((conflict.before, conflict.after), (5.into(), 0.into()));
    resolve(&site, &site.people.luka, &conflict, Resolution::AcceptErp)
        .await
        .unwrap();
    assert_eq!(site.line("1", "A").await.done, 0.into());
    assert!(open(&site).await.is_empty());
}

#[tokio::test]
async fn a_pick_on_a_line_the_erp_removed_can_be_taken_back() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 1)]).await;
    let marko = &site.people.marko;
    let id = site
        .act(marko, task.task.id, pick(task.lines[0].id, "4"))
        .await;
    site.dispatches(&[dispatch("1", &[("B", 1)])]).await;
    site.act(marko, task.task.id, undo(id)).await;
    let line = site.line("1", "A").await;
    assert_eq!((line.removed, line.done), (true, 0.into()));
    assert_eq!(line.conflict, None, "nothing is left to decide");
    assert!(open(&site).await.is_empty());
}

#[tokio::test]
async fn more_work_on_a_finished_document_goes_back_to_the_floor() {
    let (site, task) = Site::with_task(&[("A", 1)]).await;
    let marko = &site.people.marko;
    site.act(marko, task.task.id, pick(task.lines[0].id, "1"))
        .await;
    site.act(marko, task.task.id, FINISH).await;
    site.dispatches(&[dispatch("1", &[("A", 2), ("B", 7)])])
        .await;
    let kinds: Vec<_> = open(&site).await.iter().map(|row| row.kind).collect();
    assert_eq!(kinds, [ConflictKind::Added, ConflictKind::Edited]);
    let edited = open(&site).await.remove(1);
    assert_eq!((edited.before, edited.after), (1.into(), 2.into()));
    resolve(&site, &site.people.luka, &edited, Resolution::AcceptErp)
        .await
        .unwrap();
    let document = site.document("1").await;
    assert_eq!(document.document.status, DocumentStatus::InProgress);
    let task = document.task.unwrap();
    assert_eq!(task.state, TaskState::Open);
    site.act(marko, task.id, pick(document.lines[0].id, "1"))
        .await;
    let added = open(&site).await.remove(0);
    resolve(&site, &site.people.luka, &added, keep("Next truck"))
        .await
        .unwrap();
    site.act(marko, task.id, FINISH_PARTIAL).await;
}

#[tokio::test]
async fn a_finished_document_is_whole_once_the_erps_lower_figure_is_accepted() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let marko = &site.people.marko;
    let line_id = task.lines[0].id;
    site.act(marko, task.task.id, pick(line_id, "3")).await;
    let short = FloorAction::Short {
        line_id,
        reason: ShortageReason::NotFound,
        text: None,
    };
    site.act(marko, task.task.id, short).await;
    site.act(marko, task.task.id, FINISH_PARTIAL).await;
    let ended = site.number("select extract(epoch from finished_at)::bigint from documents");
    let ended = ended.await;
    site.dispatches(&[dispatch("1", &[("A", 3)])]).await;
    let conflict = open(&site).await.remove(0);
    resolve(&site, &site.people.luka, &conflict, Resolution::AcceptErp)
        .await
        .unwrap();
    let document = site.document("1").await;
    assert_eq!(document.document.status, DocumentStatus::Done);
    let still = site.number("select extract(epoch from finished_at)::bigint from documents");
    assert_eq!(still.await, ended, "the end does not move");
}

#[tokio::test]
async fn a_decision_about_what_changed_meanwhile_is_refused() {
    let site = lowered().await;
    let conflict = open(&site).await.remove(0);
    site.dispatches(&[dispatch("1", &[("A", 2), ("B", 1)])])
        .await;
    let luka = &site.people.luka;
    let late = resolve(&site, luka, &conflict, Resolution::AcceptErp).await;
    assert!(matches!(late, Err(Error::Conflict(_))));
    assert_eq!(site.line("1", "A").await.done, 4.into());
    let now = open(&site).await.remove(0);
    resolve(&site, luka, &now, Resolution::AcceptErp)
        .await
        .unwrap();
    let twice = resolve(&site, luka, &now, Resolution::AcceptErp).await;
    assert!(matches!(twice, Err(Error::Conflict(_))));
    assert_eq!(site.line("1", "A").await.done, 2.into());
}

#[tokio::test]
async fn only_a_lead_of_the_site_decides() {
    let site = lowered().await;
    let conflict = open(&site).await.remove(0);
    let people = &site.people;
    for worker in [&people.marko, &people.tv] {
        let refused = resolve(&site, worker, &conflict, Resolution::AcceptErp).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))));
    }
    let stranger = resolve(&site, &people.stranger, &conflict, Resolution::AcceptErp).await;
    assert!(matches!(stranger, Err(Error::NotFound(_))));
    let theirs = store::conflicts::list(&site.store, &people.stranger, None, 50).await;
    assert!(theirs.unwrap().rows.is_empty());
    let seen = SeenConflict {
        after: 3.into(),
        done: 4.into(),
    };
    assert_eq!(open(&site).await[0].seen(), seen);
}
