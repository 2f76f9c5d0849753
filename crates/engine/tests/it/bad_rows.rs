//! Rows that cannot be taken as they are: refused alone, with words that say why.

use crate::support::{Rig, assert_done, items};
use domain::sync::{Entity, RejectedRow, SyncMode, SyncRun};
use serde_json::json;
use simulators::pantheon::Method;

/// A sync of a catalogue of fifty with these rows in front of it, or of documents alone.
async fn with_rows(method: Method, rows: &[serde_json::Value]) -> (Rig, SyncRun, Vec<RejectedRow>) {
    let rig = Rig::new(items(50)).await;
    if method == Method::Dispatches {
        assert_done(&rig.sync(Entity::Items, SyncMode::Full).await);
    }
    for row in rows {
        rig.upstream.handle.put_raw(method, row.to_string());
    }
    let entity = match method {
        Method::Dispatches => Entity::Dispatches,
        _ => Entity::Items,
    };
    let run = rig.sync(entity, SyncMode::Full).await;
    assert_done(&run);
    let refused = rig.refused(run.id).await;
    (rig, run, refused)
}

fn item(code: &str, unit: &str, barcodes: &[&str]) -> serde_json::Value {
    let barcodes: Vec<_> = barcodes
        .iter()
        .map(|barcode| json!({ "Barkod": barcode }))
        .collect();
    json!({ "Ident": code, "Naziv": "SVIJECA", "JM": unit, "Aktivan": "T",
            "Barkodovi": barcodes, "adTimeChg": "2026-11-20 09:00:00" })
}

fn document(number: &str, lines: serde_json::Value) -> serde_json::Value {
    json!({ "BrojDokumenta": number, "TipDokumenta": "20ET", "DatumDokumenta": "2026-11-20",
            "NasObjekat": "VELE_TEST", "Primalac1": "Kafana Tri lista", "Objekti": lines })
}

fn line(position: u32, code: &str, quantity: serde_json::Value) -> serde_json::Value {
    json!({ "Poz": position, "Ident": code, "Naziv": "SVIJECA", "Kolicina": quantity, "JM": "KOM" })
}

#[tokio::test]
async fn items_with_missing_or_broken_fields_are_refused_alone() {
    let rows = [
        json!({ "Ident": "X1" }),
        json!({ "Naziv": "NO CODE" }),
        json!({ "Ident": "X3", "Naziv": "N", "JM": "KOM", "Aktivan": "maybe" }),
        json!({ "Ident": "X4", "Naziv": "N", "JM": "KOM", "adTimeChg": "yesterday" }),
        json!(17),
    ];
    let (rig, run, refused) = with_rows(Method::Items, &rows).await;
    assert_eq!((run.counts.refused, run.counts.created), (5, 50));
    let words: Vec<_> = refused
        .iter()
        .map(|row| (&*row.external_key, &*row.reason))
        .collect();
    for (word, (key, reason)) in [
        "no name",
        "no code",
        "neither T nor F",
        "yesterday",
        "cannot be read",
    ]
    .iter()
    .zip(&words)
    {
        assert!(reason.contains(word), "{key}: {reason}");
    }
    assert_eq!(refused[0].payload, rows[0]);
    rig.assert_same_items().await;
}

#[tokio::test]
async fn an_unknown_unit_refuses_the_item_and_asks_what_it_means() {
    let (rig, run, refused) = with_rows(Method::Items, &[item("X1", "SANDUK", &[])]).await;
    assert_eq!(run.counts.refused, 1);
    assert!(
        refused[0].reason.contains("Unit 'SANDUK' is unknown"),
        "{}",
        refused[0].reason
    );
    let asked = store::mappings::list(
        &rig.store,
        &rig.people.luka,
        &domain::mapping::MappingFilter::waiting(),
        Default::default(),
        None,
        100,
    )
    .await
    .unwrap()
    .rows;
    assert_eq!(asked.len(), 1);
    let means = domain::mapping::MappingAnswer::Means("PAK".into());
    let (store, luka) = (&rig.store, &rig.people.luka);
    operations::mappings::answer(store, luka, asked[0].id, &means, rig.now())
        .await
        .unwrap();
    rig.engine().run_until_idle().await;
    let brought = "select count(*) from items where code = 'X1' and uom = 'PAK'";
    assert_eq!(rig.number(brought).await, 1);
}

#[tokio::test]
async fn a_barcode_of_two_items_belongs_to_the_first_and_both_items_come() {
    let rows = [
        item("X1", "KOM", &["4006381333931"]),
        item("X2", "KOM", &["4006381333931"]),
    ];
    let (rig, run, refused) = with_rows(Method::Items, &rows).await;
    assert_eq!((run.counts.created, run.counts.refused), (52, 1));
    assert_eq!(refused[0].external_key, "X2");
    let reason = &refused[0].reason;
    assert!(
        reason.contains("4006381333931 already belongs to item X1"),
        "{reason}"
    );
    assert_eq!(
        rig.number("select count(*) from items where code in ('X1', 'X2')")
            .await,
        2
    );
}

#[tokio::test]
async fn a_document_with_a_quantity_that_cannot_be_is_refused_whole() {
    let good = line(1, "00000001", json!(2));
    let rows = [
        document(
            "D1",
            json!([good, line(2, "00000002", json!(3_870_000_000_017_i64))]),
        ),
        document("D2", json!([good, line(2, "00000002", json!("many"))])),
        document("D3", json!([good, line(2, "00000002", json!(null))])),
        document("D4", json!([line(1, "", json!(1))])),
        document("D5", json!([good])),
    ];
    let (rig, run, refused) = with_rows(Method::Dispatches, &rows).await;
    assert_eq!((run.counts.refused, run.counts.created), (4, 1));
    let words = [
        "beyond 999,999,999",
        "not a number",
        "no quantity",
        "no item code",
    ];
    for ((number, word), row) in ["D1", "D2", "D3", "D4"].iter().zip(words).zip(&refused) {
        assert_eq!(row.external_key, *number);
        assert!(row.reason.contains(word), "{}", row.reason);
    }
    assert_eq!(rig.number("select count(*) from document_lines").await, 1);
}

#[tokio::test]
async fn a_negative_quantity_is_kept_and_is_no_floor_work() {
    let lines = json!([
        line(1, "00000001", json!(-3)),
        line(2, "00000002", json!("1,5"))
    ]);
    let (rig, run, _) = with_rows(Method::Dispatches, &[document("D1", lines)]).await;
    assert_eq!((run.counts.refused, run.counts.created), (0, 1));
    let kept = "select count(*) from document_lines where requested = -3 and exists_in_wms and not wms_flag";
    assert_eq!(rig.number(kept).await, 1);
    let work = "select count(*) from document_lines where requested = 1.5 and wms_flag";
    assert_eq!(rig.number(work).await, 1);
}

#[tokio::test]
async fn of_a_document_that_comes_twice_on_a_page_the_later_is_kept_and_the_other_told() {
    let rows = [2, 5].map(|quantity| document("D1", json!([line(1, "00000001", json!(quantity))])));
    let (rig, run, refused) = with_rows(Method::Dispatches, &rows).await;
    assert_eq!((run.counts.created, run.counts.refused), (1, 1));
    assert!(
        refused[0].reason.contains("twice on one page"),
        "{}",
        refused[0].reason
    );
    assert_eq!(
        rig.number("select count(*) from document_lines where requested = 5")
            .await,
        1
    );
    assert_eq!(rig.number("select count(*) from tasks").await, 1);
}

#[tokio::test]
async fn text_that_a_database_cannot_hold_stops_no_page() {
    let mut strange = item("X1", "KOM", &[]);
    strange["Naziv"] = json!("NUL \u{0} INSIDE");
    let (rig, run, _) = with_rows(Method::Items, &[strange]).await;
    assert_eq!(run.counts.created + run.counts.refused, 51);
    assert!(rig.number("select count(*) from items").await >= 50);
}
