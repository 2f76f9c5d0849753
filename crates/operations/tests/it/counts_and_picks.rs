//! Counts beside picks: what moves meanwhile is no difference, and what is not found is counted.

use crate::counts::{ask, found, lies, row, stocked, waiting};
use crate::support::{Site, pick, request, undo};
use chrono::{DateTime, TimeDelta, Utc};
use domain::counting::CountState;
use domain::exception::ExceptionKind;
use domain::operation::{FloorAction, OperationRequest, Outcome};
use domain::shortage::ShortageReason;
use domain::task::{Assignee, TaskDetail};
use domain::user::Caller;
use domain::{LineId, TaskId};
use operations::Error;
use testkit::records::dispatch;

/// A dispatch of A and C that jelena works on.
async fn wanted(site: &Site, number: &str, a: i64) -> TaskDetail {
    let lines = [("A", a), ("C", 1)];
    site.dispatches(&[dispatch(number, &lines)]).await;
    let to = Assignee::Worker(site.people.jelena.user_id);
    site.given_to(number, to).await
}

fn line(task: &TaskDetail, code: &str) -> LineId {
    let mut lines = task.lines.iter();
    lines.find(|line| line.item_code == code).unwrap().id
}

/// The same act, done without a network at that instant.
fn offline(mut request: OperationRequest, made_at: DateTime<Utc>) -> OperationRequest {
    request.offline = true;
    request.made_at = made_at;
    request
}

async fn accepted(site: &Site, caller: &Caller, request: &OperationRequest) {
    let answer = site.submit(caller, request).await;
    assert_eq!(answer.outcome, Outcome::Accepted);
}

#[tokio::test]
async fn a_pick_that_falls_into_the_time_of_a_count_makes_no_difference_and_is_noted() {
    let site = stocked().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = wanted(&site, "1", 15).await;
    ask(&site, "A").await;
    site.act(jelena, task.task.id, pick(line(&task, "A"), "12"))
        .await;
    let id = waiting(&site, marko).await[0].0;
    // Two minutes after the act before: the figure may be older than the pick.
    let mut counted = found(id, "100");
    counted.made_at += TimeDelta::minutes(2);
    accepted(&site, marko, &counted).await;
    let row = row(&site, "A").await;
    assert_eq!(
        (row.state, row.difference()),
        (CountState::Settled, Some(0.into()))
    );
    assert_eq!(row.on_record, Some(100.into()));
    assert_eq!(
        (row.left_meanwhile, row.came_meanwhile),
        (12.into(), 0.into())
    );
    assert_eq!(row.open_picks, 3.into(), "fifteen were wanted");
    assert_eq!(lies(&site, "A").await, "88");
}

#[tokio::test]
async fn what_lies_outside_of_all_that_lay_there_differs_from_the_nearest() {
    let site = stocked().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = wanted(&site, "1", 12).await;
    ask(&site, "A").await;
    site.act(jelena, task.task.id, pick(line(&task, "A"), "12"))
        .await;
    let id = waiting(&site, marko).await[0].0;
    let mut counted = found(id, "86");
    counted.made_at += TimeDelta::minutes(2);
    accepted(&site, marko, &counted).await;
    let row = row(&site, "A").await;
    assert_eq!(
        (row.on_record, row.difference()),
        (Some(88.into()), Some((-2).into()))
    );
    assert_eq!(lies(&site, "A").await, "86");
}

#[tokio::test]
async fn a_pick_of_before_the_counting_is_part_of_what_is_compared() {
    let site = stocked().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = wanted(&site, "1", 12).await;
    ask(&site, "A").await;
    site.act(jelena, task.task.id, pick(line(&task, "A"), "12"))
        .await;
    let id = waiting(&site, marko).await[0].0;
    // No time passed since the act before, so the figure is younger than the pick.
    accepted(&site, marko, &found(id, "100")).await;
    let row = row(&site, "A").await;
    assert_eq!(
        (row.state, row.on_record),
        (CountState::Again, Some(88.into()))
    );
    assert_eq!(row.left_meanwhile, 0.into());
}

#[tokio::test]
async fn a_count_without_a_network_is_compared_with_what_lay_there_when_it_was_entered() {
    let site = stocked().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = wanted(&site, "1", 12).await;
    ask(&site, "A").await;
    let id = waiting(&site, marko).await[0].0;
    let counted = offline(found(id, "98"), site.now());
    site.act(jelena, task.task.id, pick(line(&task, "A"), "12"))
        .await;
    accepted(&site, marko, &counted).await;
    let row = row(&site, "A").await;
    assert_eq!(
        (row.state, row.on_record, row.difference()),
        (CountState::Settled, Some(100.into()), Some((-2).into()))
    );
    assert_eq!(row.left_meanwhile, 0.into());
    assert_eq!(lies(&site, "A").await, "86");
}

#[tokio::test]
async fn a_pick_that_comes_in_after_the_count_is_not_missing_twice() {
    let site = stocked().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = wanted(&site, "1", 12).await;
    let picked = request(task.task.id, pick(line(&task, "A"), "12"));
    let picked = offline(picked, site.now());
    site.clock.pass(TimeDelta::minutes(1));
    ask(&site, "A").await;
    let id = waiting(&site, marko).await[0].0;
    accepted(&site, marko, &found(id, "88")).await;
    accepted(&site, jelena, &found(id, "88")).await;
    let before = row(&site, "A").await;
    assert_eq!(
        (before.state, before.difference()),
        (CountState::Settled, Some((-12).into()))
    );
    assert_eq!(lies(&site, "A").await, "88");
    accepted(&site, jelena, &picked).await;
    accepted(&site, jelena, &picked).await;
    let after = row(&site, "A").await;
    assert_eq!(
        (after.on_record, after.difference()),
        (Some(88.into()), Some(0.into()))
    );
    assert_eq!(after.reckoned_at, Some(site.now() - TimeDelta::seconds(1)));
    assert_eq!(lies(&site, "A").await, "88");
    let corrected = "select count(*) from count_lines n where n.on_record + (select sum(m.quantity) from stock_moves m
                     where m.count_id = n.id) = n.second";
    assert_eq!(site.number(corrected).await, 1, "all of it is on record");
    // What is taken back now lies there in addition.
    site.act(jelena, task.task.id, undo(picked.id)).await;
    assert_eq!(lies(&site, "A").await, "100");
}

#[tokio::test]
async fn a_pick_that_waits_while_its_location_is_counted_is_not_missing_twice() {
    let site = stocked().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = wanted(&site, "1", 12).await;
    ask(&site, "A").await;
    let id = waiting(&site, marko).await[0].0;
    let picked = request(task.task.id, pick(line(&task, "A"), "12"));
    let arrived = site.now();
    accepted(&site, marko, &found(id, "88")).await;
    accepted(&site, jelena, &found(id, "88")).await;
    assert_eq!(lies(&site, "A").await, "88");
    let answer = operations::floor::submit(&site.store, jelena, &picked, arrived).await;
    assert_eq!(answer.unwrap().outcome, Outcome::Accepted);
    assert_eq!(row(&site, "A").await.difference(), Some(0.into()));
    assert_eq!(lies(&site, "A").await, "88");
}

#[tokio::test]
async fn work_that_a_lead_accepts_takes_its_goods_off_the_location() {
    let site = stocked().await;
    let (luka, marko, jelena) = (&site.people.luka, &site.people.marko, &site.people.jelena);
    site.dispatches(&[dispatch("1", &[("A", 9)])]).await;
    let task = site.given_to("1", Assignee::Team(site.people.alfa)).await;
    let line = line(&task, "A");
    site.act(jelena, task.task.id, pick(line, "1")).await;
    let late = offline(request(task.task.id, pick(line, "2")), site.now());
    let answer = site.submit(marko, &late).await;
    assert!(
        matches!(answer.outcome, Outcome::Review { .. }),
        "{answer:?}"
    );
    assert_eq!(lies(&site, "A").await, "99");
    let id = site.inbox(ExceptionKind::Review).await[0].id;
    operations::reviews::decide(&site.store, luka, id, true, site.now())
        .await
        .unwrap();
    assert_eq!(lies(&site, "A").await, "97");
}

async fn short(site: &Site, task: TaskId, line_id: LineId, reason: ShortageReason) {
    let text = None;
    let act = FloorAction::Short {
        line_id,
        reason,
        text,
    };
    site.act(&site.people.jelena, task, act).await;
}

#[tokio::test]
async fn what_is_not_found_where_it_is_on_record_is_counted_and_asked_for_once() {
    let site = stocked().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    let task = wanted(&site, "1", 5).await;
    let other = wanted(&site, "2", 3).await;
    // C lies nowhere on record.
    short(
        &site,
        task.task.id,
        line(&task, "C"),
        ShortageReason::NotFound,
    )
    .await;
    assert!(waiting(&site, marko).await.is_empty());
    short(
        &site,
        task.task.id,
        line(&task, "A"),
        ShortageReason::NotFound,
    )
    .await;
    let [(id, item, again)] = &waiting(&site, marko).await[..] else {
        panic!("one count is asked for")
    };
    assert_eq!((&**item, *again), ("A", false));
    short(
        &site,
        other.task.id,
        line(&other, "A"),
        ShortageReason::NotInStock,
    )
    .await;
    assert_eq!(waiting(&site, marko).await.len(), 1, "once at a time");
    let asked = row(&site, "A").await;
    let cause = asked.cause.unwrap();
    assert_eq!(
        (&*cause.number, cause.reason),
        ("1", ShortageReason::NotFound)
    );
    assert_eq!(
        (&*asked.location, asked.requested_by),
        ("A-01", jelena.name.clone())
    );
    accepted(&site, marko, &found(*id, "0")).await;
    accepted(&site, jelena, &found(*id, "0")).await;
    let settled = row(&site, "A").await;
    assert_eq!(settled.difference(), Some((-100).into()));
    assert_eq!(site.number("select sum(quantity)::bigint from stock_moves where item_id = (select id from items where code = 'A')").await, 0);
}

#[tokio::test]
async fn damaged_goods_cast_no_doubt_on_what_is_on_record() {
    let site = stocked().await;
    let task = wanted(&site, "1", 5).await;
    short(
        &site,
        task.task.id,
        line(&task, "A"),
        ShortageReason::Damaged,
    )
    .await;
    assert!(waiting(&site, &site.people.marko).await.is_empty());
}

#[tokio::test]
async fn a_site_may_leave_counts_after_shortages_to_its_leads() {
    let site = stocked().await;
    let (store, people, now) = (&site.store, &site.people, site.now());
    let (set, here) = (operations::counts::set_after_shortages, people.warehouse);
    let worker = set(store, &people.marko, here, false, now).await;
    assert!(matches!(worker, Err(Error::Forbidden(_))), "{worker:?}");
    let wants = store::counts::wants_after_shortages(store, &people.luka, here).await;
    assert!(wants.unwrap(), "without a word it happens");
    set(store, &people.luka, here, false, now).await.unwrap();
    let wants = store::counts::wants_after_shortages(store, &people.luka, here).await;
    assert!(!wants.unwrap());
    let task = wanted(&site, "1", 5).await;
    short(
        &site,
        task.task.id,
        line(&task, "A"),
        ShortageReason::NotFound,
    )
    .await;
    assert!(waiting(&site, &people.marko).await.is_empty());
}
