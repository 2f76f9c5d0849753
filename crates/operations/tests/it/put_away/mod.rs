//! Where goods lie: received goods are brought to locations, picks take them from there.

mod missing;
mod units;

use crate::support::{FINISH_PARTIAL, Site, pick, request, undo};
use domain::LineId;
use domain::document::{DocumentFilter, DocumentKind, DocumentRecord};
use domain::exception::{Exception, ExceptionKind};
use domain::operation::{FloorAction, Outcome};
use domain::permission::Role;
use domain::picking::Refusal;
use domain::put_away::{PutAway, SuggestionReason};
use domain::task::{Assignee, TaskDetail};
use domain::user::Caller;
use operations::Error;
use testkit::records::{self, dispatch};

fn receipt(number: &str, lines: &[(&str, i64)]) -> DocumentRecord {
    DocumentRecord {
        kind: DocumentKind::Receipt,
        ..records::dispatch(number, lines)
    }
}

async fn locate(site: &Site, text: &str) {
    let plans = domain::location::read(text);
    let (luka, warehouse) = (&site.people.luka, site.people.warehouse);
    operations::locations::replace(&site.store, luka, warehouse, &plans, site.now())
        .await
        .unwrap();
}

/// A receipt that marko is to receive.
async fn given(site: &Site, number: &str, lines: &[(&str, i64)]) -> TaskDetail {
    site.dispatches(&[receipt(number, lines)]).await;
    to_marko(site, number).await
}

async fn to_marko(site: &Site, number: &str) -> TaskDetail {
    let (store, luka, marko) = (&site.store, &site.people.luka, &site.people.marko);
    let filter = DocumentFilter {
        q: Some(number.to_owned()),
        ..DocumentFilter::default()
    };
    let list = store::documents::list(store, luka, DocumentKind::Receipt, &filter, None, 5);
    let id = list.await.unwrap().rows[0].id;
    let task = store::documents::get(store, luka, id).await.unwrap().task;
    let (task, to) = (task.unwrap().id, Assignee::Worker(marko.user_id));
    operations::tasks::assign(store, luka, task, to, site.now())
        .await
        .unwrap();
    store::tasks::get(store, luka, task).await.unwrap()
}

/// A receipt whose lines were all received by marko.
async fn received(site: &Site, number: &str, lines: &[(&str, i64)]) -> TaskDetail {
    let given = given(site, number, lines).await;
    for line in &given.lines {
        let all = pick(line.id, &line.requested.to_string());
        site.act(&site.people.marko, given.task.id, all).await;
    }
    given
}

async fn waiting(site: &Site, caller: &Caller) -> Vec<PutAway> {
    store::put_aways::waiting(&site.store, caller, site.now())
        .await
        .unwrap()
}

fn put(line_id: LineId, quantity: &str, location: &str) -> FloorAction {
    FloorAction::PutAway {
        line_id,
        quantity: quantity.parse().unwrap(),
        location: location.to_owned(),
        suggested: None,
        other_confirmed: false,
        full: false,
    }
}

async fn lies(site: &Site, item: &str) -> Vec<(String, String)> {
    let found = store::items::look_up(&site.store, &site.people.luka, item);
    let stock = found.await.unwrap().locations;
    stock
        .into_iter()
        .map(|stock| (stock.location, stock.quantity.to_string()))
        .collect()
}

fn on(location: &str, quantity: &str) -> (String, String) {
    (location.to_owned(), quantity.to_owned())
}

fn suggested(rows: &[PutAway], code: &str) -> (String, SuggestionReason) {
    let row = rows.iter().find(|row| row.line.item_code == code).unwrap();
    let place = row.suggested.clone().unwrap();
    (place.location, place.reason)
}

#[tokio::test]
async fn received_goods_wait_until_all_of_them_lie_on_a_location() {
    let site = Site::open().await;
    locate(&site, "A-01;A\nA-02;A").await;
    let task = received(&site, "R1", &[("A", 6)]).await;
    let (jelena, id, line) = (&site.people.jelena, task.task.id, task.lines[0].id);
    // Whoever is of the site brings them, also after the receipt ended.
    site.act(&site.people.marko, id, FINISH_PARTIAL).await;
    let rows = waiting(&site, jelena).await;
    assert_eq!(
        suggested(&rows, "A"),
        ("A-01".to_owned(), SuggestionReason::Empty)
    );
    let part = request(id, put(line, "4", "a-01"));
    let answer = site.submit(jelena, &part).await;
    assert_eq!(answer.outcome, Outcome::Accepted);
    assert_eq!(site.submit(jelena, &part).await, answer);
    assert_eq!(waiting(&site, jelena).await[0].line.remaining(), 2.into());
    site.act(jelena, id, put(line, "2", "A-02")).await;
    assert!(waiting(&site, jelena).await.is_empty());
    assert_eq!(lies(&site, "A").await, [on("A-01", "4"), on("A-02", "2")]);
    let told = "select count(*) from timeline_entries where kind = 'put_away' and text = '4 KOM of A put on A-01.'";
    assert_eq!(site.number(told).await, 1);
}

#[tokio::test]
async fn the_suggestion_is_where_the_item_lies_then_where_it_lay_then_what_is_empty() {
    let site = Site::open().await;
    locate(&site, "A-01\nA-02\nA-03").await;
    let marko = &site.people.marko;
    let first = received(&site, "R1", &[("A", 2), ("B", 2)]).await;
    let (a, b) = (first.lines[0].id, first.lines[1].id);
    site.act(marko, first.task.id, put(a, "2", "A-02")).await;
    let taken = site.act(marko, first.task.id, put(b, "2", "A-03")).await;
    let second = received(&site, "R2", &[("A", 1), ("B", 1), ("C", 1)]).await;
    let rows = waiting(&site, marko).await;
    let holds = SuggestionReason::HoldsItem;
    assert_eq!(suggested(&rows, "A"), ("A-02".to_owned(), holds));
    let empty = SuggestionReason::Empty;
    assert_eq!(suggested(&rows, "C"), ("A-01".to_owned(), empty));
    site.act(marko, first.task.id, undo(taken)).await;
    let rows = waiting(&site, marko).await;
    let last = SuggestionReason::LastHeld;
    assert_eq!(suggested(&rows, "B"), ("A-03".to_owned(), last));
    assert_eq!(second.lines.len(), 3);
}

#[tokio::test]
async fn what_is_put_away_wrongly_is_refused_in_words_and_moves_nothing() {
    let site = Site::open().await;
    locate(&site, "A-01\nA-02").await;
    let task = received(&site, "R1", &[("A", 6)]).await;
    let (marko, id, line) = (&site.people.marko, task.task.id, task.lines[0].id);
    let other = FloorAction::PutAway {
        line_id: line,
        quantity: 6.into(),
        location: "A-02".to_owned(),
        suggested: Some("A-01".to_owned()),
        other_confirmed: false,
        full: false,
    };
    for (action, words) in [
        (put(line, "7", "A-01"), "Only 6 of it wait"),
        (put(line, "0", "A-01"), "above zero"),
        (put(line, "1", "X-99"), "There is no location X-99"),
        (put(LineId(0), "1", "A-01"), "not part of the task"),
        (other, "It belongs on A-01"),
    ] {
        let refused = site.refused(marko, id, action).await.to_string();
        assert!(refused.contains(words), "{words}: {refused}");
    }
    assert_eq!(site.number("select count(*) from stock_moves").await, 0);
    let (site, pick) = Site::with_task(&[("A", 5)]).await;
    let action = put(pick.lines[0].id, "1", "A-01");
    let refused = site.refused(&site.people.marko, pick.task.id, action).await;
    assert_eq!(refused, Refusal::LineNotOnTask);
}

#[tokio::test]
async fn a_put_away_is_taken_back_once_by_who_did_it() {
    let site = Site::open().await;
    locate(&site, "A-01").await;
    let task = received(&site, "R1", &[("A", 6)]).await;
    let (people, id, line) = (&site.people, task.task.id, task.lines[0].id);
    let act = site.act(&people.marko, id, put(line, "6", "A-01")).await;
    let stranger = site.refused(&people.luka, id, undo(act)).await;
    assert_eq!(stranger, Refusal::NothingToUndo);
    site.act(&people.marko, id, undo(act)).await;
    assert!(lies(&site, "A").await.is_empty());
    assert_eq!(waiting(&site, &people.marko).await.len(), 1);
    let again = site.refused(&people.marko, id, undo(act)).await;
    assert_eq!(again, Refusal::NothingToUndo);
}

#[tokio::test]
async fn picks_follow_the_way_past_the_locations_and_take_goods_from_there() {
    let site = Site::open().await;
    locate(&site, "Z-01\nA-01\nA-02").await;
    let marko = &site.people.marko;
    let task = received(&site, "R1", &[("A", 5), ("B", 5)]).await;
    let (a, b) = (task.lines[0].id, task.lines[1].id);
    site.act(marko, task.task.id, put(a, "5", "A-01")).await;
    site.act(marko, task.task.id, put(b, "5", "Z-01")).await;
    site.dispatches(&[dispatch("1", &[("C", 1), ("A", 2), ("B", 2)])])
        .await;
    let way = site.given_to("1", Assignee::Worker(marko.user_id)).await;
    let seen: Vec<_> = way
        .lines
        .iter()
        .map(|line| (line.item_code.as_str(), line.location.as_deref()))
        .collect();
    assert_eq!(
        seen,
        [("B", Some("Z-01")), ("A", Some("A-01")), ("C", None)]
    );
    let act = site
        .act(marko, way.task.id, pick(way.lines[1].id, "2"))
        .await;
    assert_eq!(lies(&site, "A").await, [on("A-01", "3")]);
    site.act(marko, way.task.id, undo(act)).await;
    assert_eq!(lies(&site, "A").await, [on("A-01", "5")]);
}

async fn blocked(site: &Site) -> Vec<Exception> {
    site.found(ExceptionKind::BlockedPutAway).await
}

#[tokio::test]
async fn received_goods_without_a_location_are_before_a_lead_until_there_is_one() {
    let site = Site::open().await;
    received(&site, "R0", &[("A", 1)]).await;
    assert!(blocked(&site).await.is_empty(), "no locations, no put-away");
    locate(&site, "A-01").await;
    let task = received(&site, "R1", &[("A", 6), ("B", 2), ("C", 1)]).await;
    assert!(blocked(&site).await.is_empty(), "A-01 is empty");
    let put_a = put(task.lines[0].id, "4", "A-01");
    site.act(&site.people.marko, task.task.id, put_a).await;
    let [row] = &blocked(&site).await[..] else {
        panic!("one receipt is stuck")
    };
    assert!(row.subject.starts_with("R1"), "{}", row.subject);
    let words = "2 lines of what was received fit on no location: none is empty.";
    assert_eq!(row.detail, words, "A can still go where A lies");
    let nowhere = waiting(&site, &site.people.marko).await;
    let nowhere = nowhere.iter().filter(|row| row.suggested.is_none());
    assert_eq!(nowhere.count(), 2, "the handheld says the same");
    locate(&site, "A-01\nA-02").await;
    assert!(blocked(&site).await.is_empty(), "A-02 is empty");
}

/// Puts goods elsewhere because the suggested location is full.
fn put_past(line_id: LineId, quantity: &str, location: &str, full: &str) -> FloorAction {
    FloorAction::PutAway {
        line_id,
        quantity: quantity.parse().unwrap(),
        location: location.to_owned(),
        suggested: Some(full.to_owned()),
        other_confirmed: true,
        full: true,
    }
}

#[tokio::test]
async fn a_location_that_was_found_full_is_not_suggested_until_something_left_it() {
    let site = Site::open().await;
    locate(&site, "A-01\nA-02").await;
    let marko = &site.people.marko;
    let first = received(&site, "R1", &[("A", 2)]).await;
    let a = first.lines[0].id;
    site.act(marko, first.task.id, put(a, "2", "A-01")).await;
    let second = received(&site, "R2", &[("A", 4)]).await;
    let (id, a) = (second.task.id, second.lines[0].id);
    let holds = |code: &str| (code.to_owned(), SuggestionReason::HoldsItem);
    assert_eq!(suggested(&waiting(&site, marko).await, "A"), holds("A-01"));
    let past = put_past(a, "1", "A-02", "a-01");
    let said = site.act(marko, id, past.clone()).await;
    assert_eq!(suggested(&waiting(&site, marko).await, "A"), holds("A-02"));
    site.act(marko, id, undo(said)).await;
    let rows = waiting(&site, marko).await;
    assert_eq!(suggested(&rows, "A"), holds("A-01"), "it is taken back");
    site.act(marko, id, past).await;
    let (store, luka, here) = (&site.store, &site.people.luka, site.people.warehouse);
    let places = store::locations::list(store, luka, here, site.now()).await;
    let full: Vec<_> = places.unwrap().iter().map(|one| one.full_since).collect();
    assert_eq!(full, [Some(site.now()), None]);
    let in_a_week = site.now() + chrono::TimeDelta::days(7);
    let rows = store::put_aways::waiting(store, marko, in_a_week).await;
    assert_eq!(
        suggested(&rows.unwrap(), "A"),
        holds("A-01"),
        "for a week at most"
    );
    site.dispatches(&[dispatch("1", &[("A", 1)])]).await;
    let way = site.given_to("1", Assignee::Worker(marko.user_id)).await;
    site.act(marko, way.task.id, pick(way.lines[0].id, "1"))
        .await;
    assert_eq!(suggested(&waiting(&site, marko).await, "A"), holds("A-01"));
}

#[tokio::test]
async fn goods_that_fit_only_where_it_is_full_are_before_a_lead() {
    let site = Site::open().await;
    locate(&site, "A-01\nA-02").await;
    let marko = &site.people.marko;
    let task = received(&site, "R1", &[("A", 2), ("B", 1)]).await;
    let (a, b) = (task.lines[0].id, task.lines[1].id);
    site.act(marko, task.task.id, put(a, "1", "A-02")).await;
    assert!(blocked(&site).await.is_empty(), "A-01 is empty");
    // Something lies on A-01 that is not on record.
    site.act(marko, task.task.id, put_past(a, "1", "A-02", "A-01"))
        .await;
    assert_eq!(blocked(&site).await.len(), 1, "B fits nowhere");
    let nowhere = waiting(&site, marko).await;
    assert!(nowhere[0].line.id == b && nowhere[0].suggested.is_none());
    site.act(marko, task.task.id, put(b, "1", "A-02")).await;
    assert!(blocked(&site).await.is_empty());
}

#[tokio::test]
async fn a_location_that_is_taken_out_gets_no_goods_and_keeps_its_history() {
    let site = Site::open().await;
    locate(&site, "A-01\nA-02").await;
    let task = received(&site, "R1", &[("A", 6)]).await;
    let (marko, id, line) = (&site.people.marko, task.task.id, task.lines[0].id);
    site.act(marko, id, put(line, "2", "A-01")).await;
    locate(&site, "A-02").await;
    let refused = site.refused(marko, id, put(line, "1", "A-01")).await;
    assert!(matches!(refused, Refusal::UnknownLocation { .. }));
    assert_eq!(lies(&site, "A").await, [on("A-01", "2")]);
    locate(&site, "a-01\nA-02").await;
    site.act(marko, id, put(line, "1", "A-01")).await;
    assert_eq!(lies(&site, "A").await, [on("a-01", "3")]);
}

#[tokio::test]
async fn a_code_is_known_to_be_no_location_before_goods_are_put_there() {
    let site = Site::open().await;
    locate(&site, "A-01\nA-02").await;
    let (marko, here) = (&site.people.marko, site.people.warehouse);
    let elsewhere = domain::WarehouseId(here.0 + 100);
    for (at, code, known) in [
        (None, " a-02", Some("A-02")),
        (Some(here), "A-01", Some("A-01")),
        (Some(elsewhere), "A-01", None),
        (None, "X-99-99", None),
    ] {
        let found = store::locations::named(&site.store, marko, at, code, site.now()).await;
        let found = found.unwrap().pop().map(|one| one.code);
        assert_eq!(found.as_deref(), known, "{code} at {at:?}");
    }
}

#[tokio::test]
async fn locations_are_a_leads_and_only_of_the_own_sites() {
    let site = Site::open().await;
    let (store, now) = (&site.store, site.now());
    let plans = domain::location::read("A-01");
    let warehouse = site.people.warehouse;
    assert_eq!(site.people.marko.role, Role::Worker);
    let worker =
        operations::locations::replace(store, &site.people.marko, warehouse, &plans, now).await;
    assert!(matches!(worker, Err(Error::Forbidden(_))), "{worker:?}");
    let elsewhere = domain::WarehouseId(warehouse.0 + 100);
    let other =
        operations::locations::replace(store, &site.people.luka, elsewhere, &plans, now).await;
    assert!(matches!(other, Err(Error::NotFound(_))), "{other:?}");
    let twice = domain::location::read("A-01\na-01");
    let refused =
        operations::locations::replace(store, &site.people.luka, warehouse, &twice, now).await;
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
    assert_eq!(site.number("select count(*) from locations").await, 0);
    assert!(waiting(&site, &site.people.marko).await.is_empty());
}
