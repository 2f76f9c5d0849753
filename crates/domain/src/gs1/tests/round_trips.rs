//! Whatever is written is read again, and nothing makes the reader fall over.

use super::*;
use crate::barcode::check_digit;
use proptest::prelude::*;

const CSET82: &str = "[!\"%-?A-Z_a-z]";

fn gtin() -> impl Strategy<Value = String> {
    "[0-9]{13}".prop_map(|body| format!("{body}{}", char::from(check_digit(&body))))
}

fn date() -> impl Strategy<Value = String> {
    (0..100_u32, 1..13_u32, 0..29_u32).prop_map(|(y, m, d)| format!("{y:02}{m:02}{d:02}"))
}

fn element() -> impl Strategy<Value = (String, String)> {
    let text = |ai: &str, most: usize| {
        let ai = ai.to_owned();
        format!("{CSET82}{{1,{most}}}")
            .as_str()
            .to_owned()
            .prop_map_into(ai)
    };
    prop_oneof![
        gtin().prop_map(|gtin| ("01".to_owned(), gtin)),
        text("10", 20),
        text("21", 20),
        text("240", 30),
        text("99", 90),
        date().prop_map(|date| ("17".to_owned(), date)),
        date().prop_map(|date| ("11".to_owned(), date)),
        "[0-9]{1,8}".prop_map(|count| ("30".to_owned(), count)),
        (0..6_u8, "[0-9]{6}").prop_map(|(decimals, value)| (format!("310{decimals}"), value)),
        (0..10_u8, "[0-9]{1,15}").prop_map(|(decimals, value)| (format!("392{decimals}"), value)),
        "[A-Z0-9/#-]{0,20}".prop_map(|rest| ("8010".to_owned(), format!("1234{rest}"))),
    ]
}

/// A regular expression as a strategy under an identifier.
trait Under {
    fn prop_map_into(self, ai: String) -> BoxedStrategy<(String, String)>;
}

impl Under for String {
    fn prop_map_into(self, ai: String) -> BoxedStrategy<(String, String)> {
        let values = proptest::string::string_regex(&self).unwrap();
        values.prop_map(move |value| (ai.clone(), value)).boxed()
    }
}

fn label() -> impl Strategy<Value = ElementString> {
    proptest::collection::vec(element(), 1..8).prop_map(|found| {
        let mut elements: Vec<Element> = Vec::new();
        for (ai, value) in found {
            if !elements.iter().any(|known| known.ai == ai) {
                elements.push(Element { ai, value });
            }
        }
        ElementString { elements }
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(label in label()) {
        let raw = label.to_barcode();
        prop_assert_eq!(ElementString::read(&label.to_string()), Ok(label.clone()));
        prop_assert_eq!(ElementString::read(&format!("]C1{raw}")), Ok(label.clone()));
        prop_assert_eq!(ElementString::read(&format!("{GS}{raw}")), Ok(label.clone()));
        prop_assert_eq!(ElementString::read(&format!("{GS}{}", raw.replace(GS, "\u{241d}"))), Ok(label.clone()));
        prop_assert_eq!(ElementString::read(&format!("^{}", raw.replace(GS, "^"))), Ok(label));
    }

    #[test]
    fn no_text_makes_the_reader_fall_over(text in ".*") {
        let _ = ElementString::parse(&text);
        let _ = ElementString::parse_caret(&text);
    }

    #[test]
    fn no_near_label_makes_the_reader_fall_over(
        text in "(\\]C1|\\]E0|\\]d2|\\^|https?://a/)?([0-9]{0,6}|\\(|\\)|\\\\|/|%|=|\\?|\u{1d}|\u{241d}|š|[A-Z0-9]{0,9}){0,24}",
    ) {
        if let Ok(read) = ElementString::read(&text) {
            let _ = (read.check_associations(), read.measures().count(), read.price());
            prop_assert_eq!(ElementString::read(&read.to_string()), Ok(read));
        }
    }

    #[test]
    fn a_wrong_digit_in_a_gtin_is_noticed(gtin in gtin(), at in 0..14_usize, more in 1..10_u8) {
        let mut digits = gtin.into_bytes();
        digits[at] = b'0' + (digits[at] - b'0' + more) % 10;
        let wrong = String::from_utf8(digits).unwrap();
        let read = ElementString::read(&format!("(01){wrong}"));
        prop_assert!(read.is_err(), "{:?}", read);
    }
}
