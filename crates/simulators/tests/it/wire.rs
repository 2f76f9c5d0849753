use reqwest::StatusCode;
use serde_json::{Value, json};
use simulators::pantheon::{Config, Method, Nothing};

use crate::support::{Gateway, calm, refusal, small, text};

#[tokio::test]
async fn both_dialects_give_the_same_rows() {
    let gateway = Gateway::start(small()).await;
    let posted = gateway.page("getIdentWMS", 20, 10).await;
    let url = gateway.url("/getIdentWMS?offset=20&limit=10");
    let got = gateway
        .client
        .get(url)
        .bearer_auth(&gateway.token)
        .send()
        .await
        .unwrap();
    assert_eq!(posted, got.json::<Vec<Value>>().await.unwrap());
}

#[tokio::test]
async fn the_older_dialect_takes_filters_as_json_text_and_needs_a_token() {
    let gateway = Gateway::start(small()).await;
    let filters = json!({ "acIdent": { "operator": "=", "value": "00000007" } }).to_string();
    let mut url = reqwest::Url::parse(&gateway.url("/getIdentWMS")).unwrap();
    url.query_pairs_mut().append_pair("filters", &filters);
    let bare = gateway.client.get(url.clone()).send().await.unwrap();
    assert_eq!(bare.status(), StatusCode::UNAUTHORIZED);
    let got = gateway
        .client
        .get(url)
        .bearer_auth(&gateway.token)
        .send()
        .await
        .unwrap();
    assert_eq!(got.json::<Vec<Value>>().await.unwrap().len(), 1);
}

#[tokio::test]
async fn method_names_are_matched_in_any_letter_case_and_by_their_aliases() {
    let gateway = Gateway::start(small()).await;
    for name in [
        "getIdentWMS",
        "GetIdentWMS",
        "GETIDENT",
        "getStock",
        "GetStockWMS",
        "getsubjectwms",
    ] {
        assert_eq!(gateway.page(name, 0, 1).await.len(), 1, "{name}");
    }
    assert_eq!(
        gateway
            .refusal(json!({ "method": "getEverything" }))
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn an_unknown_route_is_a_404_without_the_code_for_no_data() {
    let gateway = Gateway::start(small()).await;
    for path in ["/getNothing", "/api/get", "/get"] {
        let answer = gateway
            .client
            .get(gateway.url(path))
            .bearer_auth(&gateway.token)
            .send()
            .await
            .unwrap();
        let (status, code, _) = refusal(answer).await;
        assert_eq!(status, 404, "{path}");
        assert_ne!(code, 3011, "{path}");
    }
}

#[tokio::test]
async fn pages_are_bare_arrays_and_a_full_last_page_is_followed_by_nothing() {
    let gateway = Gateway::start(small()).await;
    let body = gateway
        .post(&json!({ "method": "getIdentWMS", "offset": 50, "limit": 50 }))
        .await;
    assert_eq!(
        body.headers()["content-type"],
        "application/json; charset=utf-8"
    );
    assert_eq!(
        body.json::<Value>()
            .await
            .unwrap()
            .as_array()
            .unwrap()
            .len(),
        50
    );
    assert!(gateway.page("getIdentWMS", 100, 50).await.is_empty());
}

#[tokio::test]
async fn the_order_of_pages_is_stable_and_covers_every_row_once() {
    let gateway = Gateway::start(calm()).await;
    for (method, key) in [
        ("getIdentWMS", "Ident"),
        ("GetIssueDocWMS", "BrojDokumenta"),
    ] {
        let rows = gateway.all(method).await;
        let mut keys: Vec<&str> = rows.iter().map(|row| text(row, key)).collect();
        let served = keys.clone();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), rows.len(), "{method}");
        if method == "getIdentWMS" {
            assert_eq!(keys, served, "items come by code");
        }
    }
    let dates: Vec<String> = gateway
        .all("GetIssueDocWMS")
        .await
        .iter()
        .map(|row| text(row, "DatumDokumenta").to_owned())
        .collect();
    assert!(dates.is_sorted(), "documents come by date");
}

#[tokio::test]
async fn a_limit_above_a_thousand_or_of_zero_is_refused() {
    let gateway = Gateway::start(small()).await;
    for limit in [0, 1001] {
        assert_eq!(
            gateway
                .refusal(json!({ "method": "getIdentWMS", "limit": limit }))
                .await
                .0,
            400
        );
    }
}

#[tokio::test]
async fn a_body_that_is_no_json_is_refused() {
    let gateway = Gateway::start(small()).await;
    let request = gateway
        .client
        .post(gateway.url("/get"))
        .bearer_auth(&gateway.token);
    assert_eq!(
        refusal(request.body("{\"method\":").send().await.unwrap())
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn nothing_has_its_own_face_for_each_method() {
    let gateway = Gateway::start(small()).await;
    let beyond = |method: &str| json!({ "method": method, "offset": 100_000, "limit": 10 });
    for method in ["GetIssueDocWMS", "GetReceiptDocWMS"] {
        let (status, code, message) = gateway.refusal(beyond(method)).await;
        assert_eq!(
            (status, code, message.as_str()),
            (404, 3011, "No data found")
        );
    }
    assert!(gateway.rows(beyond("getIdentWMS")).await.is_empty());
    for method in ["GetSubjectWMS", "GetStockWMS"] {
        let answer = gateway.post(&beyond(method)).await;
        assert_eq!(answer.status(), StatusCode::NO_CONTENT);
        assert!(answer.bytes().await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn the_face_of_nothing_can_be_chosen_or_rotate() {
    let body = json!({ "method": "GetIssueDocWMS" });
    for (face, status) in [
        (Nothing::NotFound, 404),
        (Nothing::NoContent, 204),
        (Nothing::EmptyArray, 200),
    ] {
        let gateway = Gateway::start(Config {
            nothing: face,
            ..small()
        })
        .await;
        assert_eq!(gateway.post(&body).await.status(), status, "{face:?}");
    }
    let gateway = Gateway::start(Config {
        nothing: Nothing::Rotate,
        ..small()
    })
    .await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(gateway.post(&body).await.status().as_u16());
    }
    assert_eq!(seen, [404, 204, 200, 404]);
}

#[tokio::test]
async fn titles_units_and_names_are_padded_with_spaces() {
    let gateway = Gateway::start(calm()).await;
    let items = gateway.page("getIdentWMS", 0, 100).await;
    assert!(
        items
            .iter()
            .all(|item| text(item, "Naziv").chars().count() >= 40)
    );
    assert!(items.iter().any(|item| text(item, "Naziv").ends_with("  ")));
    assert!(items.iter().any(|item| text(item, "JM") == "M  "));
    let partners = gateway.page("GetSubjectWMS", 0, 100).await;
    assert!(
        partners
            .iter()
            .any(|partner| text(partner, "NazivSubjekta").ends_with(' '))
    );
}

#[tokio::test]
async fn codes_keep_leading_zeros_and_texts_keep_diacritics() {
    let gateway = Gateway::start(calm()).await;
    let items = gateway.page("getIdentWMS", 0, 10).await;
    assert_eq!(text(&items[0], "Ident"), "00001");
    assert_eq!(text(&items[1], "Naziv").trim_end(), "STREČ FOLIJA 500MM");
}

#[tokio::test]
async fn change_times_are_local_with_a_space_or_a_t() {
    let gateway = Gateway::start(calm()).await;
    let items = gateway.all("getIdentWMS").await;
    let with_t = items
        .iter()
        .filter(|item| text(item, "adTimeChg").contains('T'))
        .count();
    assert!(
        with_t > 100 && with_t < items.len() - 100,
        "{with_t} of {}",
        items.len()
    );
    // Winter time: Belgrade is an hour ahead of the clock's eleven.
    gateway.running.handle.touch_items(&["00001"]);
    let touched = gateway.page("getIdentWMS", 0, 1).await;
    assert_eq!(
        text(&touched[0], "adTimeChg").replace('T', " ").get(..16),
        Some("2026-02-11 12:00")
    );
}

#[tokio::test]
async fn document_dates_have_no_time_and_quantities_are_numbers_or_text() {
    let gateway = Gateway::start(calm()).await;
    let documents = gateway.page("GetIssueDocWMS", 0, 200).await;
    assert!(
        documents
            .iter()
            .all(|document| text(document, "DatumDokumenta").len() == 10)
    );
    let quantities: Vec<&Value> = documents
        .iter()
        .flat_map(|document| document["Objekti"].as_array().unwrap())
        .map(|line| &line["Kolicina"])
        .collect();
    assert!(quantities.iter().any(|quantity| quantity.is_number()));
    assert!(quantities.iter().any(|quantity| quantity.is_string()));
    assert!(
        quantities
            .iter()
            .any(|quantity| !quantity.to_string().trim_matches('"').ends_with(".0"))
    );
}

#[tokio::test]
async fn rows_carry_exactly_the_fields_of_the_gateway() {
    let gateway = Gateway::start(calm()).await;
    let fields = |row: &Value| {
        let mut names: Vec<String> = row.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names.join(" ")
    };
    let item = &gateway.page("getIdentWMS", 0, 1).await[0];
    assert_eq!(
        fields(item),
        "Aktivan Barkodovi DobSifra Dobavljac Ident JM Naziv Opis PrimKlasif adTimeChg"
    );
    let partner = &gateway.page("GetSubjectWMS", 0, 1).await[0];
    assert_eq!(
        fields(partner),
        "Adresa Dobavljac Drzava Grad IdSubjekta Kupac Naziv2Subjekta NazivSubjekta PIB Skladiste Telefon1 Telefon2 adTimeChg"
    );
    let issue = &gateway.page("GetIssueDocWMS", 0, 1).await[0];
    assert_eq!(
        fields(issue),
        "BrojDokumenta DatumDokumenta Napomena NasObjekat Objekti OdgovornaOsoba Primalac1 Primalac2 StatusDokumenta TipDokumenta"
    );
    assert_eq!(fields(&issue["Objekti"][0]), "Ident JM Kolicina Naziv Poz");
    let receipt = &gateway.page("GetReceiptDocWMS", 0, 1).await[0];
    assert!(receipt["Posiljalac"].is_string());
    let stock = &gateway.page("GetStockWMS", 0, 1).await[0];
    assert_eq!(fields(stock), "Ident Objekti adTimeChg");
    assert_eq!(fields(&stock["Objekti"][0]), "Objekat Zaliha");
}

#[tokio::test]
async fn partner_rows_can_do_without_their_change_time() {
    let gateway = Gateway::start(Config {
        partner_change_time: false,
        ..small()
    })
    .await;
    let partner = &gateway.page("GetSubjectWMS", 0, 1).await[0];
    assert!(partner.get("adTimeChg").is_none());
}

#[tokio::test]
async fn synthetic_items_have_twelve_fields() {
    let gateway = Gateway::start(small()).await;
    let item = &gateway.page("getIdentWMS", 0, 1).await[0];
    assert_eq!(item.as_object().unwrap().len(), 12);
}

#[test]
fn wire_names_parse_back_to_their_method() {
    for method in [
        Method::Items,
        Method::Partners,
        Method::Dispatches,
        Method::Receipts,
        Method::Stock,
    ] {
        assert_eq!(Method::parse(method.name()), Some(method));
    }
}
