//! Cut-offs: until when dispatches have to be done that nobody gave a due time.

use crate::support::Site;
use chrono::{DateTime, Utc};
use domain::cut_off::CutOff;
use domain::document::{DocumentFilter, DocumentKind, DocumentRecord};
use domain::mapping::{MappingAnswer, MappingFilter};
use domain::task::{TaskState, TaskSummary};
use domain::task_list::{TaskAct, TaskChange, TaskFilter};
use domain::wave::WaveChoice;
use domain::{CutOffId, WarehouseId};
use operations::Error;
use operations::cut_offs::{list, remove, save};
use store::Scope;
use testkit::records::dispatch;

const WORKDAYS: [i16; 5] = [1, 2, 3, 4, 5];

fn cut_off(site: WarehouseId, name: &str, closes: &str) -> CutOff {
    CutOff {
        id: None,
        warehouse_id: site,
        name: name.to_owned(),
        closes: closes.parse().unwrap(),
        days: WORKDAYS.to_vec(),
    }
}

/// Saves one of the site where everybody works.
async fn put(site: &Site, name: &str, closes: &str) -> CutOffId {
    let cut_off = cut_off(site.people.warehouse, name, closes);
    let saved = save(&site.store, &site.people.luka, &cut_off, site.now()).await;
    saved.unwrap()
}

async fn task(site: &Site, number: &str) -> TaskSummary {
    site.document(number).await.task.unwrap()
}

async fn due(site: &Site, number: &str) -> Option<String> {
    let at = task(site, number).await.due_at;
    at.map(|at| at.format("%a %H:%M").to_string())
}

async fn arrives(site: &Site, number: &str, at: &str) {
    site.clock.set(at.parse().unwrap());
    site.dispatches(&[dispatch(number, &[("A", 5)])]).await;
}

async fn set_due(site: &Site, number: &str, due: Option<&str>) {
    let change = TaskChange {
        tasks: vec![task(site, number).await.id],
        act: TaskAct::SetDue(due.map(|due| due.parse().unwrap())),
        suggested: Vec::new(),
    };
    let (store, luka) = (&site.store, &site.people.luka);
    operations::tasks::change(store, luka, &change, site.now())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_dispatch_is_due_at_the_next_cut_off_after_it_arrived() {
    let site = Site::open().await;
    let courier = put(&site, "Courier", "12:00:00").await;
    put(&site, "Pallet truck", "16:30:00").await;
    // Belgrade is an hour ahead; the 20th is a Friday, and nothing leaves at the weekend.
    arrives(&site, "1", "2026-11-20T08:40:00Z").await;
    arrives(&site, "2", "2026-11-20T11:30:00Z").await;
    arrives(&site, "3", "2026-11-20T16:00:00Z").await;
    assert_eq!(due(&site, "1").await.unwrap(), "Fri 11:00");
    assert_eq!(due(&site, "2").await.unwrap(), "Fri 15:30");
    assert_eq!(due(&site, "3").await.unwrap(), "Mon 11:00");
    let later = DocumentRecord {
        dated_on: "2026-11-25".parse().unwrap(),
        ..dispatch("4", &[("A", 5)])
    };
    site.dispatches(&[later]).await;
    assert_eq!(due(&site, "4").await.unwrap(), "Wed 11:00");
    let filter = TaskFilter {
        cut_off: Some(courier),
        ..TaskFilter::default()
    };
    let (store, luka) = (&site.store, &site.people.luka);
    let found = store::tasks::search(store, luka, &filter, None, 50, site.now()).await;
    let found = found.unwrap().rows;
    let numbers: Vec<&str> = found.iter().map(|task| task.number.as_str()).collect();
    assert_eq!(numbers, ["1", "3", "4"], "the most urgent first");
}

#[tokio::test]
async fn receipts_and_sites_without_cut_offs_know_none() {
    let site = Site::open().await;
    arrives(&site, "1", "2026-11-20T08:40:00Z").await;
    assert_eq!(due(&site, "1").await, None);
    let (store, luka, ana) = (&site.store, &site.people.luka, &site.people.ana);
    let elsewhere = cut_off(site.people.other_warehouse, "Courier", "12:00:00");
    save(store, luka, &elsewhere, site.now()).await.unwrap();
    assert_eq!(due(&site, "1").await, None);
    put(&site, "Courier", "12:00:00").await;
    let receipt = DocumentRecord {
        kind: DocumentKind::Receipt,
        ..dispatch("R1", &[("A", 5)])
    };
    site.dispatches(&[receipt]).await;
    let filter = DocumentFilter::default();
    let found = store::documents::list(store, ana, DocumentKind::Receipt, &filter, None, 10).await;
    let id = found.unwrap().rows[0].id;
    let receipt = store::documents::get(store, ana, id).await.unwrap();
    assert_eq!(receipt.task.unwrap().due_at, None);
}

#[tokio::test]
async fn what_a_lead_says_about_a_due_time_stays_whatever_the_cut_offs_become() {
    let site = Site::open().await;
    let courier = put(&site, "Courier", "12:00:00").await;
    arrives(&site, "1", "2026-11-20T08:40:00Z").await;
    arrives(&site, "2", "2026-11-20T08:41:00Z").await;
    set_due(&site, "1", Some("2026-11-20T10:15:00")).await;
    set_due(&site, "2", None).await;
    put(&site, "Van", "11:00:00").await;
    site.dispatches(&[
        dispatch("1", &[("A", 7)]),
        dispatch("2", &[("A", 7), ("B", 1)]),
    ])
    .await;
    let (store, luka) = (&site.store, &site.people.luka);
    remove(store, luka, courier, site.now()).await.unwrap();
    assert_eq!(due(&site, "1").await.unwrap(), "Fri 09:15");
    assert_eq!(due(&site, "2").await, None);
}

#[tokio::test]
async fn a_change_of_cut_offs_moves_what_is_not_late_and_leaves_what_is() {
    let site = Site::open().await;
    let (store, luka) = (&site.store, &site.people.luka);
    arrives(&site, "1", "2026-11-20T08:40:00Z").await;
    let courier = put(&site, "Courier", "12:00:00").await;
    assert_eq!(due(&site, "1").await.unwrap(), "Fri 11:00");
    let said =
        "select count(*) from timeline_entries where text = 'To be done by 20 Nov 2026, 12:00.'";
    assert_eq!(site.number(said).await, 1);
    let moved = CutOff {
        id: Some(courier),
        ..cut_off(site.people.warehouse, "Courier", "13:00:00")
    };
    save(store, luka, &moved, site.now()).await.unwrap();
    assert_eq!(due(&site, "1").await.unwrap(), "Fri 12:00");

    site.clock.set("2026-11-20T12:30:00Z".parse().unwrap());
    let pallets = put(&site, "Pallet truck", "16:30:00").await;
    assert_eq!(due(&site, "1").await.unwrap(), "Fri 12:00", "it is late");
    arrives(&site, "2", "2026-11-20T12:31:00Z").await;
    assert_eq!(due(&site, "2").await.unwrap(), "Fri 15:30");
    remove(store, luka, courier, site.now()).await.unwrap();
    assert_eq!(due(&site, "1").await.unwrap(), "Fri 12:00", "it is late");
    remove(store, luka, pallets, site.now()).await.unwrap();
    assert_eq!(due(&site, "2").await, None);
    assert!(list(store, luka).await.unwrap().is_empty());
    for (action, times) in [("CUT_OFF_SAVED", 3), ("CUT_OFF_REMOVED", 2)] {
        let audit = format!("select count(*) from audit_entries where action = '{action}'");
        let audit = site.number(Box::leak(audit.into_boxed_str())).await;
        assert_eq!(audit, times, "{action}");
    }
}

#[tokio::test]
async fn what_becomes_work_long_after_it_arrived_is_not_late_at_once() {
    let site = Site::open().await;
    put(&site, "Courier", "12:00:00").await;
    site.clock.set("2026-11-20T08:40:00Z".parse().unwrap());
    let mut named = dispatch("1", &[("A", 5)]);
    named.warehouse_name = "Veleprodaja".to_owned();
    site.dispatches(&[named]).await;
    let (store, luka) = (&site.store, &site.people.luka);
    let waiting = MappingFilter::waiting();
    let asked = store::mappings::list(store, luka, &waiting, Default::default(), None, 100).await;
    let asked = asked.unwrap().rows[0].id;
    site.clock.set("2026-11-23T12:00:00Z".parse().unwrap());
    let means = MappingAnswer::Means("VELE_TEST".to_owned());
    operations::mappings::answer(store, luka, asked, &means, site.now())
        .await
        .unwrap();
    assert_eq!(due(&site, "1").await.unwrap(), "Tue 11:00");
}

#[tokio::test]
async fn what_comes_back_is_due_by_the_cut_offs_of_where_and_when_it_comes_back() {
    let site = Site::open().await;
    let courier = put(&site, "Courier", "12:00:00").await;
    arrives(&site, "1", "2026-11-20T08:40:00Z").await;
    assert_eq!(due(&site, "1").await.unwrap(), "Fri 11:00");
    let withdrawn = dispatch("1", &[("UNKNOWN", 5)]);
    site.dispatches(std::slice::from_ref(&withdrawn)).await;
    assert_eq!(task(&site, "1").await.state, TaskState::Cancelled);
    arrives(&site, "1", "2026-11-23T12:00:00Z").await;
    assert_eq!(due(&site, "1").await.unwrap(), "Tue 11:00");

    site.dispatches(&[withdrawn]).await;
    for moved in [
        "update connections set warehouse_id = (select id from warehouses where code = 'MALO_TEST')",
        "update mappings set target = 'MALO_TEST' where kind = 'warehouse'",
    ] {
        sqlx::query(moved).execute(&site.admin).await.unwrap();
    }
    arrives(&site, "1", "2026-11-23T12:10:00Z").await;
    let there = task(&site, "1").await;
    let (store, luka) = (&site.store, &site.people.luka);
    assert_eq!(there.warehouse_id, site.people.other_warehouse);
    assert_eq!((there.state, there.due_at), (TaskState::Open, None));
    let all = WaveChoice {
        tasks: Vec::new(),
        cut_off: Some(courier),
    };
    let none = operations::waves::make(store, luka, "", &all, site.now()).await;
    assert!(matches!(none, Err(Error::Invalid(_))), "{none:?}");
}

#[tokio::test]
async fn a_change_of_cut_offs_plans_many_dispatches_some_at_a_time() {
    let site = Site::open().await;
    site.clock.set("2026-11-20T08:40:00Z".parse().unwrap());
    let numbers: Vec<String> = (1..=450).map(|number| format!("26-{number}")).collect();
    let many = numbers.iter().map(|number| dispatch(number, &[("A", 5)]));
    let many: Vec<DocumentRecord> = many.collect();
    site.dispatches(&many).await;
    let courier = put(&site, "Courier", "12:00:00").await;
    let due = "select count(*) from tasks where due_at = '2026-11-20T11:00:00Z'";
    assert_eq!(site.number(due).await, 450);
    let said = "select count(*) from timeline_entries where kind = 'planned'";
    assert_eq!(site.number(said).await, 450);
    let told = "select count(*) from live_feed where what = 'planned'";
    assert_eq!(site.number(told).await, 3);
    let most = "select max(cardinality(topics))::bigint from live_feed where what = 'planned'";
    assert_eq!(site.number(most).await, 201, "one is the list of tasks");
    let (store, luka) = (&site.store, &site.people.luka);
    remove(store, luka, courier, site.now()).await.unwrap();
    assert_eq!(site.number("select count(due_at) from tasks").await, 0);
    let left = "select count(*) from cut_off_plans";
    assert_eq!(site.number(left).await, 0);
}

#[tokio::test]
async fn what_was_left_when_cut_offs_changed_is_planned_by_who_looks_next() {
    let site = Site::open().await;
    let (store, people) = (&site.store, &site.people);
    let (company, here) = (people.company, people.warehouse);
    let courier = put(&site, "Courier", "12:00:00").await;
    arrives(&site, "1", "2026-11-20T08:40:00Z").await;
    assert_eq!(due(&site, "1").await.unwrap(), "Fri 11:00");
    // Whoever saves it dies before anything is planned.
    let changed_at = "2026-11-20T10:50:00Z".parse().unwrap();
    let moved = CutOff {
        id: Some(courier),
        ..cut_off(here, "Courier", "13:00:00")
    };
    let mut tx = store.begin(Scope::Company(company)).await.unwrap();
    store::cut_off_plans::begin(&mut tx, company, here, "Luka", changed_at)
        .await
        .unwrap();
    store::cut_offs::save(&mut tx, company, &moved)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    arrives(&site, "2", "2026-11-20T12:10:00Z").await;
    assert_eq!(due(&site, "1").await.unwrap(), "Fri 11:00");
    for _ in 0..2 {
        let planned = operations::cut_offs::plan_rest(store, site.now()).await;
        planned.unwrap();
        assert_eq!(due(&site, "1").await.unwrap(), "Fri 12:00");
        assert_eq!(due(&site, "2").await.unwrap(), "Mon 12:00");
    }
    let said = "select count(*) from timeline_entries where kind = 'planned' and actor = 'Luka'";
    assert_eq!(site.number(said).await, 1);
}

#[tokio::test]
async fn whoever_removes_a_cut_off_rewrites_no_task_that_is_done() {
    let site = Site::open().await;
    let courier = put(&site, "Courier", "12:00:00").await;
    arrives(&site, "1", "2026-11-20T08:40:00Z").await;
    sqlx::query("update tasks set state = 'done', finished_at = now()")
        .execute(&site.admin)
        .await
        .unwrap();
    let writer = "select xmin::text::bigint from tasks where cut_off_id is not null";
    let before = site.number(writer).await;
    let (store, luka) = (&site.store, &site.people.luka);
    remove(store, luka, courier, site.now()).await.unwrap();
    assert_eq!(site.number(writer).await, before);
}

#[tokio::test]
async fn cut_offs_keep_their_local_times_on_the_days_the_clocks_change() {
    let site = Site::open().await;
    let (store, luka, here) = (&site.store, &site.people.luka, site.people.warehouse);
    for (name, closes) in [("Courier", "12:00:00"), ("Night truck", "02:30:00")] {
        let daily = CutOff {
            days: (1..=7).collect(),
            ..cut_off(here, name, closes)
        };
        save(store, luka, &daily, site.now()).await.unwrap();
    }
    let next = async |since: &str| -> String {
        let since: DateTime<Utc> = since.parse().unwrap();
        let query = "select closes_at from next_cut_off($1, $2)";
        let found = sqlx::query_scalar::<_, DateTime<Utc>>(query).bind(here.0);
        let found = found.bind(since).fetch_one(&site.admin).await;
        found.unwrap().format("%d %H:%M").to_string()
    };
    // Half past two is left out on the 29th of March and comes twice on the 25th of October.
    assert_eq!(next("2026-03-28T23:30:00Z").await, "29 01:30");
    assert_eq!(next("2026-03-29T01:30:00Z").await, "29 10:00");
    assert_eq!(next("2026-10-24T22:30:00Z").await, "25 01:30");
    assert_eq!(next("2026-10-25T01:30:00Z").await, "25 11:00");
}

#[tokio::test]
async fn cut_offs_are_kept_by_leads_of_their_site_and_each_name_stands_once() {
    let site = Site::open().await;
    let (store, people) = (&site.store, &site.people);
    let courier = cut_off(people.warehouse, "Courier", "12:00:00");
    let worker = save(store, &people.marko, &courier, site.now()).await;
    assert!(matches!(worker, Err(Error::Forbidden(_))), "{worker:?}");
    let stranger = save(store, &people.stranger, &courier, site.now()).await;
    assert!(matches!(stranger, Err(Error::NotFound(_))), "{stranger:?}");
    let nameless = CutOff {
        name: " ".to_owned(),
        ..courier.clone()
    };
    let nameless = save(store, &people.luka, &nameless, site.now()).await;
    assert!(matches!(nameless, Err(Error::Invalid(_))), "{nameless:?}");
    let id = put(&site, "Courier", "12:00:00").await;
    let twice = save(store, &people.luka, &courier, site.now()).await;
    assert!(matches!(twice, Err(Error::Conflict(_))), "{twice:?}");
    let removed = remove(store, &people.stranger, id, site.now()).await;
    assert!(matches!(removed, Err(Error::NotFound(_))), "{removed:?}");
    assert_eq!(list(store, &people.luka).await.unwrap().len(), 1);
}
