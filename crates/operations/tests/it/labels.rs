//! GS1 labels on the floor: what they say is kept, and packs are what the ERP says they are.

use crate::support::{Site, undo};
use domain::item::PackBarcode;
use domain::operation::FloorAction;
use domain::picking::Refusal;
use domain::task::{Assignee, TaskDetail};
use domain::{LineId, Quantity};
use sqlx::Row as _;
use testkit::records::{dispatch, item_with};

const GTIN: &str = "4006381333931";
const CASE: &str = "24006381333935";

async fn with_item(site: &Site, packs: &[(&str, u32)]) -> TaskDetail {
    let mut item = item_with("E", &[GTIN]);
    item.packs = packs
        .iter()
        .map(|(barcode, quantity)| PackBarcode {
            barcode: (*barcode).to_owned(),
            quantity: Quantity::from(*quantity),
        })
        .collect();
    site.items(&[item]).await;
    site.dispatches(&[dispatch("1", &[("E", 48)])]).await;
    let marko = site.people.marko.user_id;
    site.given_to("1", Assignee::Worker(marko)).await
}

fn scan(line_id: LineId, quantity: u32, scanned: &str) -> FloorAction {
    FloorAction::Pick {
        line_id,
        quantity: Quantity::from(quantity),
        scanned: Some(scanned.to_owned()),
        over_confirmed: false,
    }
}

async fn kept(site: &Site) -> Vec<(Option<String>, Option<String>, Option<String>)> {
    let rows = sqlx::query(
        "select lot, serial, expires_on::text from operations where kind = 'pick' and accepted
         order by recorded_at",
    );
    let rows = rows.fetch_all(&site.admin).await.unwrap();
    rows.iter()
        .map(|row| (row.get(0), row.get(1), row.get(2)))
        .collect()
}

#[tokio::test]
async fn lot_serial_and_date_of_a_label_stay_with_the_pick_and_on_the_timeline() {
    let site = Site::open().await;
    let task = with_item(&site, &[]).await;
    let (marko, line) = (&site.people.marko, task.lines[0].id);
    let label = format!("]d2010{GTIN}1727123110L-7\u{1d}21S1");
    let act = site.act(marko, task.task.id, scan(line, 1, &label)).await;
    site.act(marko, task.task.id, scan(line, 2, GTIN)).await;
    let labelled = (
        Some("L-7".to_owned()),
        Some("S1".to_owned()),
        Some("2027-12-31".to_owned()),
    );
    assert_eq!(kept(&site).await, [labelled, (None, None, None)]);
    let (ana, id) = (&site.people.ana, task.task.document_id);
    let timeline = store::timeline::list(&site.store, ana, id).await.unwrap();
    let said = |words: &str| timeline.iter().any(|entry| entry.text.contains(words));
    assert!(said("1 of 48 (lot L-7, serial S1, use by 2027-12-31)."));
    let picked = site.line("1", "E").await.goods;
    assert_eq!((picked.len(), picked[0].quantity), (1, 1.into()));
    assert_eq!(picked[0].lot.as_deref(), Some("L-7"));
    site.act(marko, task.task.id, undo(act)).await;
    let line = site.line("1", "E").await;
    assert_eq!((line.done, line.goods.len()), (2.into(), 0));
}

#[tokio::test]
async fn goods_out_of_date_and_unsound_labels_are_refused_and_change_nothing() {
    let site = Site::open().await;
    let task = with_item(&site, &[]).await;
    let (marko, line) = (&site.people.marko, task.lines[0].id);
    let try_label = |label: String| {
        let action = scan(line, 1, &label);
        site.refused(marko, task.task.id, action)
    };
    let expired = try_label(format!("(01)0{GTIN}(17)261031")).await;
    assert_eq!(
        expired,
        Refusal::Expired {
            on: "2026-10-31".parse().unwrap()
        }
    );
    let unsound = try_label(format!("(01)0{GTIN}(17)261332")).await;
    assert!(matches!(unsound, Refusal::BadLabel { .. }), "{unsound:?}");
    let other = try_label("(01)00036000291452(17)271231".to_owned()).await;
    assert!(matches!(other, Refusal::WrongItem { .. }), "{other:?}");
    let two = scan(line, 2, &format!("(01)0{GTIN}(21)S1"));
    assert_eq!(
        site.refused(marko, task.task.id, two).await,
        Refusal::OneSerial
    );
    assert_eq!(site.line("1", "E").await.done, 0.into());
}

#[tokio::test]
async fn a_pack_of_the_erp_reaches_the_handheld_and_changes_with_the_erp() {
    let site = Site::open().await;
    let task = with_item(&site, &[(CASE, 12)]).await;
    let packs = &task.lines[0].packs;
    assert_eq!((packs.len(), packs[0].quantity), (1, Quantity::from(12)));
    assert_eq!(packs[0].key, CASE);
    assert!(task.lines[0].answers_to(CASE));
    let before = site.number("select count(*) from item_barcodes").await;
    let task = with_item(&site, &[(CASE, 6)]).await;
    assert_eq!(task.lines[0].packs[0].quantity, Quantity::from(6));
    let after = site.number("select count(*) from item_barcodes").await;
    assert_eq!(before, after);
    let task = with_item(&site, &[]).await;
    assert!(task.lines[0].packs.is_empty() && !task.lines[0].answers_to(CASE));
}
