use serde_json::{Value, json};

use crate::support::{Gateway, calm, small, text};

fn filtered(method: &str, column: &str, operator: &str, value: Value) -> Value {
    json!({ "method": method, "filters": { column: { "operator": operator, "value": value } } })
}

#[tokio::test]
async fn an_empty_filter_object_or_half_a_filter_is_refused() {
    let gateway = Gateway::start(small()).await;
    for filters in [
        json!({}),
        json!({ "adTimeChg": { "operator": ">=" } }),
        json!({ "adTimeChg": { "value": "2026-01-01" } }),
        json!({ "adTimeChg": { "operator": ">=", "value": null } }),
    ] {
        let refused = gateway
            .refusal(json!({ "method": "getIdentWMS", "filters": filters }))
            .await;
        assert_eq!(
            (refused.0, refused.2.as_str()),
            (400, "Each filter must have both operator and value")
        );
    }
}

#[tokio::test]
async fn unknown_columns_operators_and_values_are_refused() {
    let gateway = Gateway::start(small()).await;
    for body in [
        filtered("getIdentWMS", "c.adTimeChg", ">=", json!("2026-01-01")),
        filtered("GetIssueDocWMS", "adTimeChg", ">=", json!("2026-01-01")),
        filtered("getIdentWMS", "acIdent", "like", json!("000%")),
        filtered("getIdentWMS", "adTimeChg", ">=", json!("yesterday")),
        filtered("getIdentWMS", "acIdent", "in", json!("00000001")),
        filtered("getIdentWMS", "adTimeChg", "between", json!(["2026-01-01"])),
    ] {
        assert_eq!(gateway.refusal(body.clone()).await.0, 400, "{body}");
    }
}

#[tokio::test]
async fn a_change_time_filter_takes_both_spellings_and_includes_its_bound() {
    let gateway = Gateway::start(small()).await;
    gateway
        .running
        .handle
        .touch_items(&["00000003", "00000050"]);
    let at = gateway.running.handle.item("00000003").unwrap().changed_at;
    for format in ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"] {
        let rows = gateway
            .rows(filtered(
                "getIdentWMS",
                "adTimeChg",
                ">=",
                json!(at.format(format).to_string()),
            ))
            .await;
        let codes: Vec<&str> = rows.iter().map(|row| text(row, "Ident")).collect();
        assert_eq!(codes, ["00000003", "00000050"]);
    }
}

#[tokio::test]
async fn every_operator_selects_what_it_says() {
    let gateway = Gateway::start(small()).await;
    for (operator, value, count) in [
        ("=", json!("00000010"), 1),
        ("!=", json!("00000010"), 99),
        ("<>", json!("00000010"), 99),
        (">", json!("00000010"), 89),
        (">=", json!("00000010"), 90),
        ("<", json!("00000010"), 10),
        ("<=", json!("00000010"), 11),
        ("in", json!(["00000010", "00000011", "nowhere"]), 2),
        ("BETWEEN", json!(["00000010", "00000019"]), 10),
    ] {
        let rows = gateway
            .rows(filtered("getIdentWMS", "acIdent", operator, value))
            .await;
        assert_eq!(rows.len(), count, "{operator}");
    }
}

#[tokio::test]
async fn several_filters_must_all_hold_and_pages_count_matching_rows_only() {
    let gateway = Gateway::start(small()).await;
    let page = |offset: usize| {
        json!({ "method": "getIdentWMS", "offset": offset, "limit": 6, "filters": {
            "acIdent": { "operator": ">=", "value": "00000010" },
            "adTimeChg": { "operator": ">=", "value": "2020-01-01" },
        } })
    };
    assert_eq!(text(&gateway.rows(page(0)).await[0], "Ident"), "00000010");
    assert_eq!(text(&gateway.rows(page(6)).await[0], "Ident"), "00000016");
}

#[tokio::test]
async fn documents_are_filtered_by_day_whatever_time_the_request_names() {
    let gateway = Gateway::start(calm()).await;
    let mut today = filtered(
        "GetIssueDocWMS",
        "m.adDate",
        ">=",
        json!("2026-02-11T23:59:59"),
    );
    today["filters"]["m.acDocType"] = json!({ "operator": "in", "value": ["20ET", "20CT"] });
    let rows = gateway.rows(today).await;
    assert!(!rows.is_empty());
    assert!(
        rows.iter()
            .all(|row| text(row, "DatumDokumenta") == "2026-02-11")
    );
    let number = text(&rows[0], "BrojDokumenta");
    let one = gateway
        .rows(filtered("GetIssueDocWMS", "m.acKey", "=", json!(number)))
        .await;
    assert_eq!(one.len(), 1);
    let new = gateway
        .rows(filtered(
            "GetIssueDocWMS",
            "m.acVerifyStatus",
            "=",
            json!("N"),
        ))
        .await;
    assert!(new.iter().all(|row| row["StatusDokumenta"] == "N"));
}

#[tokio::test]
async fn an_item_left_out_of_the_list_is_found_by_its_code() {
    let gateway = Gateway::start(calm()).await;
    let delisted = gateway.running.handle.delisted();
    assert!(delisted.len() > 10);
    let code = &*delisted[0].code;
    assert!(
        gateway
            .all("getIdentWMS")
            .await
            .iter()
            .all(|row| row["Ident"] != code)
    );
    let found = gateway
        .rows(filtered("getIdentWMS", "acIdent", "=", json!(code)))
        .await;
    assert_eq!(text(&found[0], "Ident"), code);
}

#[tokio::test]
async fn partners_and_stock_have_columns_of_their_own() {
    let gateway = Gateway::start(small()).await;
    let named = gateway
        .rows(filtered(
            "GetSubjectWMS",
            "c.acSubject",
            "=",
            json!("VELEPRODAJA"),
        ))
        .await;
    assert_eq!(named[0]["Skladiste"], "T");
    let one = gateway
        .rows(filtered("GetStockWMS", "c.acIdent", "=", json!("00000001")))
        .await;
    assert_eq!(one.len(), 1);
    let some = gateway
        .rows(filtered("GetStockWMS", "c.anStock", ">", json!(500)))
        .await;
    assert!(!some.is_empty() && some.len() < 100);
}
