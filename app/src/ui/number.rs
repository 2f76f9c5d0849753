//! Figures as people read them in their language, the same on every screen: `1,234.5` in English,
//! `1.234,5` in Serbian and Spanish, `1 234,5` in Polish and Russian.

use crate::words::{Language, language};
use rust_decimal::Decimal;

/// What stands between thousands, and before a fraction.
fn marks(language: Language) -> (char, char) {
    match language {
        Language::En => (',', '.'),
        Language::Sr | Language::Es => ('.', ','),
        // A space at which no line breaks.
        Language::Pl | Language::Ru => ('\u{a0}', ','),
    }
}

/// `12345` → `12,345`.
pub fn count(number: i64) -> String {
    written(language(), &number.to_string())
}

/// `1775` → `1,775 ms`.
pub fn milliseconds(number: i32) -> String {
    t!("{figure} ms", figure = count(number.into()))
}

/// Without trailing zeros: `1234.500` → `1,234.5`.
pub fn quantity(number: Decimal) -> String {
    written(language(), &number.normalize().to_string())
}

/// Tenths of a percent: `987` → `98.7 %`.
pub fn per_mille(number: i64) -> String {
    let figure = format!("{}.{}", number / 10, number % 10);
    format!("{} %", written(language(), &figure))
}

/// With one digit behind the point: `98.74` → `98.7`.
pub fn tenths(number: f64) -> String {
    written(language(), &format!("{number:.1}"))
}

/// A plain number in the marks of a language.
fn written(language: Language, plain: &str) -> String {
    let (between, before) = marks(language);
    match plain.split_once('.') {
        Some((whole, rest)) => format!("{}{before}{rest}", grouped(whole, between)),
        None => grouped(plain, between),
    }
}

fn grouped(digits: &str, between: char) -> String {
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(rest) => ("−", rest),
        None => ("", digits),
    };
    let mut out = String::from(sign);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(between);
        }
        out.push(digit);
    }
    out
}

/// A whole number as it was before its thousands were set apart, so that a word beside it takes the
/// right form.
#[cfg(any(test, feature = "office"))]
pub(crate) fn ungrouped(language: Language, written: &str) -> String {
    let mut groups = written.split(marks(language).0);
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    if rest.iter().all(|group| group.len() == 3) {
        format!("{first}{}", rest.concat())
    } else {
        written.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_grouped_by_thousands() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(quantity(Decimal::new(-1_234_500, 3)), "−1,234.5");
        assert_eq!(per_mille(987), "98.7 %");
        assert_eq!(tenths(12_345.67), "12,345.7");
    }

    #[test]
    fn each_language_writes_figures_with_its_own_marks() {
        let written = |language| written(language, "-1234567.5");
        assert_eq!(written(Language::En), "−1,234,567.5");
        assert_eq!(written(Language::Sr), "−1.234.567,5");
        assert_eq!(written(Language::Es), "−1.234.567,5");
        assert_eq!(written(Language::Pl), "−1\u{a0}234\u{a0}567,5");
        assert_eq!(written(Language::Ru), "−1\u{a0}234\u{a0}567,5");
    }

    #[test]
    fn a_grouped_number_counts_as_the_number_it_is() {
        for language in Language::ALL {
            for number in ["1", "21", "1173", "1234567"] {
                assert_eq!(ungrouped(language, &written(language, number)), number);
            }
            let fraction = written(language, "1.5");
            assert_eq!(ungrouped(language, &fraction), fraction, "{language:?}");
        }
    }
}
