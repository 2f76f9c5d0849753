//! Upstream names that a person has to explain.

use crate::support::Site;
use domain::mapping::{Mapping, MappingAnswer, MappingFilter};
use domain::operation::FloorAction;
use domain::sort::Sort;
use domain::sync::{Entity, RunFilter, RunState, SyncMode};
use domain::task::{Assignee, TaskState};
use domain::timeline::TimelineKind;
use operations::Error;
use testkit::records::{dispatch, item};

async fn inbox(site: &Site) -> Vec<Mapping> {
    list(site, &MappingFilter::waiting()).await
}

async fn list(site: &Site, filter: &MappingFilter) -> Vec<Mapping> {
    let (store, luka) = (&site.store, &site.people.luka);
    store::mappings::list(store, luka, filter, Sort::default(), None, 100)
        .await
        .unwrap()
        .rows
}

async fn answer(site: &Site, mapping: &Mapping, answer: MappingAnswer) -> i64 {
    let (store, luka) = (&site.store, &site.people.luka);
    operations::mappings::answer(store, luka, mapping.id, &answer, site.now())
        .await
        .unwrap()
}

async fn ask_again(site: &Site, mapping: &Mapping) -> operations::Result<i64> {
    let (store, luka) = (&site.store, &site.people.luka);
    operations::mappings::ask_again(store, luka, mapping.id, site.now()).await
}

fn named(number: &str, warehouse: &str) -> domain::document::DocumentRecord {
    let mut record = dispatch(number, &[("A", 1)]);
    record.warehouse_name = warehouse.to_owned();
    record
}

#[tokio::test]
async fn an_unknown_warehouse_name_is_asked_once_however_it_is_spelled() {
    let site = Site::open().await;
    let spelled = ["VELEPRODAJA", "veleprodaja", "  Veleprodaja  "];
    let documents: Vec<_> = (1..)
        .zip(spelled)
        .map(|(n, name)| named(&n.to_string(), name))
        .collect();
    site.dispatches(&documents).await;
    site.dispatches(&[named("4", "Veleprodaja")]).await;
    let inbox = inbox(&site).await;
    assert_eq!(inbox.len(), 1);
    assert_eq!((inbox[0].documents, inbox[0].target.as_deref()), (4, None));
}

#[tokio::test]
async fn answering_a_name_makes_its_documents_floor_work() {
    let site = Site::open().await;
    site.dispatches(&[named("1", "Veleprodaja"), named("2", "Drugi objekat")])
        .await;
    let asked = inbox(&site).await;
    let veleprodaja = asked
        .iter()
        .find(|row| row.external == "Veleprodaja")
        .unwrap();
    let judged = answer(&site, veleprodaja, MappingAnswer::Means("VELE_TEST".into())).await;
    assert_eq!(judged, 1);
    let (one, two) = (site.document("1").await, site.document("2").await);
    assert!(one.lines[0].exists_in_wms && one.task.is_some());
    assert!(!two.lines[0].exists_in_wms && two.task.is_none());
    assert_eq!(inbox(&site).await.len(), 1);
    site.dispatches(&[named("3", "VELEPRODAJA")]).await;
    assert!(site.document("3").await.task.is_some());
}

#[tokio::test]
async fn ignoring_a_name_makes_no_task_and_asks_no_more() {
    let site = Site::open().await;
    site.dispatches(&[named("1", "Drugi objekat")]).await;
    let asked = inbox(&site).await;
    answer(&site, &asked[0], MappingAnswer::Ignore).await;
    site.dispatches(&[named("2", "DRUGI OBJEKAT")]).await;
    assert!(inbox(&site).await.is_empty());
    assert!(site.document("2").await.task.is_none());
}

#[tokio::test]
async fn a_changed_answer_withdraws_what_the_first_one_made() {
    let site = Site::open().await;
    site.dispatches(&[named("1", "Veleprodaja")]).await;
    let asked = inbox(&site).await;
    answer(&site, &asked[0], MappingAnswer::Means("VELE_TEST".into())).await;
    answer(&site, &asked[0], MappingAnswer::Means("MALO_TEST".into())).await;
    let document = site.document("1").await;
    assert!(!document.lines[0].exists_in_wms);
    assert_eq!(document.task.unwrap().state, TaskState::Cancelled);
}

#[tokio::test]
async fn a_name_that_is_asked_again_waits_as_if_nobody_had_answered() {
    let site = Site::open().await;
    site.dispatches(&[named("1", "Veleprodaja")]).await;
    let asked = inbox(&site).await;
    answer(&site, &asked[0], MappingAnswer::Means("VELE_TEST".into())).await;
    assert!(inbox(&site).await.is_empty());
    assert_eq!(ask_again(&site, &asked[0]).await.unwrap(), 1);
    assert_eq!(inbox(&site).await, asked);
    let document = site.document("1").await;
    assert!(document.document.warehouse_id.is_none() && !document.lines[0].exists_in_wms);
    assert_eq!(document.task.unwrap().state, TaskState::Cancelled);
    site.dispatches(&[named("2", "VELEPRODAJA")]).await;
    assert!(site.document("2").await.task.is_none());
    assert_eq!(inbox(&site).await[0].documents, 2);
    let again = MappingAnswer::Means("VELE_TEST".into());
    assert_eq!(answer(&site, &asked[0], again).await, 2);
    for number in ["1", "2"] {
        let task = site.document(number).await.task.unwrap();
        assert_eq!(task.state, TaskState::Open, "{number}");
    }
}

#[tokio::test]
async fn none_of_ours_can_be_asked_again_and_the_audit_says_who_asked() {
    let site = Site::open().await;
    site.dispatches(&[named("1", "Drugi objekat")]).await;
    let asked = inbox(&site).await;
    answer(&site, &asked[0], MappingAnswer::Ignore).await;
    ask_again(&site, &asked[0]).await.unwrap();
    assert_eq!(inbox(&site).await, asked);
    let all = Default::default();
    let audited = store::audit::list(&site.store, &site.people.ana, &all, None, 10);
    let audited = audited.await.unwrap().rows;
    let entry = audited
        .iter()
        .find(|entry| entry.action == "MAPPING_ASKED_AGAIN")
        .unwrap();
    assert_eq!(entry.subject, "Drugi objekat");
    assert_eq!(entry.details["ignored_before"], true);
    let told = domain::audit_words::sentence(entry);
    assert!(
        told.contains("asked again what Drugi objekat means"),
        "{told}"
    );
}

#[tokio::test]
async fn what_waits_already_is_not_asked_again_nor_by_who_may_not_answer() {
    let site = Site::open().await;
    site.dispatches(&[named("1", "Veleprodaja")]).await;
    let asked = inbox(&site).await;
    let refused = ask_again(&site, &asked[0]).await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    answer(&site, &asked[0], MappingAnswer::Ignore).await;
    let (store, marko) = (&site.store, &site.people.marko);
    let refused = operations::mappings::ask_again(store, marko, asked[0].id, site.now()).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    assert!(inbox(&site).await.is_empty());
}

#[tokio::test]
async fn what_is_counted_for_a_name_are_the_unfinished_documents_that_its_answer_moves() {
    let site = Site::open().await;
    let documents = ["1", "2", "3"].map(|number| named(number, "Veleprodaja"));
    site.dispatches(&documents).await;
    let asked = inbox(&site).await;
    assert_eq!(asked[0].documents, 3);
    answer(&site, &asked[0], MappingAnswer::Means("VELE_TEST".into())).await;
    let marko = &site.people.marko;
    let task = site.given_to("1", Assignee::Worker(marko.user_id)).await;
    let finish = FloorAction::Finish {
        partial_confirmed: true,
    };
    site.act(marko, task.task.id, finish).await;
    let answered = list(&site, &MappingFilter::default()).await;
    let counted = answered.iter().find(|row| row.external == "Veleprodaja");
    assert_eq!(counted.unwrap().documents, 2);
    answer(&site, &asked[0], MappingAnswer::Ignore).await;
    let withdrawn = site.number("select count(*) from tasks where state = 'cancelled'");
    assert_eq!(withdrawn.await, 2);
}

#[tokio::test]
async fn a_code_that_is_no_warehouse_of_ours_is_refused() {
    let site = Site::open().await;
    site.dispatches(&[named("1", "Veleprodaja")]).await;
    let asked = inbox(&site).await;
    let wrong = MappingAnswer::Means("NOWHERE".into());
    let refused = operations::mappings::answer(
        &site.store,
        &site.people.luka,
        asked[0].id,
        &wrong,
        site.now(),
    );
    let error = refused.await.unwrap_err().to_string();
    assert!(error.contains("'NOWHERE'"), "{error}");
    assert_eq!(inbox(&site).await, asked);
    assert!(site.document("1").await.task.is_none());
}

#[tokio::test]
async fn an_unknown_unit_refuses_the_item_and_its_answer_asks_for_a_full_sync() {
    let site = Site::open().await;
    let mut strange = item("E");
    strange.uom = "SANDUK".to_owned();
    let run = site.items(&[strange.clone(), item("F")]).await;
    let refused =
        store::sync_runs::rejected(&site.store, &site.people.ana, run, None, None, 10).await;
    let refused = refused.unwrap().rows;
    assert_eq!(refused[0].external_key, "E");
    assert!(
        refused[0].reason.contains("'SANDUK' is unknown"),
        "{}",
        refused[0].reason
    );
    assert_eq!(
        site.number("select count(*) from items where code in ('E', 'F')")
            .await,
        1
    );
    let asked = inbox(&site).await;
    answer(&site, &asked[0], MappingAnswer::Means("PAK".into())).await;
    let runs = store::sync_runs::list(
        &site.store,
        &site.people.ana,
        &RunFilter::default(),
        None,
        10,
    )
    .await;
    let newest = runs.unwrap().rows.swap_remove(0);
    assert_eq!(
        (newest.entity, newest.mode),
        (Entity::Items, SyncMode::Full)
    );
    assert_eq!(newest.state, RunState::Queued);
    operations::sync_runs::cancel(&site.store, &site.people.ana, newest.id, site.now())
        .await
        .unwrap();
    site.items(&[strange]).await;
    let stored = site
        .number("select count(*) from items where code = 'E' and uom = 'PAK'")
        .await;
    assert_eq!(stored, 1);
}

#[tokio::test]
async fn a_person_can_have_one_document_judged_again() {
    let site = Site::open().await;
    site.dispatches(&[dispatch("1", &[("A", 1)])]).await;
    let id = site.document("1").await.document.id;
    let (store, luka) = (&site.store, &site.people.luka);
    operations::documents::recalculate(store, luka, id, site.now())
        .await
        .unwrap();
    let timeline = store::timeline::list(store, luka, id).await.unwrap();
    assert_eq!(timeline.last().unwrap().kind, TimelineKind::Recalculated);
}
