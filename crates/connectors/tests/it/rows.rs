use crate::support::upstream::{Upstream, rows};
use crate::support::{Rig, item_row, items};
use connectors::{ErrorKind, Records};
use domain::sync::Entity;
use serde_json::json;

#[tokio::test]
async fn bad_rows_are_refused_with_reason_and_payload_and_harm_no_other() {
    let upstream = Upstream::new(|_| {
        rows([
            item_row("1"),
            json!({ "Naziv": "WITHOUT CODE" }),
            json!({ "Ident": "3", "Naziv": "C", "Barkodovi": 7 }),
            item_row("4"),
        ])
    })
    .await;
    let page = Rig::new(&upstream.url)
        .first_page(Entity::Items)
        .await
        .unwrap();
    assert_eq!(
        (page.rows, items(&page).len(), page.refused.len()),
        (4, 2, 2)
    );
    assert_eq!(page.refused[0].reason, "The item has no code.");
    assert_eq!(page.refused[0].payload["Naziv"], "WITHOUT CODE");
    assert_eq!(page.refused[1].external_key, "3");
}

#[tokio::test]
async fn a_document_with_one_bad_line_is_refused_whole() {
    let document = |number: &str, quantity: &str| {
        json!({ "BrojDokumenta": number, "TipDokumenta": "20ET", "DatumDokumenta": "2026-11-20",
            "Objekti": [{ "Poz": 1, "Ident": "00013", "Naziv": "A", "Kolicina": quantity }] })
    };
    let upstream = Upstream::new(move |_| {
        rows([
            document("1", "2.5"),
            document("2", "3870000000017"),
            document("3", "-1"),
        ])
    })
    .await;
    let page = Rig::new(&upstream.url)
        .first_page(Entity::Dispatches)
        .await
        .unwrap();
    let Records::Documents(documents) = &page.records else {
        panic!("not documents");
    };
    let quantities: Vec<String> = documents
        .iter()
        .map(|document| document.lines[0].requested.to_string())
        .collect();
    assert_eq!(quantities, ["2.5", "-1"]);
    assert_eq!(page.refused[0].external_key, "2");
    assert!(page.refused[0].reason.contains("3870000000017"));
}

#[tokio::test]
async fn an_item_is_found_by_its_code_alone() {
    let upstream = Upstream::new(|asked| match asked.before {
        0 => rows([item_row("00013")]),
        1 => rows([item_row("99999")]),
        _ => rows([json!({ "Ident": "00013" })]),
    })
    .await;
    let rig = Rig::new(&upstream.url);
    let found = rig
        .connector
        .find_item(" 00013 ", "look-up")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.code, "00013");
    let filters = json!({ "acIdent": { "operator": "=", "value": "00013" } });
    assert_eq!(upstream.data()[0].body["filters"], filters);
    for part in ["other items", "no name"] {
        let error = rig
            .connector
            .find_item("00013", "look-up")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed);
        assert!(error.to_string().contains(part), "{error}");
    }
    assert_eq!(
        rig.connector.find_item("  ", "look-up").await.unwrap(),
        None
    );
    assert_eq!(upstream.data().len(), 3);
}
