//! Which entries need one another, and which exclude one another.

use super::*;

const GTIN: &str = "(01)12345678901231";

fn stands(text: &str) -> bool {
    accepts(text).check_associations().is_ok()
}

#[test]
fn an_entry_needs_its_company() {
    for (text, expected) in [
        ("(02)12345678901231", false),
        ("(02)12345678901231(37)123", false),
        ("(99)AAA(02)12345678901231(37)123", false),
        ("(02)12345678901231(37)123(00)123456789012345675", true),
        (
            "(91)X(02)12345678901231(92)Y(37)123(93)Z(00)123456789012345675",
            true,
        ),
        ("(21)ABC123", false),
        ("(21)ABC123(01)12345678901231", true),
        ("(21)ABC123(8006)123456789012310510", true),
        ("(01)12345678901231(250)ABC123", false),
        ("(01)12345678901231(21)XYZ999(250)ABC123", true),
        ("(10)12345", false),
        ("(400)ABC", true),
        ("(99)ABC", true),
        ("(8011)123", false),
        ("(8010)123456(8011)123", true),
        ("(4303)STREET", false),
        ("(00)123456789012345675(4302)STREET(4303)DOOR", true),
    ] {
        assert_eq!(stands(text), expected, "{text}");
    }
}

#[test]
fn a_price_needs_its_measure_whatever_its_decimals() {
    assert!(!stands(&format!("{GTIN}(3925)12599")));
    for measure in [
        "(30)123",
        "(3100)654321",
        "(3105)654321",
        "(3165)654321",
        "(3295)654321",
        "(3575)654321",
        "(3695)654321",
    ] {
        assert!(stands(&format!("{GTIN}(3925)12599{measure}")), "{measure}");
    }
}

#[test]
fn entries_that_exclude_each_other_are_refused_in_any_order() {
    for text in [
        "(01)12345678901231(02)12345678901231",
        "(99)ABC123(01)12345678901231(02)12345678901231",
        "(01)12345678901231(99)ABC123(02)12345678901231",
        "(01)12345678901231(255)5412345000150",
        "(01)12345678901231(37)123",
        "(21)ABC123(235)XYZ",
        "(3940)1234(8111)9999",
        "(3940)1234(3941)9999",
        "(3955)123456(3929)123",
        "(420)12345(421)68812345",
        "(8017)123456789012345675(8018)123456789012345675",
    ] {
        let error = accepts(text).check_associations().unwrap_err();
        assert!(
            matches!(error, Gs1Error::Exclusive { .. }),
            "{text}: {error}"
        );
    }
}

#[test]
fn a_signature_signs_one_thing() {
    assert!(!stands("(253)5412345000150(8030)ABC"));
    assert!(stands("(253)5412345000150X(8030)ABC"));
    assert!(!stands("(8003)02112345678900(8030)ABC"));
    assert!(stands("(8003)02112345678900A(8030)ABC"));
}

#[test]
fn the_whole_label_is_checked_by_parse_and_a_part_by_read() {
    assert_eq!(
        ElementString::parse("(10)ABC"),
        Err(Gs1Error::Missing {
            ai: "10".to_owned(),
            needs: "01, or 02, or 03, or 8006, or 8026".to_owned()
        })
    );
    assert!(ElementString::parse_caret("^10ABC").is_err());
    assert!(ElementString::read("(10)ABC").is_ok());
}
