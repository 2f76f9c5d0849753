//! What the entries mean.

use super::super::values::date;
use super::*;
use chrono::NaiveDate;
use rust_decimal::Decimal;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[test]
fn a_label_answers_for_goods_lot_serial_and_dates() {
    let today = day("2026-11-28");
    let label = accepts(
        "(01)04006381333931(10)L-7(21)S1(11)260101(13)260102(15)270300(16)270301(17)270331",
    );
    assert_eq!(label.gtin(), Some("04006381333931"));
    assert_eq!((label.lot(), label.serial()), (Some("L-7"), Some("S1")));
    assert_eq!(label.production(today), Some(day("2026-01-01")));
    assert_eq!(label.packing(today), Some(day("2026-01-02")));
    assert_eq!(label.best_before(today), Some(day("2027-03-31")));
    assert_eq!(label.sell_by(today), Some(day("2027-03-01")));
    assert_eq!(label.expiry(today), Some(day("2027-03-31")));
    assert_eq!(
        accepts("(7003)2704011230").expiry(today),
        Some(day("2027-04-01"))
    );
    assert_eq!(label.elements()[7].title(), "USE BY or EXPIRY");
}

#[test]
fn the_century_is_the_one_closest_to_today() {
    let cases = [
        ("260101", "2026-11-28", "2026-01-01"),
        ("760101", "2026-11-28", "2076-01-01"),
        ("770101", "2026-11-28", "1977-01-01"),
        ("000101", "2026-11-28", "2000-01-01"),
        ("990101", "2026-11-28", "1999-01-01"),
        ("000101", "2049-11-28", "2000-01-01"),
        ("000101", "2050-11-28", "2100-01-01"),
        ("480101", "2098-11-28", "2148-01-01"),
        ("490101", "2098-11-28", "2049-01-01"),
        ("240200", "2026-11-28", "2024-02-29"),
        ("260200", "2026-11-28", "2026-02-28"),
    ];
    for (value, today, expected) in cases {
        assert_eq!(
            date(value, day(today)),
            Some(day(expected)),
            "{value} seen {today}"
        );
    }
    assert_eq!(
        date("000229", day("2050-01-01")),
        None,
        "2100 is no leap year"
    );
    assert_eq!(date("26", day("2026-01-01")), None);
}

#[test]
fn counts_and_contents_are_numbers() {
    assert_eq!(accepts("(30)00000012").count(), Some(12));
    let pallet = accepts("(00)123456789012345675(02)12345678901231(37)48(10)AB");
    assert_eq!(pallet.sscc(), Some("123456789012345675"));
    assert_eq!(pallet.content(), Some(("12345678901231", Some(48))));
    assert_eq!((pallet.gtin(), pallet.count()), (None, Some(48)));
    assert_eq!(
        accepts("(8006)123456789012310510").gtin(),
        Some("12345678901231")
    );
}

#[test]
fn measures_have_their_decimals_and_units() {
    for (text, value, uom) in [
        ("(3103)001250", "1.250", "kg"),
        ("(3100)000012", "12", "kg"),
        ("(3105)123456", "1.23456", "kg"),
        ("(3201)000105", "10.5", "lb"),
        ("(3112)000250", "2.50", "m"),
        ("(3142)000250", "2.50", "m²"),
        ("(3150)000002", "2", "l"),
        ("(3600)000002", "2", "qt (US)"),
        ("(3322)000250", "2.50", "m"),
        ("(3370)000002", "2", "kg/m²"),
    ] {
        let measures: Vec<Measure> = accepts(text).measures().collect();
        assert_eq!(measures.len(), 1, "{text}");
        assert_eq!(
            measures[0].value,
            value.parse::<Decimal>().unwrap(),
            "{text}"
        );
        assert_eq!(measures[0].uom, uom, "{text}");
    }
    assert_eq!(accepts("(3925)12599(37)3(30)1").measures().count(), 0);
}

#[test]
fn prices_have_decimals_and_perhaps_a_currency() {
    let own = accepts("(3922)1299").price().unwrap();
    assert_eq!((own.amount, own.currency), ("12.99".parse().unwrap(), None));
    let foreign = accepts("(3932)9781299").price().unwrap();
    assert_eq!(
        (foreign.amount, foreign.currency.as_deref()),
        ("12.99".parse().unwrap(), Some("978"))
    );
    assert_eq!(accepts("(3900)1299").price(), None);
    assert!(accepts("(3929)999999999999999").price().is_some());
}
