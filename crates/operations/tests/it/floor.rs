//! Working on a task: picking, shortages, undoing, finishing.

use crate::support::{FINISH, FINISH_PARTIAL, Site, pick, pick_over, request, undo};
use domain::document::{DocumentStatus, LineStatus};
use domain::operation::{FloorAction, Outcome};
use domain::picking::Refusal;
use domain::shortage::ShortageReason;
use domain::task::{Assignee, TaskState};
use domain::timeline::TimelineKind;
use operations::Error;
use testkit::records::{dispatch, item, item_with};

fn short(line_id: domain::LineId, reason: ShortageReason, text: Option<&str>) -> FloorAction {
    let text = text.map(str::to_owned);
    FloorAction::Short {
        line_id,
        reason,
        text,
    }
}

#[tokio::test]
async fn the_same_operation_twice_changes_nothing_and_answers_the_same_bytes() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let marko = &site.people.marko;
    let request = request(task.task.id, pick(task.lines[0].id, "2"));
    let first = site.submit(marko, &request).await;
    site.act(marko, task.task.id, pick(task.lines[0].id, "1"))
        .await;
    let second = site.submit(marko, &request).await;
    let bytes = |answer| serde_json::to_vec(answer).unwrap();
    assert_eq!(bytes(&first), bytes(&second));
    assert_eq!(site.line("1", "A").await.done, 3.into());
    assert_eq!(
        site.number("select count(*) from operations where kind = 'pick'")
            .await,
        2
    );
}

#[tokio::test]
async fn a_refusal_is_answered_the_same_when_it_comes_again() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let marko = &site.people.marko;
    let request = request(task.task.id, pick(task.lines[0].id, "6"));
    let first = site.submit(marko, &request).await;
    site.dispatches(&[dispatch("1", &[("A", 60)])]).await;
    let second = site.submit(marko, &request).await;
    assert_eq!(first, second);
    assert!(matches!(second.outcome, Outcome::Refused { .. }));
}

#[tokio::test]
async fn an_operation_id_used_for_something_else_is_refused() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let people = &site.people;
    let first = request(task.task.id, pick(task.lines[0].id, "2"));
    site.submit(&people.marko, &first).await;
    let mut other = first.clone();
    other.action = pick(task.lines[0].id, "3");
    for (caller, request) in [(&people.marko, &other), (&people.jelena, &first)] {
        let refused = site.try_submit(caller, request).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    }
    assert_eq!(site.line("1", "A").await.done, 2.into());
}

#[tokio::test]
async fn a_pick_may_be_scanned_by_code_or_barcode_and_only_of_its_own_item() {
    let site = Site::open().await;
    site.items(&[item_with("E", &["4006381333931"])]).await;
    site.dispatches(&[dispatch("1", &[("E", 5)])]).await;
    let task = site
        .given_to("1", Assignee::Worker(site.people.marko.user_id))
        .await;
    let scan = |scanned: &str| FloorAction::Pick {
        line_id: task.lines[0].id,
        quantity: 1.into(),
        scanned: Some(scanned.to_owned()),
        over_confirmed: false,
    };
    for scanned in ["E", "4006381333931", "04006381333931"] {
        site.act(&site.people.marko, task.task.id, scan(scanned))
            .await;
    }
    let wrong = site
        .refused(&site.people.marko, task.task.id, scan("96385074"))
        .await;
    assert!(matches!(wrong, Refusal::WrongItem { .. }), "{wrong:?}");
    assert_eq!(site.line("1", "E").await.done, 3.into());
}

#[tokio::test]
async fn decimals_are_picked_where_the_unit_has_them_and_pieces_stay_whole() {
    let site = Site::open().await;
    let mut rope = item("ROPE");
    rope.uom = "M".to_owned();
    site.items(&[rope]).await;
    site.dispatches(&[dispatch("1", &[("ROPE", 3), ("A", 3)])])
        .await;
    let task = site.given_to("1", Assignee::Team(site.people.alfa)).await;
    let (marko, id) = (&site.people.marko, task.task.id);
    site.act(marko, id, pick(task.lines[0].id, "1,25")).await;
    assert_eq!(site.line("1", "ROPE").await.done.to_string(), "1.25");
    let split = site.refused(marko, id, pick(task.lines[1].id, "0.5")).await;
    assert!(matches!(split, Refusal::Indivisible { .. }), "{split:?}");
    assert_eq!(
        site.refused(marko, id, pick(task.lines[1].id, "0")).await,
        Refusal::ZeroQuantity
    );
}

#[tokio::test]
async fn taking_more_than_requested_asks_and_counts_whole_once_confirmed() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (marko, id, line) = (&site.people.marko, task.task.id, task.lines[0].id);
    site.act(marko, id, pick(line, "4")).await;
    let asked = site.refused(marko, id, pick(line, "3")).await;
    assert!(
        matches!(asked, Refusal::MoreThanRequested { .. }),
        "{asked:?}"
    );
    assert_eq!(site.line("1", "A").await.done, 4.into());
    site.act(marko, id, pick_over(line, "3")).await;
    let line = site.line("1", "A").await;
    assert_eq!((line.done, line.status), (7.into(), LineStatus::Done));
}

#[tokio::test]
async fn an_undo_restores_the_line_once_and_only_for_who_did_it() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, id, line) = (&site.people, task.task.id, task.lines[0].id);
    site.act(&people.marko, id, pick(line, "2")).await;
    let picked = site.act(&people.marko, id, pick(line, "3")).await;
    assert_eq!(
        site.refused(&people.jelena, id, undo(picked)).await,
        Refusal::NothingToUndo
    );
    site.act(&people.marko, id, undo(picked)).await;
    let restored = site.line("1", "A").await;
    assert_eq!(
        (restored.done, restored.status),
        (2.into(), LineStatus::Partial)
    );
    assert_eq!(
        site.refused(&people.marko, id, undo(picked)).await,
        Refusal::NothingToUndo
    );
    let detail = store::tasks::get(&site.store, &people.marko, id)
        .await
        .unwrap();
    assert_eq!(detail.undoable.unwrap().text, "2 KOM of A");
}

#[tokio::test]
async fn a_shortage_has_a_reason_and_other_has_words() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 1)]).await;
    let (marko, id) = (&site.people.marko, task.task.id);
    let (a, b) = (task.lines[0].id, task.lines[1].id);
    let wordless = site
        .refused(marko, id, short(a, ShortageReason::Other, Some("  ")))
        .await;
    assert_eq!(wordless, Refusal::ReasonNeedsText);
    site.act(
        marko,
        id,
        short(a, ShortageReason::Other, Some("Box is wet")),
    )
    .await;
    let line = site.line("1", "A").await;
    assert_eq!(
        (line.reason, line.status),
        (Some(ShortageReason::Other), LineStatus::Partial)
    );
    assert_eq!(line.reason_text.as_deref(), Some("Box is wet"));
    site.act(marko, id, pick(b, "1")).await;
    let nothing = site
        .refused(marko, id, short(b, ShortageReason::Damaged, None))
        .await;
    assert_eq!(nothing, Refusal::NothingMissing);
}

#[tokio::test]
async fn undoing_a_shortage_brings_the_earlier_reason_back() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (marko, id, line) = (&site.people.marko, task.task.id, task.lines[0].id);
    site.act(marko, id, short(line, ShortageReason::NotFound, None))
        .await;
    let second = site
        .act(marko, id, short(line, ShortageReason::Damaged, None))
        .await;
    site.act(marko, id, undo(second)).await;
    assert_eq!(
        site.line("1", "A").await.reason,
        Some(ShortageReason::NotFound)
    );
}

#[tokio::test]
async fn a_line_completed_after_all_needs_no_reason_any_more() {
    let (site, task) = Site::with_task(&[("A", 2)]).await;
    let (marko, id, line) = (&site.people.marko, task.task.id, task.lines[0].id);
    site.act(marko, id, short(line, ShortageReason::NotFound, None))
        .await;
    assert_eq!(site.document("1").await.task.unwrap().lines_short, 1);
    site.act(marko, id, pick(line, "2")).await;
    let line = site.line("1", "A").await;
    assert_eq!((line.reason, line.status), (None, LineStatus::Done));
    assert_eq!(site.document("1").await.task.unwrap().lines_short, 0);
}

#[tokio::test]
async fn a_complete_document_finishes_as_done_and_only_once() {
    let (site, task) = Site::with_task(&[("A", 2)]).await;
    let (marko, id) = (&site.people.marko, task.task.id);
    site.act(marko, id, pick(task.lines[0].id, "2")).await;
    site.act(marko, id, FINISH).await;
    let document = site.document("1").await;
    assert_eq!(document.document.status, DocumentStatus::Done);
    assert_eq!(document.task.unwrap().state, TaskState::Done);
    assert_eq!(site.refused(marko, id, FINISH).await, Refusal::TaskClosed);
    let late = site
        .refused(marko, id, pick_over(task.lines[0].id, "1"))
        .await;
    assert_eq!(late, Refusal::TaskClosed);
}

#[tokio::test]
async fn finishing_with_lines_missing_asks_and_then_is_partial() {
    let (site, task) = Site::with_task(&[("A", 2), ("B", 1)]).await;
    let (marko, id) = (&site.people.marko, task.task.id);
    site.act(marko, id, pick(task.lines[0].id, "2")).await;
    assert_eq!(
        site.refused(marko, id, FINISH).await,
        Refusal::LinesMissing { lines: 1 }
    );
    site.act(marko, id, FINISH_PARTIAL).await;
    assert_eq!(
        site.document("1").await.document.status,
        DocumentStatus::Partial
    );
}

#[tokio::test]
async fn a_team_mate_may_pick_and_a_colleague_of_no_team_may_not() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, id, line) = (&site.people, task.task.id, task.lines[0].id);
    site.act(&people.marko, id, FloorAction::Claim).await;
    site.act(&people.jelena, id, pick(line, "1")).await;
    let refused = site
        .try_submit(&people.petar, &request(id, pick(line, "1")))
        .await;
    assert!(
        matches!(refused, Err(Error::NotFound("task"))),
        "{refused:?}"
    );
    let lead = site.refused(&people.luka, id, pick(line, "1")).await;
    assert!(matches!(lead, Refusal::HeldByOther { .. }), "{lead:?}");
    let screen = site
        .try_submit(&people.tv, &request(id, pick(line, "1")))
        .await;
    assert!(matches!(screen, Err(Error::Forbidden(_))), "{screen:?}");
    assert_eq!(site.line("1", "A").await.done, 1.into());
}

#[tokio::test]
async fn work_goes_on_where_it_stood_when_a_task_is_given_to_another() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, id, line) = (&site.people, task.task.id, task.lines[0].id);
    let picked = site.act(&people.marko, id, pick(line, "2")).await;
    site.given_to("1", Assignee::Worker(people.petar.user_id))
        .await;
    let gone = site
        .try_submit(&people.marko, &request(id, undo(picked)))
        .await
        .unwrap();
    let to_petar = |refusal: &Refusal| matches!(refusal, Refusal::GivenAway { holder } if *holder == people.petar.name);
    assert!(
        matches!(&gone.outcome, Outcome::Refused { refusal, .. } if to_petar(refusal)),
        "{gone:?}"
    );
    site.act(&people.petar, id, pick(line, "3")).await;
    assert_eq!(site.line("1", "A").await.status, LineStatus::Done);
}

#[tokio::test]
async fn a_task_is_given_only_to_who_works_at_its_site() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let people = &site.people;
    for to in [people.tv.user_id, people.stranger.user_id] {
        let to = Assignee::Worker(to);
        let refused =
            operations::tasks::assign(&site.store, &people.luka, task.task.id, to, site.now())
                .await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn every_act_stands_on_the_timeline_with_its_person() {
    let (site, task) = Site::with_task(&[("A", 2)]).await;
    let (people, id, line) = (&site.people, task.task.id, task.lines[0].id);
    let picked = site.act(&people.marko, id, pick(line, "2")).await;
    site.act(&people.marko, id, undo(picked)).await;
    site.act(
        &people.jelena,
        id,
        short(line, ShortageReason::Damaged, None),
    )
    .await;
    site.act(&people.jelena, id, FINISH_PARTIAL).await;
    let document = site.document("1").await.document.id;
    let timeline = store::timeline::list(&site.store, &people.luka, document)
        .await
        .unwrap();
    let entries: Vec<_> = timeline
        .iter()
        .map(|entry| (entry.kind, &*entry.actor))
        .collect();
    use TimelineKind::{Assigned, Finished, Imported, Picked, Shortage, Undone};
    let expected = [
        (Imported, "Pantheon"),
        (Assigned, "Luka"),
        (Picked, "Marko"),
        (Undone, "Marko"),
        (Shortage, "Jelena"),
        (Finished, "Jelena"),
    ];
    assert_eq!(entries, expected);
}

#[tokio::test]
async fn a_scanned_code_longer_than_any_label_is_refused_before_it_is_read() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let link = format!("https://a/01/09506000134352{}", "/99/A".repeat(250));
    let action = FloorAction::Pick {
        line_id: task.lines[0].id,
        quantity: "1".parse().unwrap(),
        scanned: Some(link),
        over_confirmed: false,
    };
    let answer = site
        .try_submit(&site.people.marko, &request(task.task.id, action))
        .await;
    assert!(matches!(answer, Err(Error::Invalid(_))));
}

#[tokio::test]
async fn a_task_has_another_version_whenever_one_of_its_lines_is_another() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 2)]).await;
    let (marko, id) = (&site.people.marko, task.task.id);
    let version = async || {
        let page = store::tasks::mine_page(&site.store, marko, None, None, 10).await;
        let listed = page.unwrap().rows.remove(0).version;
        let detail = store::tasks::get(&site.store, marko, id).await.unwrap();
        assert_eq!(listed, detail.task.version);
        listed.unwrap()
    };
    let before = version().await;
    assert_eq!(version().await, before);
    site.act(marko, id, pick(task.lines[0].id, "1")).await;
    let picked = version().await;
    assert_ne!(picked, before);
    // The counts are as they were, the content is not.
    site.dispatches(&[dispatch("1", &[("A", 7), ("B", 2)])])
        .await;
    let edited = version().await;
    assert_ne!(edited, picked);
    site.items(&[item_with("A", &["4006381333931"])]).await;
    assert_ne!(version().await, edited);
}
