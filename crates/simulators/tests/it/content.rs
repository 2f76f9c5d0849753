use std::collections::{BTreeMap, HashSet};

use chrono::{NaiveDate, TimeDelta};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use simulators::pantheon::{Config, Document, DocumentKind, DocumentSource};

use crate::support::{Gateway, calm, noon, text};

fn lines(documents: &[Value]) -> impl Iterator<Item = &Value> {
    documents
        .iter()
        .flat_map(|document| document["Objekti"].as_array().unwrap())
}

#[tokio::test]
async fn the_catalogue_is_the_real_one_with_valid_barcodes() {
    let gateway = Gateway::start(calm()).await;
    let items = gateway.all("getIdentWMS").await;
    assert!((3_700..4_000).contains(&items.len()), "{}", items.len());
    let heart = items.iter().find(|item| item["Ident"] == "85123A").unwrap();
    assert_eq!(
        text(heart, "Naziv").trim_end(),
        "WHITE HANGING HEART T-LIGHT HOLDER"
    );
    let mut seen = HashSet::new();
    let mut real = 0;
    for item in &items {
        for (place, barcode) in item["Barkodovi"].as_array().unwrap().iter().enumerate() {
            let barcode = text(barcode, "Barkod");
            assert!(valid(barcode), "{barcode}");
            assert_eq!(barcode.starts_with('2'), place == 0, "{barcode}");
            assert!(seen.insert(barcode.to_owned()), "{barcode} twice");
            real += place;
        }
    }
    assert!(real > 1_000, "{real} real GTINs");
    assert!(items.iter().any(|item| item["Aktivan"] == "F"));
    let units: HashSet<&str> = items
        .iter()
        .map(|item| text(item, "JM").trim_end())
        .collect();
    assert_eq!(units, HashSet::from(["KOM", "KG", "M", "PAK"]));
    assert!(
        items
            .iter()
            .all(|item| !["POST", "DOT", "M", "AMAZONFEE"].contains(&text(item, "Ident")))
    );
}

#[tokio::test]
async fn two_items_share_a_barcode_only_when_asked() {
    let gateway = Gateway::start(Config {
        shared_barcode: true,
        ..calm()
    })
    .await;
    let items = gateway.page("getIdentWMS", 0, 2).await;
    assert_eq!(items[0]["Barkodovi"][0], items[1]["Barkodovi"][1]);
}

#[tokio::test]
async fn partners_are_customers_suppliers_shops_and_warehouses() {
    let gateway = Gateway::start(calm()).await;
    let partners = gateway.all("GetSubjectWMS").await;
    let with = |flag: &str| {
        partners
            .iter()
            .filter(|partner| partner[flag] == "T")
            .count()
    };
    assert_eq!(
        (with("Kupac"), with("Dobavljac"), with("Skladiste")),
        (4_380, 104, 4)
    );
    let ids: HashSet<u64> = partners
        .iter()
        .map(|partner| partner["IdSubjekta"].as_u64().unwrap())
        .collect();
    assert_eq!(ids.len(), partners.len());
    let names: HashSet<&str> = partners
        .iter()
        .map(|partner| text(partner, "NazivSubjekta"))
        .collect();
    assert!(
        names.len() * 100 > partners.len() * 99,
        "{} names of {}",
        names.len(),
        partners.len()
    );
}

#[tokio::test]
async fn the_last_seven_days_hold_some_three_hundred_dispatches() {
    let gateway = Gateway::start(calm()).await;
    let all = gateway.all("GetIssueDocWMS").await;
    assert!((1_300..1_700).contains(&all.len()), "{}", all.len());
    assert_eq!(text(all.last().unwrap(), "DatumDokumenta"), "2026-02-11");
    let recent = all
        .iter()
        .filter(|document| text(document, "DatumDokumenta") >= "2026-02-04")
        .count();
    assert!((280..350).contains(&recent), "{recent}");
}

#[tokio::test]
async fn document_numbers_and_types_have_the_erps_shape() {
    let gateway = Gateway::start(calm()).await;
    for document in gateway.all("GetIssueDocWMS").await {
        let (number, doc_type) = (
            text(&document, "BrojDokumenta"),
            text(&document, "TipDokumenta"),
        );
        assert!(["20ET", "20CT"].contains(&doc_type));
        assert_eq!(number.split('-').nth(1), Some(doc_type), "{number}");
        assert_eq!(
            number.get(..2),
            text(&document, "DatumDokumenta").get(2..4),
            "{number}"
        );
    }
    for document in gateway.all("GetReceiptDocWMS").await {
        assert!(["20B0", "20B1"].contains(&text(&document, "TipDokumenta")));
    }
}

#[tokio::test]
async fn warehouses_are_spelled_in_many_ways_and_mostly_mean_the_main_one() {
    let gateway = Gateway::start(calm()).await;
    let mut spellings: BTreeMap<String, usize> = BTreeMap::new();
    let documents = gateway.all("GetIssueDocWMS").await;
    for document in &documents {
        *spellings
            .entry(text(document, "NasObjekat").to_owned())
            .or_default() += 1;
    }
    for spelling in [
        "VELEPRODAJA",
        "Veleprodaja",
        "VELEPRODAJA   ",
        "VELEPROD.",
        "Maloprodaja 2",
        "MALOPR. 2",
        "MP 3 Bar",
        "MP3 BAR",
    ] {
        assert!(
            spellings.contains_key(spelling),
            "{spelling} not in {spellings:?}"
        );
    }
    let main: usize = spellings
        .iter()
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("VELEPRODAJA"))
        .map(|(_, count)| count)
        .sum();
    assert!(
        main * 10 > documents.len() * 6,
        "{main} of {}",
        documents.len()
    );
}

#[tokio::test]
async fn some_lines_name_codes_the_catalogue_does_not_list() {
    let gateway = Gateway::start(calm()).await;
    let listed: HashSet<String> = gateway
        .all("getIdentWMS")
        .await
        .iter()
        .map(|item| text(item, "Ident").to_owned())
        .collect();
    let delisted: HashSet<String> = gateway
        .running
        .handle
        .delisted()
        .iter()
        .map(|item| item.code.to_string())
        .collect();
    for method in ["GetIssueDocWMS", "GetReceiptDocWMS"] {
        let documents = gateway.all(method).await;
        let codes: Vec<&str> = lines(&documents).map(|line| text(line, "Ident")).collect();
        let unlisted = codes.iter().filter(|code| !listed.contains(**code)).count();
        assert!(
            unlisted > 0 && unlisted * 10 < codes.len(),
            "{method}: {unlisted} of {}",
            codes.len()
        );
        assert!(
            codes.iter().any(|code| delisted.contains(*code)),
            "{method} looks something up"
        );
        assert!(
            codes
                .iter()
                .any(|code| !listed.contains(*code) && !delisted.contains(*code))
        );
    }
}

#[tokio::test]
async fn line_positions_count_from_one_and_demo_quantities_are_positive() {
    let gateway = Gateway::start(calm()).await;
    for kind in [DocumentKind::Dispatch, DocumentKind::Receipt] {
        for document in gateway.running.handle.documents(kind) {
            for (place, line) in document.lines.iter().enumerate() {
                assert_eq!(line.position as usize, place + 1);
                assert!(line.quantity.is_sign_positive() && !line.quantity.is_zero());
            }
        }
    }
}

#[tokio::test]
async fn the_full_year_is_served_whole() {
    let documents = DocumentSource::FullYear(simulators::full_year_path());
    let gateway = Gateway::start(Config {
        documents,
        ..calm()
    })
    .await;
    let documents = gateway.running.handle.documents(DocumentKind::Dispatch);
    assert_eq!(documents.len(), 25_900);
    let lines = || documents.iter().flat_map(|document| &document.lines);
    assert_eq!(lines().count(), 541_909);
    assert_eq!(
        lines().map(|line| line.quantity).sum::<Decimal>(),
        Decimal::from(5_176_450)
    );
    assert_eq!(
        gateway.page("GetIssueDocWMS", 25_000, 1_000).await.len(),
        900
    );
}

#[tokio::test]
async fn a_missing_full_year_file_is_named_in_the_error() {
    let config = Config {
        documents: DocumentSource::FullYear("/nowhere/lines.csv.gz".into()),
        ..calm()
    };
    let error = simulators::pantheon::router(config).unwrap_err();
    assert!(
        error.to_string().contains("/nowhere/lines.csv.gz"),
        "{error}"
    );
}

#[tokio::test]
async fn the_same_seed_and_moment_give_the_same_rows() {
    let (one, two) = (Gateway::start(calm()).await, Gateway::start(calm()).await);
    for method in [
        "getIdentWMS",
        "GetSubjectWMS",
        "GetIssueDocWMS",
        "GetReceiptDocWMS",
        "GetStockWMS",
    ] {
        let body = json!({ "method": method, "offset": 100, "limit": 200 });
        assert_eq!(
            one.rows(body.clone()).await,
            two.rows(body).await,
            "{method}"
        );
    }
}

fn valid(barcode: &str) -> bool {
    let digits: Vec<u32> = barcode
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .collect();
    let sum: u32 = digits
        .iter()
        .zip([1, 3].into_iter().cycle())
        .map(|(digit, weight)| digit * weight)
        .sum();
    digits.len() == 13 && sum.is_multiple_of(10)
}

#[tokio::test]
async fn a_start_on_the_next_day_keeps_the_documents_and_items_of_the_days_before() {
    let rows = |documents: Vec<Document>, to: NaiveDate| -> Vec<Document> {
        documents
            .into_iter()
            .filter(|document| (1..40).contains(&(to - document.on).num_days()))
            .collect()
    };
    let later = Config {
        now: Some(noon() + TimeDelta::days(1)),
        ..calm()
    };
    let (one, two) = (Gateway::start(calm()).await, Gateway::start(later).await);
    let (one, two) = (&one.running.handle, &two.running.handle);
    let tomorrow = two.local_now().date();
    for kind in [DocumentKind::Dispatch, DocumentKind::Receipt] {
        let from = if kind == DocumentKind::Receipt {
            20
        } else {
            39
        };
        let mut before = rows(one.documents(kind), tomorrow);
        let mut after = rows(two.documents(kind), tomorrow);
        for list in [&mut before, &mut after] {
            list.retain(|document| (tomorrow - document.on).num_days() <= from);
        }
        assert!(before.len() > 200);
        assert_eq!(before, after, "{kind:?}");
        assert!(
            two.documents(kind)
                .iter()
                .any(|document| document.on == tomorrow)
        );
    }
    assert_eq!(one.items(), two.items());
    assert_eq!(one.partners(), two.partners());
}

#[tokio::test]
async fn every_one_of_the_last_forty_days_has_dispatches() {
    let gateway = Gateway::start(calm()).await;
    let days: HashSet<NaiveDate> = gateway
        .running
        .handle
        .documents(DocumentKind::Dispatch)
        .iter()
        .map(|document| document.on)
        .collect();
    let today = gateway.running.handle.local_now().date();
    for age in 0..40 {
        assert!(
            days.contains(&(today - TimeDelta::days(age))),
            "{age} days ago"
        );
    }
}
