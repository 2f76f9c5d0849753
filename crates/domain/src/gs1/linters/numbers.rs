//! Numbers with limits.

use super::super::linter::Problem;
use super::super::table::is_digits;

/// A whole number of at most `most`.
pub(in super::super) fn up_to(value: &str, most: u64) -> bool {
    is_digits(value) && value.parse::<u64>().is_ok_and(|number| number <= most)
}

/// "0203" is the second piece of three: two numbers of the same width, neither zero.
pub(in super::super) fn piece_of_total(value: &str) -> Result<(), Problem> {
    let halves = value.split_at_checked(value.len() / 2);
    let Some((piece, total)) = halves.filter(|(a, b)| a.len() == b.len() && !a.is_empty()) else {
        return Err("is no piece of a total");
    };
    let zero = |number: &str| number.bytes().all(|byte| byte == b'0');
    if zero(piece) {
        Err("counts a piece zero")
    } else if zero(total) {
        Err("has a total of zero")
    } else if piece > total {
        Err("has a piece above the total")
    } else {
        Ok(())
    }
}

/// "2/3" is the second of three.
pub(in super::super) fn position_in_sequence(value: &str) -> Result<(), Problem> {
    let number = |text: &str| !text.is_empty() && is_digits(text);
    let Some((position, end)) = value
        .split_once('/')
        .filter(|(a, b)| number(a) && number(b))
    else {
        return Err("must be a position and an end, as 1/2");
    };
    if position.starts_with('0') || end.starts_with('0') {
        Err("has a position or an end that starts with zero")
    } else if (position.len(), position) > (end.len(), end) {
        Err("has a position after the end")
    } else {
        Ok(())
    }
}
