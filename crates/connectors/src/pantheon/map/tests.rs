use super::super::page::{Read, read};
use super::*;
use chrono_tz::Europe::Belgrade;

fn items(json: &str) -> Read<Vec<ItemRecord>> {
    read(json, |row| item(row, Belgrade)).unwrap()
}

fn partners(json: &str) -> Read<Vec<PartnerRecord>> {
    read(json, |row| partner(row, Belgrade)).unwrap()
}

fn dispatches(json: &str) -> Read<Vec<DocumentRecord>> {
    read(json, |row| document(row, DocumentKind::Dispatch)).unwrap()
}

/// One dispatch with these lines.
fn with_lines(lines: &str) -> Read<Vec<DocumentRecord>> {
    dispatches(&format!(
        r#"[{{"BrojDokumenta":"25-20ET-000123","TipDokumenta":"20ET","DatumDokumenta":"2025-10-17",
            "NasObjekat":"VELEPRODAJA","Objekti":[{lines}]}}]"#
    ))
}

fn refusal(page: &Read<Vec<DocumentRecord>>) -> &str {
    assert!(page.records.is_empty());
    assert_eq!(page.refused[0].external_key, "25-20ET-000123");
    &page.refused[0].reason
}

#[test]
fn an_item_loses_padding_and_keeps_leading_zeros() {
    let page = items(
        r#"[{"Ident":"00013     ","Naziv":"PRIMJER ARTIKAL A   ","Aktivan":"T",
            "Dobavljac":"DOBAVLJAC D.O.O.","DobSifra":"D-77","PrimKlasif":"KUH","JM":"KOM",
            "Barkodovi":[{"Barkod":"3870000000017"},{"Barkod":"3870000000017 "},{"Barkod":""}],
            "adTimeChg":"2025-10-02 14:05:11","NovaKolona":{"x":1}}]"#,
    );
    let item = &page.records[0];
    assert_eq!(item.code, "00013");
    assert_eq!(item.name, "PRIMJER ARTIKAL A");
    assert_eq!(item.barcodes, ["3870000000017"]);
    assert!(item.active && item.description.is_none());
    assert_eq!(page.latest, Some("2025-10-02T12:05:11Z".parse().unwrap()));
}

#[test]
fn a_bad_row_is_refused_alone_with_its_reason() {
    let page = items(
        r#"[{"Ident":"1","Naziv":"A","Aktivan":"F"},
            {"Naziv":"WITHOUT CODE"},
            {"Ident":"3"},
            {"Ident":"4","Naziv":"D","Aktivan":"maybe"},
            {"Ident":"5","Naziv":"E","adTimeChg":"17.10.2025"},
            {"Ident":"6","Naziv":"F","Barkodovi":{"Barkod":"1"}},
            {"Ident":{"x":1},"Naziv":"G"},
            "rubbish", null,
            {"Ident":9,"Naziv":"I"}]"#,
    );
    let codes: Vec<&str> = page.records.iter().map(|item| &*item.code).collect();
    assert_eq!(codes, ["1", "9"]);
    assert!(!page.records[0].active);
    assert_eq!(page.rows, 10);
    let reasons: Vec<&str> = page.refused.iter().map(|row| &*row.reason).collect();
    for (reason, part) in reasons.iter().zip([
        "no code",
        "no name",
        "active flag \"maybe\"",
        "change time \"17.10.2025\"",
        "expected a list",
        "an object stands where a text belongs",
        "expected an item",
        "expected an item",
    ]) {
        assert!(reason.contains(part), "{reason} | {part}");
    }
    assert_eq!(page.refused[1].external_key, "3");
    assert_eq!(page.refused[0].payload["Naziv"], "WITHOUT CODE");
}

#[test]
fn partners_may_be_several_things_at_once() {
    let page = partners(
        r#"[{"IdSubjekta":1001,"NazivSubjekta":"PRODAVNICA 1","Naziv2Subjekta":"","Drzava":"ME",
            "Grad":"BAR","Adresa":"ULICA 1","PIB":"00000000","Telefon1":"","Telefon2":"020",
            "Skladiste":"F","Kupac":"T","Dobavljac":"T"},
            {"Sifra":"1002","Naziv":"STARI OBLIK"}]"#,
    );
    let partner = &page.records[0];
    assert_eq!(
        (&*partner.code, partner.phone.as_deref()),
        ("1001", Some("020"))
    );
    assert!(partner.is_customer && partner.is_supplier && !partner.is_warehouse);
    assert_eq!(partner.tax_id.as_deref(), Some("00000000"));
    assert_eq!(page.records[1].name, "STARI OBLIK");
    assert!(page.latest.is_none());
}

#[test]
fn a_partner_keeps_both_numbers_and_its_whole_address() {
    let page = partners(
        r#"[{"IdSubjekta":7,"NazivSubjekta":"A","Naziv2Subjekta":"B","Drzava":"ME","Grad":"BAR",
            "Adresa":"ULICA 1","Telefon1":"020 1","Telefon2":"020 2","Skladiste":"T"}]"#,
    );
    let partner = &page.records[0];
    let told = [
        &partner.name2,
        &partner.address,
        &partner.city,
        &partner.country,
        &partner.phone,
        &partner.phone2,
    ];
    let told: Vec<_> = told.iter().map(|text| text.as_deref()).collect();
    let expected = ["B", "ULICA 1", "BAR", "ME", "020 1", "020 2"];
    assert_eq!(told, expected.map(Some));
    assert!(partner.is_warehouse);
}

#[test]
fn stock_is_read_per_warehouse_and_a_bad_amount_is_refused_alone() {
    let json = r#"[{"Ident":"00013 ","Objekti":[
            {"Objekat":"VELEPRODAJA ","Zaliha":"12,5"},{"Objekat":"MP 2","Zaliha":-3},
            {"Objekat":"MP 3","Zaliha":3870000000017},{"Objekat":"","Zaliha":1},
            {"Objekat":"MP 4","Zaliha":null},{"Objekat":"MP 5","Zaliha":0}],
            "adTimeChg":"2025-10-02 14:05:11"},
        {"Objekti":[]}, {"Ident":"2","Objekti":{"Objekat":"A"}}, {"Ident":"3"}]"#;
    let page = read(json, |row| stock(row, Belgrade)).unwrap();
    assert_eq!((page.records.len(), page.refused.len()), (2, 2));
    let item = &page.records[0];
    assert_eq!(item.item_code, "00013");
    let levels: Vec<_> = item
        .levels
        .iter()
        .map(|level| (&*level.warehouse, level.quantity.to_string()))
        .collect();
    assert_eq!(
        levels,
        [("VELEPRODAJA", "12.5".to_owned()), ("MP 5", "0".to_owned())]
    );
    for (level, part) in item.refused.iter().zip([
        "has -3 on hand in MP 2: a quantity cannot be negative",
        "in MP 3 has the quantity 3870000000017, which is beyond 999,999,999",
        "whose name is empty",
        "in MP 4 has no quantity",
    ]) {
        assert!(level.reason.starts_with("Item 00013"), "{}", level.reason);
        assert!(level.reason.contains(part), "{} | {part}", level.reason);
    }
    assert_eq!(item.refused.len(), 4);
    assert_eq!(page.latest, Some("2025-10-02T12:05:11Z".parse().unwrap()));
    assert!(page.records[1].levels.is_empty());
}

#[test]
fn quantities_are_read_digit_by_digit() {
    let page = with_lines(
        r#"{"Poz":1,"Ident":"00013","Kolicina":4.0},
           {"Poz":"2","Ident":"00014","Kolicina":"2,5"},
           {"Poz":3.0,"Ident":"00015","Kolicina":0.30000000000000004},
           {"Poz":4,"Ident":"00016","Kolicina":-7},
           {"Poz":5,"Ident":"00017","Kolicina":1.2E1},
           {"Poz":6,"Ident":"00018","Kolicina":"999999999"}"#,
    );
    let lines = &page.records[0].lines;
    let read: Vec<(&str, String)> = lines
        .iter()
        .map(|line| (&*line.key, line.requested.to_string()))
        .collect();
    let expected = ["4", "2.5", "0.3", "-7", "12", "999999999"];
    for (index, (key, quantity)) in read.iter().enumerate() {
        assert_eq!(*key, (index + 1).to_string());
        assert_eq!(quantity, expected[index]);
    }
}

#[test]
fn an_absurd_quantity_refuses_the_document() {
    for (quantity, part) in [
        ("3870000000017", "beyond 999,999,999"),
        ("-1000000000", "beyond 999,999,999"),
        (
            "99999999999999999999999999999999999999",
            "beyond 999,999,999",
        ),
        ("1e400", "not a number"),
        ("\"two\"", "\"two\", which is not a number"),
        ("\"\"", "has no quantity"),
        ("null", "has no quantity"),
    ] {
        let page = with_lines(&format!(
            r#"{{"Poz":1,"Ident":"00013","Kolicina":1}},{{"Poz":2,"Ident":"00014","Kolicina":{quantity}}}"#
        ));
        let reason = refusal(&page);
        assert!(reason.starts_with("Line 2 (item 00014)"), "{reason}");
        assert!(reason.contains(part), "{reason}");
    }
}

#[test]
fn what_identifies_a_document_must_be_there() {
    for (row, part) in [
        (
            r#"{"TipDokumenta":"20ET","DatumDokumenta":"2025-10-17"}"#,
            "no number",
        ),
        (
            r#"{"BrojDokumenta":"1","DatumDokumenta":"2025-10-17"}"#,
            "no type",
        ),
        (r#"{"BrojDokumenta":"1","TipDokumenta":"20ET"}"#, "no date"),
        (
            r#"{"BrojDokumenta":"1","TipDokumenta":"20ET","DatumDokumenta":"17.10."}"#,
            "document date \"17.10.\"",
        ),
    ] {
        let page = dispatches(&format!("[{row}]"));
        let reason = &page.refused[0].reason;
        assert!(reason.contains(part), "{reason}");
    }
    let page = with_lines(r#"{"Poz":1,"Naziv":"BEZ SIFRE","Kolicina":1}"#);
    assert_eq!(refusal(&page), "Line 1 has no item code.");
}

#[test]
fn line_keys_are_unique_whatever_the_positions_are() {
    let page = with_lines(
        r#"{"Ident":"A","Kolicina":1},{"Ident":"B","Kolicina":1},
           {"Poz":2,"Ident":"C","Kolicina":1},{"Poz":2,"Ident":"D","Kolicina":1}"#,
    );
    let lines = &page.records[0].lines;
    let keys: Vec<&str> = lines.iter().map(|line| &*line.key).collect();
    assert_eq!(keys, ["1", "2", "2#2", "2#3"]);
}

#[test]
fn a_receipt_comes_from_its_sender() {
    let json = r#"[{"BrojDokumenta":"25-20B0-000001","TipDokumenta":"20B0",
        "DatumDokumenta":"2025-10-17T00:00:00","Primalac1":"VELEPRODAJA",
        "Posiljalac":"DOBAVLJAC D.O.O.","Objekti":null}]"#;
    let page = read(json, |row| document(row, DocumentKind::Receipt)).unwrap();
    let receipt = &page.records[0];
    assert_eq!(receipt.partner_name.as_deref(), Some("DOBAVLJAC D.O.O."));
    assert!(receipt.lines.is_empty());
    assert_eq!(page.latest_day, NaiveDate::from_ymd_opt(2025, 10, 17));
}

#[test]
fn of_twins_on_one_page_the_last_stays_and_a_difference_is_told() {
    let row = |note: &str| {
        format!(
            r#"{{"BrojDokumenta":"1","TipDokumenta":"20ET","DatumDokumenta":"2025-10-17","Napomena":"{note}"}}"#
        )
    };
    let same = dispatches(&format!("[{},{}]", row("a"), row("a")));
    assert_eq!(
        (same.records.len(), same.refused.len(), same.rows),
        (1, 0, 2)
    );
    let differ = dispatches(&format!("[{},{}]", row("a"), row("b")));
    assert_eq!(differ.records[0].note.as_deref(), Some("b"));
    assert!(differ.refused[0].reason.contains("came twice"));
    assert_eq!(differ.refused[0].payload["Napomena"], "a");
    let other_type = dispatches(&format!(
        "[{},{}]",
        row("a"),
        row("a").replace("20ET", "20CT")
    ));
    assert_eq!(other_type.records.len(), 2);
}

#[test]
fn keys_too_long_for_an_index_are_refused() {
    let long = "9".repeat(101);
    for row in [
        format!(r#"{{"Ident":"{long}","Naziv":"A"}}"#),
        format!(r#"{{"Ident":"1","Naziv":"A","Barkodovi":[{{"Barkod":"{long}"}}]}}"#),
    ] {
        let page = items(&format!("[{row}]"));
        assert!(page.refused[0].reason.contains("more than 100 characters"));
    }
    let page = with_lines(&format!(r#"{{"Poz":1,"Ident":"{long}","Kolicina":1}}"#));
    assert!(refusal(&page).contains("more than 100 characters"));
}

proptest::proptest! {
    #[test]
    fn no_text_whatever_stops_the_reader(text in ".{0,200}", rows in "[\\[\\]{}\",:0-9a-zIdent ]{0,80}") {
        for text in [text, format!("[{rows}]"), format!(r#"[{{"Ident":{rows}}}]"#)] {
            let _ = read(&text, |row| item(row, Belgrade));
            let _ = read(&text, |row| document(row, DocumentKind::Receipt));
        }
    }

    #[test]
    fn a_quantity_keeps_every_digit_it_is_sent_with(whole in -999_999_998_i64..999_999_999, part in 0_u32..10_000) {
        let sent = format!("{whole}.{part:04}");
        let page = with_lines(&format!(r#"{{"Poz":1,"Ident":"A","Kolicina":{sent}}}"#));
        let requested = page.records[0].lines[0].requested;
        proptest::prop_assert_eq!(requested, sent.parse::<Decimal>().unwrap());
    }
}
