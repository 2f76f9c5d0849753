//! In-store EAN-13 codes: prefix 2, which GS1 leaves to the shop, and a valid check digit.

/// The in-store code of the item at this place of the list.
pub(crate) fn in_store(index: usize) -> String {
    let body = format!("20{:010}", index + 1);
    let check = check_digit(&body);
    format!("{body}{check}")
}

/// Check digit of the twelve digits of an EAN-13.
fn check_digit(body: &str) -> u32 {
    let sum: u32 = body
        .chars()
        .zip([1, 3].into_iter().cycle())
        .filter_map(|(digit, weight)| Some(digit.to_digit(10)? * weight))
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_the_one_gs1_prints() {
        assert_eq!(check_digit("400638133393"), 1);
        assert_eq!(check_digit("590123412345"), 7);
    }

    #[test]
    fn an_in_store_code_has_thirteen_digits_and_prefix_two() {
        assert_eq!(in_store(0), "2000000000015");
        assert_eq!(in_store(199_999).len(), 13);
    }
}
