//! Blind counts: nobody sees what should be there, and a doubtful figure is looked at twice.

use crate::support::{Site, pick, request};
use domain::counting::{CountRow, CountState, Tolerance};
use domain::document::{DocumentKind, DocumentRecord};
use domain::exception::{Exception, ExceptionKind};
use domain::kpi::{Kpi, KpiFigure, KpiFilter, Scope};
use domain::operation::{FloorAction, OperationRequest, Outcome};
use domain::picking::Refusal;
use domain::task::Assignee;
use domain::user::Caller;
use domain::{CountLineId, TaskId};
use operations::Error;
use testkit::records;

/// A hundred of A and four of B on A-01.
pub async fn stocked() -> Site {
    let site = Site::open().await;
    let (store, people) = (&site.store, &site.people);
    let plans = domain::location::read("A-01\nA-02");
    operations::locations::replace(store, &people.luka, people.warehouse, &plans, site.now())
        .await
        .unwrap();
    let receipt = DocumentRecord {
        kind: DocumentKind::Receipt,
        ..records::dispatch("R1", &[("A", 100), ("B", 4)])
    };
    site.dispatches(&[receipt]).await;
    let tasks = store::tasks::list(store, &people.luka, None, None, 5).await;
    let (task, marko) = (tasks.unwrap().rows[0].id, &people.marko);
    let to = Assignee::Worker(marko.user_id);
    operations::tasks::assign(store, &people.luka, task, to, site.now())
        .await
        .unwrap();
    let detail = store::tasks::get(store, marko, task).await.unwrap();
    for line in detail.lines {
        let all = line.requested.to_string();
        site.act(marko, task, pick(line.id, &all)).await;
        let put = FloorAction::PutAway {
            line_id: line.id,
            quantity: all.parse().unwrap(),
            location: "A-01".to_owned(),
            suggested: None,
            other_confirmed: false,
            full: false,
        };
        site.act(marko, task, put).await;
    }
    site
}

pub async fn ask(site: &Site, of: &str) -> u64 {
    let people = &site.people;
    operations::counts::request(&site.store, &people.luka, people.warehouse, of, site.now())
        .await
        .unwrap()
}

pub async fn waiting(site: &Site, caller: &Caller) -> Vec<(CountLineId, String, bool)> {
    let rows = store::counts::waiting(&site.store, caller).await.unwrap();
    rows.into_iter()
        .map(|row| (row.id, row.item_code, row.again))
        .collect()
}

pub async fn row(site: &Site, code: &str) -> CountRow {
    let people = &site.people;
    let rows = store::counts::list(&site.store, &people.luka, people.warehouse).await;
    let mut rows = rows.unwrap().into_iter();
    rows.find(|row| row.item_code == code).unwrap()
}

pub fn found(line: CountLineId, quantity: &str) -> OperationRequest {
    let quantity = quantity.parse().unwrap();
    request(TaskId(0), FloorAction::Count { line, quantity })
}

pub async fn lies(site: &Site, item: &str) -> String {
    let detail = store::items::look_up(&site.store, &site.people.luka, item).await;
    detail.unwrap().locations[0].quantity.to_string()
}

#[tokio::test]
async fn nobody_sees_what_should_be_there_and_a_count_near_enough_stands() {
    let site = stocked().await;
    assert_eq!(ask(&site, "a-01").await, 2);
    assert_eq!(ask(&site, "A-01").await, 0, "it is asked for already");
    let marko = &site.people.marko;
    let seen = store::counts::waiting(&site.store, marko).await.unwrap();
    let told = serde_json::to_string(&seen).unwrap();
    assert!(!told.contains("100"), "{told}");
    let answer = site.submit(marko, &found(seen[0].id, "95")).await;
    assert_eq!(answer.outcome, Outcome::Accepted);
    let row = row(&site, "A").await;
    assert_eq!(
        (row.state, row.difference()),
        (CountState::Settled, Some((-5).into()))
    );
    assert_eq!(lies(&site, "A").await, "95");
    let moves = "select count(*) from stock_moves where kind = 'count' and quantity = -5";
    assert_eq!(site.number(moves).await, 1);
}

#[tokio::test]
async fn a_count_beyond_the_tolerance_is_counted_again_by_another_person_who_decides() {
    let site = stocked().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    assert_eq!(ask(&site, "B").await, 1);
    let id = waiting(&site, marko).await[0].0;
    site.submit(marko, &found(id, "9")).await;
    assert_eq!(row(&site, "B").await.state, CountState::Again);
    assert_eq!(lies(&site, "B").await, "4");
    assert!(waiting(&site, marko).await.is_empty());
    let refusal = |outcome: Outcome| match outcome {
        Outcome::Refused { refusal, .. } => refusal,
        other => panic!("{other:?}"),
    };
    let own = site.submit(marko, &found(id, "4")).await;
    assert_eq!(refusal(own.outcome), Refusal::CountedByYou);
    assert_eq!(waiting(&site, jelena).await, [(id, "B".to_owned(), true)]);
    let second = site.submit(jelena, &found(id, "7")).await;
    assert_eq!(second.outcome, Outcome::Accepted);
    let row = row(&site, "B").await;
    assert_eq!((row.first, row.second), (Some(9.into()), Some(7.into())));
    assert_eq!(
        (row.state, row.difference()),
        (CountState::Settled, Some(3.into()))
    );
    assert_eq!(lies(&site, "B").await, "7");
    let late = site.submit(jelena, &found(id, "8")).await;
    assert_eq!(refusal(late.outcome), Refusal::CountedAlready);
    let split = site.submit(jelena, &found(id, "1.5")).await;
    assert!(matches!(
        refusal(split.outcome),
        Refusal::Indivisible { .. }
    ));
}

async fn accuracy(site: &Site, scope: Scope) -> (KpiFigure, usize) {
    let (store, luka) = (&site.store, &site.people.luka);
    let filter = KpiFilter {
        warehouse: Some(site.people.warehouse),
        scope,
        ..KpiFilter::default()
    };
    let (kpi, now) = (Kpi::CountAccuracy, site.now());
    let report = store::kpis::report(store, luka, &filter, now);
    let report = report.await.unwrap();
    let rows = store::kpis::rows(store, luka, kpi, &filter, None, 50, now);
    let rows = rows.await.unwrap().rows;
    let figure = *report.figure(kpi).unwrap();
    let above: rust_decimal::Decimal = rows.iter().map(|row| row.numerator).sum();
    assert_eq!(above, figure.numerator, "the rows add up");
    (figure, rows.len())
}

#[tokio::test]
async fn count_accuracy_is_counts_that_found_what_was_on_record_among_those_settled() {
    let site = stocked().await;
    let (people, all) = (&site.people, Scope::default());
    assert_eq!(accuracy(&site, all).await.0.value, None, "nothing counted");
    ask(&site, "A").await;
    ask(&site, "B").await;
    for (id, item, _) in waiting(&site, &people.marko).await {
        // A stands though it is not what was on record; B waits for a second person.
        let counted = if item == "A" { "99" } else { "9" };
        site.submit(&people.marko, &found(id, counted)).await;
    }
    let (figure, rows) = accuracy(&site, all).await;
    assert_eq!((figure.value, rows), (Some(0.into()), 1));
    let again = waiting(&site, &people.jelena).await[0].0;
    site.submit(&people.jelena, &found(again, "4")).await;
    let (figure, rows) = accuracy(&site, all).await;
    assert_eq!((figure.value, rows), (Some(50.into()), 2));
    assert_eq!(figure.denominator, Some(2.into()));
    let own = Scope {
        worker: Some(people.jelena.user_id),
        ..all
    };
    let (figure, rows) = accuracy(&site, own).await;
    assert_eq!((figure.value, rows), (None, 0), "nobody's in particular");
    let earlier = site.now() - chrono::TimeDelta::days(2);
    let before = KpiFilter {
        warehouse: Some(people.warehouse),
        on: Some(earlier.date_naive()),
        ..KpiFilter::default()
    };
    let report = store::kpis::report(&site.store, &people.luka, &before, site.now());
    let report = report.await.unwrap();
    assert_eq!(report.figure(Kpi::CountAccuracy).unwrap().value, None);
}

async fn variances(site: &Site) -> Vec<Exception> {
    site.found(ExceptionKind::CountVariance).await
}

#[tokio::test]
async fn a_count_beyond_the_tolerance_is_before_a_lead_until_another_person_counted() {
    let site = stocked().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    ask(&site, "A").await;
    ask(&site, "B").await;
    for (id, item, _) in waiting(&site, marko).await {
        let near_or_not = if item == "A" { "99" } else { "9" };
        site.submit(marko, &found(id, near_or_not)).await;
    }
    let [row] = &variances(&site).await[..] else {
        panic!("one count is too far off")
    };
    assert_eq!(row.subject, "A-01 · B");
    assert_eq!(
        row.detail,
        "Marko found 9 KOM, on record are 4. Somebody else has to count again."
    );
    assert_eq!(row.warehouse_id, Some(site.people.warehouse));
    let id = waiting(&site, jelena).await[0].0;
    site.submit(jelena, &found(id, "7")).await;
    assert!(variances(&site).await.is_empty(), "it is decided");
}

#[tokio::test]
async fn a_count_that_is_sent_twice_counts_once() {
    let site = stocked().await;
    let (marko, jelena) = (&site.people.marko, &site.people.jelena);
    ask(&site, "B").await;
    let id = waiting(&site, marko).await[0].0;
    let entry = found(id, "9");
    let first = site.submit(marko, &entry).await;
    assert_eq!(site.submit(marko, &entry).await, first);
    let mut other = entry.clone();
    other.action = found(id, "8").action;
    let stranger = site.try_submit(jelena, &entry).await;
    for refused in [site.try_submit(marko, &other).await, stranger] {
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    }
    assert_eq!(site.number("select count(*) from count_entries").await, 1);
    let nothing = site.try_submit(marko, &found(CountLineId(0), "1")).await;
    assert!(matches!(nothing, Err(Error::NotFound(_))), "{nothing:?}");
}

#[tokio::test]
async fn only_leads_ask_for_counts_and_set_the_tolerance() {
    let site = stocked().await;
    let (store, people, now) = (&site.store, &site.people, site.now());
    let wide = Tolerance {
        percent: 50.into(),
        units: 0.into(),
    };
    let here = people.warehouse;
    let worker = operations::counts::request(store, &people.marko, here, "A-01", now).await;
    assert!(matches!(worker, Err(Error::Forbidden(_))), "{worker:?}");
    let set = operations::counts::set_tolerance;
    let worker = set(store, &people.marko, here, wide, now).await;
    assert!(matches!(worker, Err(Error::Forbidden(_))), "{worker:?}");
    let unknown = operations::counts::request(store, &people.luka, here, "X", now).await;
    assert!(matches!(unknown, Err(Error::Invalid(_))), "{unknown:?}");
    set(store, &people.luka, here, wide, now).await.unwrap();
    let kept = store::counts::tolerance(store, &people.luka, here).await;
    assert_eq!(kept.unwrap(), Some(wide));
    ask(&site, "A").await;
    let id = waiting(&site, &people.marko).await[0].0;
    site.submit(&people.marko, &found(id, "51")).await;
    assert_eq!(row(&site, "A").await.state, CountState::Settled);
}
