//! Raw data, brackets, carets, symbology identifiers, plain GTINs.

use super::*;

const BOTH: &str = "(01)12345678901231(10)12345";

#[test]
fn all_spellings_of_a_label_read_alike() {
    for text in [
        "(01)12345678901231(10)12345",
        "^01123456789012311012345",
        "01123456789012311012345",
        "\u{1d}01123456789012311012345",
        "\u{241d}01123456789012311012345",
        "]C101123456789012311012345",
        "]e001123456789012311012345",
        "]d201123456789012311012345",
        "]Q301123456789012311012345",
        "]J101123456789012311012345",
        "]d2\u{1d}01123456789012311012345\r\n",
        "01123456789012311012345\u{1d}",
        "0112345678901231\u{1d}1012345",
        "https://example.org/01/12345678901231/10/12345",
    ] {
        assert_eq!(shown(text), BOTH, "{text:?}");
    }
}

#[test]
fn separators_follow_variable_values_and_are_tolerated_elsewhere() {
    for (text, read) in [
        ("^1012345^11991225", "(10)12345(11)991225"),
        ("^390012345^11991225", "(3900)12345(11)991225"),
        ("^31001234561012345", "(3100)123456(10)12345"),
        ("^0112345678901231^", "(01)12345678901231"),
        ("^0112345678901231^991234", "(01)12345678901231(99)1234"),
        ("^242123456^10ABC123", "(242)123456(10)ABC123"),
        ("^242123456^", "(242)123456"),
        (
            "^800302112345678900^10ABC123",
            "(8003)02112345678900(10)ABC123",
        ),
    ] {
        assert_eq!(shown(text), read, "{text}");
    }
}

#[test]
fn a_caret_is_fnc1_only_where_the_text_starts_with_it() {
    assert_eq!(
        ElementString::parse_caret("^99ABC").unwrap().to_string(),
        "(99)ABC"
    );
    for text in ["", "991234"] {
        assert_eq!(ElementString::parse_caret(text), Err(Gs1Error::NoStart));
    }
    assert_eq!(refuses("^"), Gs1Error::Empty);
    assert!(matches!(
        refuses("(10)12345^"),
        Gs1Error::Character { found: '^', .. }
    ));
    assert!(matches!(
        refuses("1012345^11991225"),
        Gs1Error::Character { found: '^', .. }
    ));
    assert!(matches!(refuses("^10AB\u{1d}"), Gs1Error::Character { .. }));
}

#[test]
fn brackets_inside_values_are_escaped() {
    assert_eq!(
        accepts("(10)12345\\(11)991225").value("10"),
        Some("12345(11)991225")
    );
    assert_eq!(accepts("(10)12345\\(").value("10"), Some("12345("));
    assert_eq!(shown("(10)12345\\(11)991225"), "(10)12345\\(11)991225");
    assert_eq!(accepts("(10)A)B").value("10"), Some("A)B"));
}

#[test]
fn broken_brackets_are_refused() {
    for text in ["(", "(1", "(15", "(10)12(34", "(10)\\", "(10)a\\)b"] {
        refuses(text);
    }
    for text in [
        "()12345",
        "(1)12345",
        "(1A)12345",
        "(12345)12345",
        "(89)1234",
        "(012)3",
    ] {
        assert!(
            matches!(refuses(text), Gs1Error::UnknownAi { .. }),
            "{text}"
        );
    }
    assert_eq!(refuses("(15"), Gs1Error::Brackets);
    for text in [
        "(10)(11)987650",
        "(10)12345(11)",
        "(10)",
        "10AB\u{1d}37\u{1d}",
    ] {
        assert!(matches!(refuses(text), Gs1Error::NoValue { .. }), "{text}");
    }
    assert!(matches!(refuses("(17)9(90)217"), Gs1Error::TooShort { .. }));
    assert!(matches!(
        refuses("(01)123456789012312(10)12345"),
        Gs1Error::TooLong { .. }
    ));
    assert!(matches!(
        refuses("(242)1234567"),
        Gs1Error::TooLong { most: 6, .. }
    ));
}

#[test]
fn unknown_identifiers_are_refused_with_what_was_found() {
    for (text, at) in [
        ("^891234", "8912"),
        ("^01123456789012312", "2"),
        ("^0112345678901231^^10AB", "^10A"),
        ("^0", "0"),
        ("^310", "310"),
        ("^3106123456", "3106"),
        ("^39441234", "3944"),
        ("^05", "05"),
    ] {
        let found = at.to_owned();
        assert_eq!(refuses(text), Gs1Error::UnknownAi { found }, "{text}");
    }
}

#[test]
fn a_missing_separator_is_named() {
    let error = refuses("^10ABCDEFGHIJKLMNOPQRSTUVWXYZ17271231");
    assert_eq!(
        error,
        Gs1Error::NoSeparator {
            ai: "10".to_owned(),
            most: 20
        }
    );
    assert!(error.to_string().contains("separator"));
    for text in [
        "^2421234567",
        "^811112345",
        "^8001123412345123981",
        "^800302112345678900ABCDEFGHIJKLMNOPQ",
    ] {
        assert!(
            matches!(refuses(text), Gs1Error::NoSeparator { .. }),
            "{text}"
        );
    }
}

#[test]
fn a_gtin_that_runs_on_is_refused() {
    for text in ["^01123456789012345^", "^01123456789012345^991234"] {
        refuses(text);
    }
}

#[test]
fn lengths_are_those_of_the_dictionary() {
    for text in [
        "^2421",
        "^242123456",
        "^81111234",
        "^800112341234512398",
        "^7007211225211231",
        "^7007211225",
        "^800302112345678900ABC",
        "^800302112345678900",
        "^800302112345678900ABCDEFGHIJKLMNOP",
        "^7230123",
        "^7230121234567890123456789012345678",
        "^2535412345000150",
        "^2535412345000150X",
    ] {
        accepts(text);
    }
    for text in [
        "^011234567890123",
        "^011234567890123^",
        "^8111123",
        "^80011234123451239",
        "^80011234123451239^0112345678901231",
        "^70072112252",
        "^700721122521",
        "^7007211225211",
        "^70072112252112",
        "^700721122521123",
        "^723012",
        "^11",
        "^01",
        "^4309000000000036000000",
        "^8008201225",
    ] {
        let error = refuses(text);
        assert!(
            matches!(error, Gs1Error::TooShort { .. } | Gs1Error::NoValue { .. }),
            "{text}: {error}"
        );
    }
}

#[test]
fn characters_are_those_of_the_type() {
    for (text, position) in [
        ("^99~ABC", 1),
        ("^99ABC~", 4),
        ("^01A2345678901231", 1),
        ("^011234567890123A", 14),
        ("(10) ", 1),
        ("(10)AB CD", 3),
        ("(8010)123456_", 7),
        ("(8030)ABC:123", 4),
        ("(10)A\\B", 2),
        ("(10)A@", 2),
    ] {
        match refuses(text) {
            Gs1Error::Character { position: at, .. } => assert_eq!(at, position, "{text}"),
            other => panic!("{text}: {other}"),
        }
    }
    assert!(matches!(refuses("(8030)123="), Gs1Error::Value { .. }));
    accepts("(8030)12=");
    accepts("(10)!\"%&'*+,-./09:;<=>?");
    accepts("(10)AZ_az\\()");
    assert_eq!(refuses("(10)ABČ"), Gs1Error::Foreign('Č'));
}

#[test]
fn plain_gtins_are_read_in_their_four_lengths() {
    for (text, gtin) in [
        ("40170725", "00000040170725"),
        ("036000291452", "00036000291452"),
        ("4006381333931", "04006381333931"),
        ("24012345678905", "24012345678905"),
        ("]E04006381333931", "04006381333931"),
        ("]E0036000291452", "00036000291452"),
        ("]E3400638133393112", "04006381333931"),
        ("]E440170725", "00000040170725"),
        ("]I124012345678905", "24012345678905"),
        ("4006381333931\r", "04006381333931"),
    ] {
        assert_eq!(accepts(text).gtin(), Some(gtin), "{text}");
    }
    for text in [
        "4006381333932",
        "]E04006381333932",
        "]E012",
        "]I1240123456789",
    ] {
        assert!(matches!(refuses(text), Gs1Error::Value { .. }), "{text}");
    }
}

#[test]
fn a_barcode_that_says_it_is_no_gs1_is_refused() {
    for text in [
        "]C00112345678901231",
        "]A085123A",
        "]Q1hello",
        "]d1\u{1d}10AB",
    ] {
        assert!(matches!(refuses(text), Gs1Error::NotGs1 { .. }), "{text}");
    }
    assert_eq!(
        shown("]Q1https://example.org/01/12345678901231"),
        "(01)12345678901231"
    );
    assert_eq!(symbology("]C1…"), Some(("]C1", "GS1-128")));
    assert_eq!(symbology("4006381333931"), None);
}

#[test]
fn an_entry_twice_needs_the_same_value() {
    assert_eq!(shown("(400)ABC(99)DEF(400)ABC"), "(400)ABC(99)DEF");
    for text in [
        "(400)ABC(400)AB",
        "(400)ABC(99)DEF(400)XYZ",
        "(99)A(400)XYZ(400)ABC(400)XYZ",
    ] {
        assert!(matches!(refuses(text), Gs1Error::Repeated { .. }), "{text}");
    }
}

#[test]
fn nothing_is_refused_as_nothing() {
    for text in ["", "\r\n", "\u{1d}", "]C1", "]d2\u{1d}", "^"] {
        assert_eq!(refuses(text), Gs1Error::Empty, "{text:?}");
    }
}

#[test]
fn every_refusal_says_what_to_do() {
    for text in [
        "",
        "^8912",
        "^10",
        "^1712",
        "(10)AB CD",
        "(01)12345678901234",
        "(242)1234567",
        "(10",
        "]C0X",
    ] {
        let words = refuses(text).to_string();
        assert!(words.ends_with('.') && words.contains(' '), "{words}");
    }
}
