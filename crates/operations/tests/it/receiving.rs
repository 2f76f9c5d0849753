//! Receiving: what came is taken in, also what nobody asked for.

use crate::support::{FINISH, FINISH_PARTIAL, Site, request, undo};
use domain::document::{
    DocumentDetail, DocumentFilter, DocumentKind, DocumentLine, DocumentRecord, DocumentStatus,
    LineStatus,
};
use domain::exception::ExceptionKind;
use domain::operation::{FloorAction, Outcome};
use domain::picking::Refusal;
use domain::task::{Assignee, TaskDetail};
use domain::{LineId, Quantity};
use testkit::records::{self, item_with};

const GTIN: &str = "4006381333931";

fn receipt(lines: &[(&str, i64)]) -> DocumentRecord {
    DocumentRecord {
        kind: DocumentKind::Receipt,
        ..records::dispatch("R1", lines)
    }
}

fn came(scanned: &str, quantity: &str) -> FloorAction {
    FloorAction::Unexpected {
        scanned: scanned.to_owned(),
        quantity: quantity.parse().unwrap(),
    }
}

fn take(line_id: LineId, scanned: &str) -> FloorAction {
    FloorAction::Pick {
        line_id,
        quantity: Quantity::from(1),
        scanned: Some(scanned.to_owned()),
        over_confirmed: false,
    }
}

async fn document(site: &Site) -> DocumentDetail {
    let (store, ana) = (&site.store, &site.people.ana);
    let filter = DocumentFilter::default();
    let list = store::documents::list(store, ana, DocumentKind::Receipt, &filter, None, 10);
    let id = list.await.unwrap().rows[0].id;
    store::documents::get(store, ana, id).await.unwrap()
}

async fn lines(site: &Site, code: &str) -> Vec<DocumentLine> {
    let mut lines = document(site).await.lines;
    lines.retain(|line| line.item_code == code && !line.removed);
    lines
}

/// A receipt of team Alfa that asks for five of A.
async fn arriving() -> (Site, TaskDetail) {
    let site = Site::open().await;
    site.items(&[item_with("E", &[GTIN])]).await;
    site.dispatches(&[receipt(&[("A", 5)])]).await;
    let task = document(&site).await.task.unwrap();
    let (store, luka) = (&site.store, &site.people.luka);
    let alfa = Assignee::Team(site.people.alfa);
    operations::tasks::assign(store, luka, task.id, alfa, site.now())
        .await
        .unwrap();
    let task = store::tasks::get(store, luka, task.id).await.unwrap();
    (site, task)
}

#[tokio::test]
async fn goods_that_are_not_on_the_receipt_become_a_line_of_their_own() {
    let (site, task) = arriving().await;
    let (marko, id) = (&site.people.marko, task.task.id);
    let request = request(id, came(GTIN, "3"));
    let first = site.submit(marko, &request).await;
    assert_eq!(first.outcome, Outcome::Accepted);
    assert_eq!(site.submit(marko, &request).await, first);
    let line = first.line.unwrap();
    assert_eq!((line.item_code.as_str(), line.done), ("E", 3.into()));
    assert!(line.is_unexpected());
    // The same goods again go to the same line, and its barcode is known from now on.
    site.act(marko, id, came("E", "2")).await;
    let found = lines(&site, "E").await;
    assert_eq!(found.len(), 1);
    assert_eq!(
        (found[0].done, found[0].status),
        (5.into(), LineStatus::Done)
    );
    // It is no line of the ERP's: neither asked for nor missing.
    let document = document(&site).await.document;
    assert_eq!((document.lines_total, document.lines_wms), (1, 1));
    let said =
        "select count(*) from timeline_entries where text like '% It is not on the document.'";
    assert_eq!(site.number(said).await, 2);
    site.act(marko, id, FINISH_PARTIAL).await;
}

#[tokio::test]
async fn goods_that_are_on_the_receipt_after_all_go_to_their_line() {
    let (site, task) = arriving().await;
    let (marko, id) = (&site.people.marko, task.task.id);
    site.act(marko, id, came("A", "5")).await;
    let found = lines(&site, "A").await;
    assert_eq!((found.len(), found[0].done), (1, 5.into()));
    site.act(marko, id, FINISH).await;
    assert_eq!(document(&site).await.document.status, DocumentStatus::Done);
}

#[tokio::test]
async fn what_cannot_be_taken_in_is_refused_in_words_and_leaves_no_line() {
    let (site, task) = arriving().await;
    let (marko, id) = (&site.people.marko, task.task.id);
    let before = site.number("select count(*) from document_lines").await;
    let unknown = site.refused(marko, id, came("96385074", "1")).await;
    assert!(
        unknown
            .to_string()
            .contains("Put it aside and tell your lead"),
        "{unknown}"
    );
    let expired = format!("(01)0{GTIN}(17)200131");
    for (action, rule) in [
        (came(GTIN, "0"), "zero"),
        (came(GTIN, "0.5"), "whole numbers"),
        (came(&expired, "1"), "good until"),
        (came("(01)04006381333932", "1"), "check digit"),
    ] {
        let refused = site.refused(marko, id, action).await.to_string();
        assert!(refused.contains(rule), "{rule}: {refused}");
    }
    let count = site.number("select count(*) from document_lines").await;
    assert_eq!(count, before);
    let (site, pick) = Site::with_task(&[("A", 5)]).await;
    let refused = site.refused(&site.people.marko, pick.task.id, came("B", "1"));
    assert_eq!(refused.await, Refusal::NotReceiving);
}

#[tokio::test]
async fn an_unexpected_line_that_is_taken_back_leaves_the_document() {
    let (site, task) = arriving().await;
    let (marko, id) = (&site.people.marko, task.task.id);
    let act = site.act(marko, id, came("E", "3")).await;
    site.act(marko, id, undo(act)).await;
    assert!(lines(&site, "E").await.is_empty());
    let detail = store::tasks::get(&site.store, marko, id).await.unwrap();
    assert_eq!(detail.lines.len(), 1);
    site.act(marko, id, came("E", "1")).await;
    assert_eq!(lines(&site, "E").await[0].done, 1.into());
}

#[tokio::test]
async fn an_import_keeps_unexpected_goods_and_takes_their_line_over_when_it_asks_for_them() {
    let (site, task) = arriving().await;
    let (marko, id) = (&site.people.marko, task.task.id);
    site.act(marko, id, came("E", "3")).await;
    site.dispatches(&[receipt(&[("A", 6)])]).await;
    assert_eq!(lines(&site, "E").await[0].done, 3.into());
    assert_eq!(document(&site).await.document.conflicts, 0);
    let ana = &site.people.ana;
    let document_id = document(&site).await.document.id;
    operations::documents::recalculate(&site.store, ana, document_id, site.now())
        .await
        .unwrap();
    assert!(lines(&site, "E").await[0].wms_flag);
    site.dispatches(&[receipt(&[("A", 6), ("E", 4)])]).await;
    let adopted = lines(&site, "E").await;
    assert_eq!(adopted.len(), 1);
    assert_eq!(
        (adopted[0].requested, adopted[0].done, adopted[0].status),
        (4.into(), 3.into(), LineStatus::Partial)
    );
    assert_eq!(document(&site).await.document.lines_wms, 2);
}

#[tokio::test]
async fn unexpected_goods_of_a_receipt_that_was_finished_meanwhile_wait_for_a_lead() {
    let (site, task) = arriving().await;
    let (marko, jelena, id) = (&site.people.marko, &site.people.jelena, task.task.id);
    site.act(jelena, id, FINISH_PARTIAL).await;
    let mut late = request(id, came(GTIN, "2"));
    late.offline = true;
    let answer = site.submit(marko, &late).await;
    assert!(
        matches!(answer.outcome, Outcome::Review { .. }),
        "{answer:?}"
    );
    assert!(lines(&site, "E").await.is_empty());
    let (store, luka) = (&site.store, &site.people.luka);
    let row = site.inbox(ExceptionKind::Review).await.remove(0);
    operations::reviews::decide(store, luka, row.id, true, site.now())
        .await
        .unwrap();
    assert_eq!(lines(&site, "E").await[0].done, 2.into());
}

#[tokio::test]
async fn the_same_serial_number_is_taken_once_on_a_document() {
    let (site, task) = arriving().await;
    let (marko, id) = (&site.people.marko, task.task.id);
    let label = format!("(01)0{GTIN}(21)S1");
    let first = site.act(marko, id, came(&label, "1")).await;
    let line = lines(&site, "E").await[0].id;
    for again in [came(&label, "1"), take(line, &label)] {
        let refused = site.refused(marko, id, again).await;
        assert!(
            matches!(&refused, Refusal::SerialTwice { serial } if serial == "S1"),
            "{refused:?}"
        );
    }
    site.act(marko, id, came(&format!("(01)0{GTIN}(21)S2"), "1"))
        .await;
    assert_eq!(lines(&site, "E").await[0].done, 2.into());
    // What was taken back can be taken again.
    site.act(marko, id, undo(first)).await;
    site.act(marko, id, came(&label, "1")).await;
    assert_eq!(lines(&site, "E").await[0].done, 2.into());
}
