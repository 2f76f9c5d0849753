//! Barcodes from the floor: they mean nothing until a lead says so.

use crate::support::Site;
use domain::picking::TaskLine;
use domain::task::TaskDetail;
use domain::taught_barcode::{TaughtBarcode, TaughtDecision, Teaching};
use domain::user::Caller;
use domain::{Quantity, TaughtBarcodeId};
use operations::{Error, taught_barcodes};
use testkit::records::item_with;

const CODE: &str = "2012345678903";

async fn teach(
    site: &Site,
    who: &Caller,
    task: &TaskDetail,
    scanned: &str,
) -> operations::Result<()> {
    let teaching = Teaching {
        task_id: task.task.id,
        line_id: task.lines[0].id,
        scanned: scanned.to_owned(),
    };
    taught_barcodes::teach(&site.store, who, &teaching, site.now()).await
}

async fn waiting(site: &Site) -> Vec<TaughtBarcode> {
    let (store, luka) = (&site.store, &site.people.luka);
    store::taught_barcodes::waiting(store, luka).await.unwrap()
}

async fn decide(
    site: &Site,
    id: TaughtBarcodeId,
    decision: TaughtDecision,
) -> operations::Result<()> {
    let (store, luka) = (&site.store, &site.people.luka);
    taught_barcodes::decide(store, luka, id, decision, site.now()).await
}

async fn line(site: &Site, task: &TaskDetail) -> TaskLine {
    let task = store::tasks::get(&site.store, &site.people.marko, task.task.id);
    task.await.unwrap().lines.remove(0)
}

fn pack(quantity: u32) -> TaughtDecision {
    TaughtDecision::Accept(Quantity::from(quantity))
}

#[tokio::test]
async fn a_taught_barcode_is_the_items_once_a_lead_accepts_it_and_the_audit_knows_both() {
    let (site, task) = Site::with_task(&[("A", 24)]).await;
    let marko = &site.people.marko;
    teach(&site, marko, &task, CODE).await.unwrap();
    teach(&site, &site.people.jelena, &task, CODE)
        .await
        .unwrap();
    assert!(
        !line(&site, &task).await.answers_to(CODE),
        "not before a lead says so"
    );
    let asked = waiting(&site).await;
    assert_eq!(asked.len(), 1, "asked once");
    assert_eq!(
        (asked[0].barcode.as_str(), asked[0].item_code.as_str()),
        (CODE, "A")
    );
    assert_eq!(asked[0].taught_by, marko.name);
    decide(&site, asked[0].id, pack(12)).await.unwrap();
    let line = line(&site, &task).await;
    assert!(line.answers_to(CODE));
    assert_eq!(line.packs[0].quantity, Quantity::from(12));
    assert!(waiting(&site).await.is_empty());
    let audited = "select count(*) from audit_entries where action in ('BARCODE_TAUGHT', 'BARCODE_ACCEPTED') and subject = 'A'";
    assert_eq!(site.number(audited).await, 2);
    let again = decide(&site, asked[0].id, TaughtDecision::Reject).await;
    assert!(matches!(again, Err(Error::NotFound(_))), "{again:?}");
}

#[tokio::test]
async fn a_rejected_barcode_means_nothing_and_may_be_asked_again() {
    let (site, task) = Site::with_task(&[("A", 24)]).await;
    teach(&site, &site.people.marko, &task, CODE).await.unwrap();
    let id = waiting(&site).await[0].id;
    decide(&site, id, TaughtDecision::Reject).await.unwrap();
    assert!(!line(&site, &task).await.answers_to(CODE));
    teach(&site, &site.people.marko, &task, CODE).await.unwrap();
    assert_eq!(waiting(&site).await.len(), 1);
}

#[tokio::test]
async fn a_barcode_from_the_floor_survives_syncs_and_becomes_the_erps_when_the_erp_knows_it() {
    let (site, task) = Site::with_task(&[("A", 24)]).await;
    teach(&site, &site.people.marko, &task, CODE).await.unwrap();
    decide(&site, waiting(&site).await[0].id, pack(1))
        .await
        .unwrap();
    site.items(&[item_with("A", &["4006381333931"])]).await;
    let now = line(&site, &task).await;
    assert!(now.answers_to(CODE) && now.answers_to("4006381333931"));
    site.items(&[item_with("A", &[CODE])]).await;
    assert!(line(&site, &task).await.answers_to(CODE));
    let taught = "select count(*) from item_barcodes where taught_by is not null";
    assert_eq!(site.number(taught).await, 0);
    site.items(&[item_with("A", &[])]).await;
    assert!(
        !line(&site, &task).await.answers_to(CODE),
        "it was the ERP's by then"
    );
}

#[tokio::test]
async fn a_barcode_of_another_item_is_never_taken_over() {
    let (site, task) = Site::with_task(&[("A", 24)]).await;
    let marko = &site.people.marko;
    teach(&site, marko, &task, CODE).await.unwrap();
    site.items(&[item_with("B", &[CODE])]).await;
    let again = teach(&site, marko, &task, CODE).await;
    assert!(
        matches!(&again, Err(Error::Conflict(text)) if text.contains("item B")),
        "{again:?}"
    );
    let asked = waiting(&site).await;
    assert_eq!(asked[0].owner.as_deref(), Some("B"));
    let accepted = decide(&site, asked[0].id, pack(1)).await;
    assert!(matches!(accepted, Err(Error::Conflict(_))), "{accepted:?}");
    assert_eq!(waiting(&site).await.len(), 1, "it still waits");
}

#[tokio::test]
async fn only_an_items_own_code_can_be_taught_and_only_leads_decide() {
    let (site, task) = Site::with_task(&[("A", 24)]).await;
    let marko = &site.people.marko;
    for scanned in [
        "(10)L-7",
        "(01)04006381333932",
        "",
        "x".repeat(201).as_str(),
    ] {
        let taught = teach(&site, marko, &task, scanned).await;
        assert!(
            matches!(taught, Err(Error::Invalid(_))),
            "{scanned}: {taught:?}"
        );
    }
    teach(&site, marko, &task, "(01)04006381333931(10)L-7")
        .await
        .unwrap();
    let asked = waiting(&site).await;
    assert_eq!(asked[0].barcode, "04006381333931");
    let decided = taught_barcodes::decide(&site.store, marko, asked[0].id, pack(1), site.now());
    assert!(matches!(decided.await, Err(Error::Forbidden(_))));
    let nothing = decide(&site, asked[0].id, pack(0)).await;
    assert!(matches!(nothing, Err(Error::Invalid(_))), "{nothing:?}");
}
