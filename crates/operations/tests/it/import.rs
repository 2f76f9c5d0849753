//! Documents and items that come, come again, and come changed.

use crate::support::{FINISH, IMPORTED, Site, pick};
use chrono::Days;
use domain::document::{DocumentStatus, LineStatus, MatchState};
use domain::task::{Assignee, TaskState};
use operations::sync_runs::Records;
use rust_decimal::Decimal;
use testkit::records::{dispatch, item, item_with};
use testkit::{traces, upstream};

#[tokio::test]
async fn a_document_is_one_by_number_type_and_date() {
    let site = Site::open().await;
    let first = dispatch("1", &[("A", 2)]);
    let mut other_type = first.clone();
    other_type.doc_type = "20CT".to_owned();
    let mut other_day = first.clone();
    other_day.dated_on = first.dated_on + Days::new(1);
    site.dispatches(&[first.clone(), other_type, other_day])
        .await;
    site.dispatches(&[first]).await;
    assert_eq!(site.number("select count(*) from documents").await, 3);
    assert_eq!(site.number("select count(*) from document_lines").await, 3);
    assert_eq!(site.number("select count(*) from tasks").await, 3);
}

#[tokio::test]
async fn a_second_unchanged_import_writes_no_row() {
    let site = Site::open().await;
    let documents: Vec<_> = (1..=30)
        .map(|number| dispatch(&number.to_string(), &[("A", 2), ("B", 3), ("UNKNOWN", 1)]))
        .collect();
    site.dispatches(&documents).await;
    let before = traces::versions(&site.admin, &IMPORTED).await;
    let run = site.dispatches(&documents).await;
    assert_eq!(traces::versions(&site.admin, &IMPORTED).await, before);
    let run = store::sync_runs::get(&site.store, &site.people.ana, run).await;
    let counts = run.unwrap().counts;
    assert_eq!((counts.created, counts.updated), (0, 0));
    assert_eq!((counts.unchanged, counts.refused), (30, 0));
}

#[tokio::test]
async fn the_timeline_of_a_document_with_one_line_says_so() {
    let site = Site::open().await;
    site.dispatches(&[dispatch("1", &[("A", 2)])]).await;
    site.dispatches(&[dispatch("1", &[("A", 3)])]).await;
    let id = site.document("1").await.document.id;
    let told = store::timeline::list(&site.store, &site.people.ana, id).await;
    let told: Vec<String> = told.unwrap().into_iter().map(|entry| entry.text).collect();
    let says = |text: &str| told.iter().any(|one| one.ends_with(text));
    assert!(says(" with one line."), "{told:?}");
    assert!(says(": 1 of 1 line."), "{told:?}");
}

#[tokio::test]
async fn an_edit_changes_the_lines_and_keeps_the_picks() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 2)]).await;
    let marko = &site.people.marko;
    site.act(marko, task.task.id, pick(task.lines[0].id, "3"))
        .await;
    let mut edited = dispatch("1", &[("A", 9), ("B", 2), ("C", 1)]);
    edited.lines[1].item_name = "RENAMED".to_owned();
    site.dispatches(&[edited]).await;
    let document = site.document("1").await;
    let [a, b, c] = &document.lines[..] else {
        panic!("{:?}", document.lines)
    };
    assert_eq!(
        (a.id, a.done, a.requested),
        (task.lines[0].id, 3.into(), 9.into())
    );
    assert_eq!(
        (a.status, a.conflict.as_deref()),
        (LineStatus::Partial, None)
    );
    assert_eq!((b.id, &*b.item_name), (task.lines[1].id, "RENAMED"));
    assert_eq!((c.requested, c.wms_flag), (1.into(), true));
    assert_eq!(document.document.lines_wms, 3);
}

#[tokio::test]
async fn lowering_below_what_is_picked_is_a_conflict_and_loses_nothing() {
    let (site, task) = Site::with_task(&[("A", 5)]).await;
    site.act(
        &site.people.marko,
        task.task.id,
        pick(task.lines[0].id, "4"),
    )
    .await;
    site.dispatches(&[dispatch("1", &[("A", 3)])]).await;
    let document = site.document("1").await;
    let line = &document.lines[0];
    assert_eq!((line.done, line.requested), (4.into(), 3.into()));
    let conflict = line.conflict.as_deref().unwrap();
    assert!(
        conflict.contains("from 5 to 3, but 4 is already done"),
        "{conflict}"
    );
    assert_eq!(document.document.conflicts, 1);
    site.dispatches(&[dispatch("1", &[("A", 6)])]).await;
    assert_eq!(site.document("1").await.document.conflicts, 0);
}

#[tokio::test]
async fn a_picked_line_that_is_taken_off_stays_as_a_conflict_and_comes_back_whole() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 1)]).await;
    site.act(
        &site.people.marko,
        task.task.id,
        pick(task.lines[0].id, "4"),
    )
    .await;
    site.dispatches(&[dispatch("1", &[("B", 1)])]).await;
    let gone = site.line("1", "A").await;
    assert_eq!(
        (gone.removed, gone.wms_flag, gone.done),
        (true, false, 4.into())
    );
    assert!(gone.conflict.is_some());
    site.dispatches(&[dispatch("1", &[("A", 5), ("B", 1)])])
        .await;
    let back = site.line("1", "A").await;
    assert_eq!(
        (back.id, back.removed, back.wms_flag),
        (gone.id, false, true)
    );
    assert_eq!((back.done, back.conflict), (4.into(), None));
}

#[tokio::test]
async fn a_line_whose_item_was_exchanged_becomes_another_line() {
    let (site, task) = Site::with_task(&[("A", 5), ("B", 1)]).await;
    site.act(
        &site.people.marko,
        task.task.id,
        pick(task.lines[0].id, "2"),
    )
    .await;
    site.dispatches(&[dispatch("1", &[("C", 5), ("B", 1)])])
        .await;
    let old = site.line("1", "A").await;
    assert_eq!((old.removed, old.done), (true, 2.into()));
    let new = site.line("1", "C").await;
    assert_eq!((&*new.key, new.done, new.wms_flag), ("1", 0.into(), true));
    site.dispatches(&[dispatch("1", &[("B", 1), ("C", 5)])])
        .await;
    assert_eq!(site.line("1", "C").await.id, new.id);
}

#[tokio::test]
async fn what_the_erp_changes_after_the_end_asks_a_person() {
    let (site, task) = Site::with_task(&[("A", 1)]).await;
    site.act(
        &site.people.marko,
        task.task.id,
        pick(task.lines[0].id, "1"),
    )
    .await;
    site.act(&site.people.marko, task.task.id, FINISH).await;
    site.dispatches(&[dispatch("1", &[("A", 2), ("B", 7)])])
        .await;
    let document = site.document("1").await;
    assert_eq!(document.document.status, DocumentStatus::Done);
    assert_eq!(document.document.conflicts, 2);
    let text = document.lines[1].conflict.as_deref().unwrap();
    assert!(text.contains("after the document was finished"), "{text}");
}

#[tokio::test]
async fn an_open_task_goes_with_its_last_line_and_comes_back_with_it() {
    let (site, task) = Site::with_task(&[("A", 1)]).await;
    site.dispatches(&[dispatch("1", &[])]).await;
    let state = site.document("1").await.task.unwrap().state;
    assert_eq!(state, TaskState::Cancelled);
    site.dispatches(&[dispatch("1", &[("A", 1)])]).await;
    let back = site.document("1").await.task.unwrap();
    assert_eq!((back.id, back.state), (task.task.id, TaskState::Open));
}

#[tokio::test]
async fn lines_are_matched_by_code_then_by_barcode() {
    let site = Site::open().await;
    site.items(&[
        item_with("00042", &["4006381333931"]),
        item("4006381333931"),
    ])
    .await;
    site.items(&[item_with("00043", &["96385074"])]).await;
    let lines = [
        ("00042", 1),
        ("4006381333931", 1),
        ("96385074", 1),
        ("42", 1),
    ];
    site.dispatches(&[dispatch("1", &lines)]).await;
    let states: Vec<_> = site
        .document("1")
        .await
        .lines
        .into_iter()
        .map(|line| line.match_state)
        .collect();
    use MatchState::{Barcode, Code, Unmatched};
    assert_eq!(states, [Code, Code, Barcode, Unmatched]);
}

#[tokio::test]
async fn only_positive_lines_of_matched_items_at_our_site_are_floor_work() {
    let site = Site::open().await;
    let mut elsewhere = dispatch("2", &[("A", 1)]);
    elsewhere.warehouse_name = "Maloprodaja 2".to_owned();
    let here = dispatch("1", &[("A", 4), ("B", -2), ("C", 0), ("UNKNOWN", 1)]);
    site.dispatches(&[here, elsewhere]).await;
    let document = site.document("1").await;
    let flags: Vec<_> = document
        .lines
        .iter()
        .map(|line| (line.exists_in_wms, line.wms_flag))
        .collect();
    assert_eq!(
        flags,
        [(true, true), (true, false), (true, false), (false, false)]
    );
    assert_eq!(document.lines[1].requested, Decimal::from(-2));
    assert!(document.task.is_some());
    let elsewhere = site.document("2").await;
    assert!(!elsewhere.lines[0].exists_in_wms && elsewhere.task.is_none());
}

#[tokio::test]
async fn a_line_that_waits_for_its_item_becomes_work_when_the_item_comes() {
    let site = Site::open().await;
    site.dispatches(&[
        dispatch("1", &[("LATE", 3)]),
        dispatch("2", &[("5901234123457", 1)]),
    ])
    .await;
    assert_eq!(site.document("1").await.task, None);
    site.items(&[item_with("LATE", &["5901234123457"])]).await;
    let (one, two) = (site.document("1").await, site.document("2").await);
    assert_eq!(one.lines[0].match_state, MatchState::Code);
    assert_eq!(two.lines[0].match_state, MatchState::Barcode);
    assert!(one.task.is_some() && two.task.is_some());
}

#[tokio::test]
async fn of_two_documents_with_one_key_on_a_page_the_later_is_kept_and_the_other_told() {
    let site = Site::open().await;
    let (first, second) = (dispatch("1", &[("A", 1)]), dispatch("1", &[("A", 2)]));
    let run = site.dispatches(&[first, second]).await;
    assert_eq!(site.line("1", "A").await.requested, Decimal::TWO);
    let refused =
        store::sync_runs::rejected(&site.store, &site.people.ana, run, None, None, 10).await;
    let refused = refused.unwrap().rows;
    assert_eq!(refused.len(), 1);
    assert!(
        refused[0].reason.contains("came twice on one page"),
        "{}",
        refused[0].reason
    );
}

#[tokio::test]
async fn a_barcode_stays_with_its_first_owner_and_the_second_is_told() {
    let site = Site::open().await;
    site.items(&[item_with("X", &["96385074"])]).await;
    let run = site
        .items(&[item_with("Y", &["96385074", "4006381333931"])])
        .await;
    let refused =
        store::sync_runs::rejected(&site.store, &site.people.ana, run, None, None, 10).await;
    let refused = refused.unwrap().rows;
    assert_eq!(refused.len(), 1);
    assert!(
        refused[0].reason.contains("already belongs to item X"),
        "{}",
        refused[0].reason
    );
    site.dispatches(&[dispatch("1", &[("96385074", 1), ("4006381333931", 1)])])
        .await;
    let lines = site.document("1").await.lines;
    assert_ne!(lines[0].item_id.unwrap(), lines[1].item_id.unwrap());
}

#[tokio::test]
async fn a_barcode_that_moves_to_another_item_of_the_page_has_its_new_owner() {
    let site = Site::open().await;
    site.items(&[item_with("X", &["96385074"]), item("Y")])
        .await;
    let run = site
        .items(&[item("X"), item_with("Y", &["96385074"])])
        .await;
    let refused =
        store::sync_runs::rejected(&site.store, &site.people.ana, run, None, None, 10).await;
    assert_eq!(refused.unwrap().rows, []);
    let owner = site
        .number("select count(*) from item_barcodes b join items i on i.id = b.item_id where i.code = 'Y'")
        .await;
    assert_eq!(owner, 1);
}

#[tokio::test]
async fn a_worker_who_lost_the_run_writes_nothing() {
    let site = Site::open().await;
    let lease = std::time::Duration::from_secs(30);
    let (store, ana) = (&site.store, &site.people.ana);
    let (entity, mode) = (domain::sync::Entity::Items, domain::sync::SyncMode::Full);
    operations::sync_runs::request(store, ana, site.connection, entity, mode, site.now())
        .await
        .unwrap();
    let slow = operations::sync_runs::claim(store, uuid::Uuid::new_v4(), lease, site.now());
    let slow = slow.await.unwrap().unwrap();
    site.clock.pass(chrono::TimeDelta::seconds(31));
    let other = operations::sync_runs::claim(store, uuid::Uuid::new_v4(), lease, site.now());
    assert!(other.await.unwrap().unwrap().run.resumed);
    let page = operations::sync_runs::Page {
        records: Records::Items(vec![item("E")]),
        ended: Vec::new(),
        refused: Vec::new(),
        next: None,
        high_water: None,
        rows: 1,
        correlation_id: "c".to_owned(),
    };
    let late = operations::sync_runs::commit_page(store, &slow, &page, lease, site.now()).await;
    assert!(
        matches!(late, Err(operations::Error::Conflict(_))),
        "{late:?}"
    );
    assert_eq!(
        site.number("select count(*) from items where code = 'E'")
            .await,
        0
    );
}

#[tokio::test]
async fn a_page_that_the_database_refuses_is_refused_for_good_and_leaves_nothing() {
    let site = Site::open().await;
    sqlx::raw_sql("alter table documents add constraint no_seven check (number <> '7')")
        .execute(&site.admin)
        .await
        .unwrap();
    let records = Records::Documents(vec![dispatch("6", &[("A", 1)]), dispatch("7", &[("A", 1)])]);
    let refused = upstream::try_bring(
        &site.store,
        &site.people,
        site.connection,
        records,
        site.now(),
    )
    .await;
    assert!(refused.unwrap_err().is_lasting());
    assert!(site.find_document("6").await.is_none());
    let to = Assignee::Team(site.people.alfa);
    site.dispatches(&[dispatch("6", &[("A", 1)])]).await;
    site.given_to("6", to).await;
}
