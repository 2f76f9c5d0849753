use super::*;
use crate::LineId;
use crate::document::LineStatus;
use crate::picking::Pack;

const HEART: &str = "04006381333931";

fn line(id: i64, code: &str, barcodes: &[&str]) -> TaskLine {
    TaskLine {
        id: LineId(id),
        item_code: code.into(),
        item_name: format!("NAME OF {code}"),
        uom: "KOM".into(),
        decimals: 0,
        requested: 24.into(),
        done: 0.into(),
        status: LineStatus::New,
        reason: None,
        reason_text: None,
        conflict: None,
        last_worker: None,
        barcodes: barcodes.iter().map(|key| (*key).to_owned()).collect(),
        packs: Vec::new(),
        location: None,
    }
}

fn weighed(uom: &str, decimals: u8) -> TaskLine {
    let mut line = line(1, "CHEESE", &[HEART]);
    line.uom = uom.into();
    line.decimals = decimals;
    line
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn today() -> NaiveDate {
    day("2026-11-28")
}

fn scanned(line: &TaskLine, code: &str) -> Step {
    step(std::slice::from_ref(line), Some(line), code, false, today())
}

fn takes(quantity: &str) -> Step {
    Step::Take(quantity.parse().unwrap())
}

fn stop(step: Step) -> Stop {
    match step {
        Step::Stop(stop) => stop,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_item_answers_to_its_barcode_in_every_spelling_and_on_every_label() {
    let line = line(1, "85123A", &[HEART]);
    for code in [
        "4006381333931",
        "04006381333931",
        "]E04006381333931",
        "85123a",
        "]C085123A",
        "(01)04006381333931",
        "]C10104006381333931",
        "01040063813339311727123110L7",
        "]d2\u{1d}010400638133393110L-7\u{1d}21S1",
        "010400638133393110L-7\u{241d}21S1",
        "^0104006381333931",
        "https://id.example.org/01/04006381333931?17=271231",
        "(240)85123A",
    ] {
        assert_eq!(scanned(&line, code), takes("1"), "{code:?}");
        assert!(line.answers_to(code), "{code:?}");
    }
}

#[test]
fn a_count_on_the_label_is_the_quantity_and_a_pack_is_converted() {
    let mut line = line(1, "85123A", &[HEART, "24006381333935"]);
    line.packs = vec![Pack {
        key: "24006381333935".into(),
        quantity: Quantity::from(12),
    }];
    for (code, quantity) in [
        ("(01)04006381333931(30)6", "6"),
        ("24006381333935", "12"),
        ("(01)24006381333935(10)L", "12"),
        ("(00)123456789012345675(02)24006381333935(37)2", "24"),
        ("(00)123456789012345675(02)04006381333931(37)48", "48"),
    ] {
        assert_eq!(scanned(&line, code), takes(quantity), "{code}");
    }
}

#[test]
fn a_measure_on_the_label_is_the_quantity_in_the_lines_unit() {
    for (uom, decimals, code, quantity) in [
        ("KG", 3, "(01)04006381333931(3103)001250", "1.25"),
        ("kg", 2, "(01)04006381333931(3103)001256", "1.26"),
        ("GR", 0, "(01)04006381333931(3103)001250", "1250"),
        ("T", 4, "(01)04006381333931(3100)001250", "1.25"),
        ("KG", 3, "(01)04006381333931(3201)000100", "4.536"),
        ("M", 2, "(01)04006381333931(3112)000250", "2.5"),
        ("L", 1, "(01)04006381333931(3151)000005", "0.5"),
        ("KOM", 0, "(01)04006381333931(3103)001250", "1"),
    ] {
        assert_eq!(
            scanned(&weighed(uom, decimals), code),
            takes(quantity),
            "{uom} {code}"
        );
    }
}

#[test]
fn goods_by_measure_without_one_on_the_label_are_asked_for() {
    let line = weighed("KG", 3);
    for code in [
        "4006381333931",
        "(01)04006381333931(30)2",
        "(01)04006381333931(3112)000250",
    ] {
        assert_eq!(scanned(&line, code), Step::AskQuantity, "{code}");
    }
}

#[test]
fn lot_serial_and_the_nearest_date_are_read_off_the_label() {
    let goods = |code: &str| Scan::read(code).unwrap().goods(today());
    let label = goods("(01)04006381333931(10)L-7(21)S1(15)270101(17)270331");
    assert_eq!(label.to_string(), "lot L-7, serial S1, use by 2027-03-31");
    assert_eq!(
        goods("(01)04006381333931(15)270100").expires_on,
        Some(day("2027-01-31"))
    );
    assert!(goods("4006381333931").is_empty());
}

#[test]
fn goods_out_of_date_are_refused_and_those_of_their_last_day_are_not() {
    let line = line(1, "85123A", &[HEART]);
    let refused = stop(scanned(&line, "(01)04006381333931(17)261127"));
    assert_eq!(refused.title, "Expired");
    assert!(
        refused.text.to_string().contains("2026-11-27"),
        "{}",
        refused.text
    );
    assert_eq!(scanned(&line, "(01)04006381333931(17)261128"), takes("1"));
    assert_eq!(
        check_goods("(01)04006381333931(15)261031", Quantity::from(1), today()),
        Err(Refusal::Expired {
            on: day("2026-10-31")
        })
    );
}

#[test]
fn one_serial_number_is_one_thing() {
    let code = "(01)04006381333931(21)S1";
    assert_eq!(
        check_goods(code, Quantity::from(2), today()),
        Err(Refusal::OneSerial)
    );
    assert!(check_goods(code, Quantity::from(1), today()).is_ok());
}

#[test]
fn an_unsound_label_says_what_is_wrong_with_it() {
    let line = line(1, "85123A", &[HEART]);
    for (code, words) in [
        ("]C1010400638133393117261332".to_owned(), "(17) has a month"),
        ("(01)04006381333932".to_owned(), "check digit"),
        (
            "010400638133393110ABCDEFGHIJKLMNOPQRSTUVWXYZ".to_owned(),
            "separator",
        ),
        (
            "^0104006381333931^8912".to_owned(),
            "No GS1 application identifier",
        ),
    ] {
        let refused = stop(scanned(&line, &code));
        assert_eq!(refused.title, "Unreadable label");
        assert!(refused.text.to_string().contains(words), "{}", refused.text);
        assert!(!refused.may_be_taught);
    }
    assert_eq!(stop(scanned(&line, "10AB\u{1d}99")).code, "10AB\u{241d}99");
}

#[test]
fn a_wrong_scan_says_where_it_belongs() {
    let lines = [line(1, "A", &[HEART]), line(2, "B", &["00036000291452"])];
    let wrong = stop(step(
        &lines,
        Some(&lines[0]),
        "036000291452",
        false,
        today(),
    ));
    assert_eq!(
        (wrong.title, wrong.belongs_to),
        ("Wrong item", Some(LineId(2)))
    );
    assert_eq!(wrong.text.to_string(), "It belongs to line 2: NAME OF B.");
    assert_eq!(wrong.now.as_deref(), Some("A"));
    let mut done = lines.clone();
    done[1].done = 24.into();
    done[1].status = LineStatus::Done;
    let wrong = stop(step(&done, Some(&done[0]), "B", false, today()));
    assert!(wrong.text.to_string().contains("has 24 of 24 KOM already"));
}

#[test]
fn a_code_nobody_knows_may_be_taught_and_a_label_without_an_item_may_not() {
    let line = line(1, "A", &[HEART]);
    let unknown = stop(scanned(&line, "2012345678903"));
    assert!(unknown.may_be_taught && unknown.belongs_to.is_none());
    let lot_only = stop(scanned(&line, "(10)L-7"));
    assert!(!lot_only.may_be_taught);
    assert!(
        lot_only
            .text
            .to_string()
            .contains("does not say which item")
    );
}

#[test]
fn where_a_quantity_is_being_entered_a_scan_only_proves_the_item() {
    let line = line(1, "A", &[HEART]);
    let asked = step(
        std::slice::from_ref(&line),
        Some(&line),
        HEART,
        true,
        today(),
    );
    assert_eq!(asked, Step::AskQuantity);
}

#[test]
fn plain_codes_that_look_like_labels_stay_plain() {
    for code in [
        "01234567",
        "0112345678901234",
        "(A)1",
        "00-17",
        "http://example.org/01/x",
        "]Q1https://example.org",
    ] {
        assert!(Scan::read(code).unwrap().label.is_none(), "{code}");
    }
}
