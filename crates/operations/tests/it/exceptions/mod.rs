//! What needs a lead's eye is raised once per cause and ends with it.

mod connections;
mod reports;

use crate::support::{FINISH, FINISH_PARTIAL, Site, pick};
use chrono::{DateTime, Utc};
use domain::OperationId;
use domain::document::Resolution;
use domain::exception::{Exception, ExceptionKind, ExceptionView, Severity};
use domain::operation::FloorAction;
use domain::roster::RosterChoice;
use domain::shortage::ShortageReason;
use domain::task::Assignee;
use operations::Error;
use operations::exceptions::{acknowledge, assign, detect, resolve};
use testkit::records::dispatch;

fn at(clock: &str) -> DateTime<Utc> {
    format!("2026-11-20T{clock}:00Z").parse().unwrap()
}

/// What the lead sees of a kind after a look at this time (UTC; Belgrade is an hour ahead).
async fn seen(site: &Site, clock: &str, kind: ExceptionKind) -> Vec<Exception> {
    site.clock.set(at(clock));
    site.found(kind).await
}

async fn listed(site: &Site, view: ExceptionView, kind: Option<ExceptionKind>) -> Vec<Exception> {
    let (store, luka) = (&site.store, &site.people.luka);
    let page = store::exceptions::list(store, luka, view, kind, None, 50, site.now()).await;
    page.unwrap().rows
}

#[tokio::test]
async fn somebody_idle_is_raised_once_breaks_left_out_and_ends_with_the_next_act() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (marko, id, line) = (&site.people.marko, task.task.id, task.lines[0].id);
    site.clock.set(at("08:50"));
    site.act(marko, id, pick(line, "1")).await;
    let idle = ExceptionKind::Idle;
    assert!(
        seen(&site, "08:54", idle).await.is_empty(),
        "four minutes are fine"
    );
    let rows = seen(&site, "08:56", idle).await;
    assert_eq!(rows.len(), 1);
    assert_eq!((&*rows[0].subject, rows[0].limit_minutes), ("Marko", 5));
    assert_eq!(
        seen(&site, "08:57", idle).await[0].id,
        rows[0].id,
        "once per cause"
    );
    site.act(marko, id, pick(line, "1")).await;
    assert!(
        seen(&site, "08:59", idle).await.is_empty(),
        "the next act ends it"
    );
    // Shift A rests from ten to half past ten in Belgrade: nine to half past nine in UTC.
    assert!(
        seen(&site, "09:20", idle).await.is_empty(),
        "a break is not idle"
    );
    assert!(
        seen(&site, "09:31", idle).await.is_empty(),
        "three minutes of work"
    );
    assert_eq!(seen(&site, "09:40", idle).await.len(), 1);
    assert!(
        seen(&site, "19:00", idle).await.is_empty(),
        "nobody is idle after the shift"
    );
    let ended = listed(&site, ExceptionView::Closed, Some(idle)).await;
    assert_eq!(ended.len(), 2);
    assert!(
        ended
            .iter()
            .all(|row| row.ended_at.is_some() && row.resolved.is_none())
    );
}

#[tokio::test]
async fn somebody_whose_roster_says_off_is_not_idle() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, line) = (&site.people, task.lines[0].id);
    site.clock.set(at("08:30"));
    site.act(&people.marko, task.task.id, pick(line, "1")).await;
    assert_eq!(seen(&site, "08:45", ExceptionKind::Idle).await.len(), 1);
    let (user, day) = (people.marko.user_id, "2026-11-20".parse().unwrap());
    let off = RosterChoice::Off;
    operations::teams::set_day(
        &site.store,
        &people.luka,
        people.warehouse,
        user,
        day,
        off,
        site.now(),
    )
    .await
    .unwrap();
    assert!(seen(&site, "08:46", ExceptionKind::Idle).await.is_empty());
}

#[tokio::test]
async fn a_document_past_its_day_is_late_gets_worse_with_age_and_ends_when_it_is_done() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let late = ExceptionKind::Late;
    // The last shift ends at seven in the evening in Belgrade.
    assert!(seen(&site, "17:59", late).await.is_empty());
    let severity = |rows: Vec<Exception>| rows[0].severity;
    assert_eq!(severity(seen(&site, "18:10", late).await), Severity::Medium);
    assert_eq!(severity(seen(&site, "18:31", late).await), Severity::High);
    let rows = seen(&site, "19:05", late).await;
    assert_eq!(
        (rows[0].severity, rows[0].age_minutes),
        (Severity::Critical, 65)
    );
    assert_eq!(
        rows[0].document.map(|(_, id)| id),
        Some(task.task.document_id)
    );
    site.act(&site.people.marko, task.task.id, FINISH_PARTIAL)
        .await;
    assert!(seen(&site, "19:06", late).await.is_empty());
}

#[tokio::test]
async fn a_shortage_and_an_unknown_warehouse_are_raised_and_a_taken_back_shortage_ends() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let mut elsewhere = dispatch("2", &[("A", 1)]);
    elsewhere.warehouse_name = "Nowhere yet".to_owned();
    site.dispatches(&[elsewhere]).await;
    let short = FloorAction::Short {
        line_id: task.lines[0].id,
        reason: ShortageReason::NotFound,
        text: None,
    };
    let marko = &site.people.marko;
    let act = site.act(marko, task.task.id, short).await;
    assert_eq!(seen(&site, "08:50", ExceptionKind::Shortage).await.len(), 1);
    let unmapped = listed(&site, ExceptionView::Open, Some(ExceptionKind::Unmapped)).await;
    assert_eq!(unmapped[0].subject, "Nowhere yet");
    site.act(marko, task.task.id, FloorAction::Undo { operation_id: act })
        .await;
    assert!(
        seen(&site, "08:52", ExceptionKind::Shortage)
            .await
            .is_empty()
    );
}

#[tokio::test]
async fn a_resolved_exception_stays_away_while_its_cause_lasts_and_comes_back_with_the_next_one() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    let (people, store) = (&site.people, &site.store);
    let (id, line) = (task.task.id, task.lines[0].id);
    site.clock.set(at("08:40"));
    site.act(&people.marko, id, pick(line, "1")).await;
    let row = seen(&site, "08:46", ExceptionKind::Idle).await.remove(0);
    acknowledge(store, &people.luka, row.id, site.now())
        .await
        .unwrap();
    let mine = listed(&site, ExceptionView::Mine, None).await;
    assert_eq!(mine[0].acknowledged_by.as_deref(), Some("Luka"));
    assign(
        store,
        &people.luka,
        row.id,
        Some(people.ana.user_id),
        site.now(),
    )
    .await
    .unwrap();
    assert!(listed(&site, ExceptionView::Mine, None).await.is_empty());
    let empty = resolve(store, &people.luka, row.id, "  ", site.now()).await;
    assert!(matches!(empty, Err(Error::Invalid(_))));
    resolve(
        store,
        &people.luka,
        row.id,
        "He helps at the dock.",
        site.now(),
    )
    .await
    .unwrap();
    assert!(
        seen(&site, "08:50", ExceptionKind::Idle).await.is_empty(),
        "the cause lasts, he knows"
    );
    let again = resolve(store, &people.luka, row.id, "Again.", site.now()).await;
    assert!(matches!(again, Err(Error::Conflict(_))));
    site.act(&people.marko, id, pick(line, "1")).await;
    assert!(seen(&site, "08:52", ExceptionKind::Idle).await.is_empty());
    assert_eq!(
        seen(&site, "08:57", ExceptionKind::Idle).await.len(),
        1,
        "a new cause"
    );
    let audit = "select count(*) from audit_entries where action in
        ('EXCEPTION_ACKNOWLEDGED', 'EXCEPTION_ASSIGNED', 'EXCEPTION_RESOLVED') and actor = 'Luka'";
    assert_eq!(site.number(audit).await, 3);
}

#[tokio::test]
async fn looking_again_writes_nothing_and_strangers_see_and_touch_nothing() {
    let (site, _) = Site::with_task(&[("A", 5)]).await;
    let row = seen(&site, "18:10", ExceptionKind::Late).await.remove(0);
    let before = testkit::traces::versions(&site.admin, &["exceptions", "live_feed"]).await;
    detect(&site.store, site.now()).await.unwrap();
    let after = testkit::traces::versions(&site.admin, &["exceptions", "live_feed"]).await;
    assert_eq!(before, after);
    let (store, zoran) = (&site.store, &site.people.stranger);
    let view = ExceptionView::Open;
    let page = store::exceptions::list(store, zoran, view, None, None, 50, site.now()).await;
    assert!(page.unwrap().rows.is_empty());
    assert_eq!(
        store::exceptions::count(store, zoran).await.unwrap().open,
        0
    );
    let touched = acknowledge(store, zoran, row.id, site.now()).await;
    assert!(matches!(touched, Err(Error::NotFound(_))));
    let worker = acknowledge(store, &site.people.marko, row.id, site.now()).await;
    assert!(matches!(worker, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn a_task_given_to_somebody_without_an_act_is_not_idle_before_it_is_claimed() {
    let site = Site::open().await;
    site.dispatches(&[dispatch("1", &[("A", 5)])]).await;
    site.given_to("1", Assignee::Worker(site.people.petar.user_id))
        .await;
    assert!(seen(&site, "09:40", ExceptionKind::Idle).await.is_empty());
}

#[tokio::test]
async fn a_conflict_is_raised_also_when_its_document_was_finished_and_ends_with_a_decision() {
    let (site, task) = Site::with_task(&[("A", 1)]).await;
    let (marko, id) = (&site.people.marko, task.task.id);
    site.clock.set(at("08:40"));
    site.act(marko, id, pick(task.lines[0].id, "1")).await;
    site.act(marko, id, FINISH).await;
    let kind = ExceptionKind::Conflict;
    assert!(seen(&site, "08:45", kind).await.is_empty());
    site.dispatches(&[dispatch("1", &[("A", 2)])]).await;
    let rows = seen(&site, "08:50", kind).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    assert!(rows[0].detail.starts_with("One line changed in the ERP"));
    let (store, luka) = (&site.store, &site.people.luka);
    let waiting = store::conflicts::list(store, luka, None, 50).await.unwrap();
    let [conflict] = &waiting.rows[..] else {
        panic!("{waiting:?}");
    };
    let keep = Resolution::KeepFloor {
        reason: "It left already.".to_owned(),
    };
    let (line, seen_then) = (conflict.line_id, conflict.seen());
    let fresh = OperationId(uuid::Uuid::new_v4());
    operations::conflicts::resolve(store, luka, line, seen_then, &keep, fresh, site.now())
        .await
        .unwrap();
    assert!(seen(&site, "08:55", kind).await.is_empty());
}
