//! Check digits, check characters and company prefixes.

use super::super::table::{is_cset82, is_digits};

/// The shortest GS1 company prefix.
const SHORTEST_PREFIX: usize = 4;
/// What check characters are written with; their place is their value.
const CSET32: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Whether the last digit is the check digit of those before it (General Specifications, 7.9.1).
pub(in super::super) fn check_digit(value: &str) -> bool {
    let Some((body, check)) = value
        .len()
        .checked_sub(1)
        .and_then(|at| value.split_at_checked(at))
    else {
        return false;
    };
    is_digits(value) && check.bytes().next() == Some(crate::barcode::check_digit(body))
}

/// Whether the last two characters check those before them (General Specifications, 7.9.5): the sum
/// of the characters' places times rising primes from the right, modulo 1021, in two parts of 5 bits.
pub(in super::super) fn check_pair(value: &str) -> bool {
    let Some((body, pair)) = value
        .len()
        .checked_sub(2)
        .and_then(|at| value.split_at_checked(at))
    else {
        return false;
    };
    let sum = body
        .bytes()
        .rev()
        .zip(primes())
        .fold(0_u32, |sum, (byte, prime)| {
            (sum + place(byte) * prime) % 1021
        });
    let expected = [sum >> 5, sum & 31].map(|at| CSET32.get(at as usize).copied());
    body.bytes().all(is_cset82) && pair.bytes().map(Some).eq(expected)
}

fn place(byte: u8) -> u32 {
    let before = (0..byte).filter(|other| is_cset82(*other)).count();
    u32::try_from(before).unwrap_or(0)
}

fn primes() -> impl Iterator<Item = u32> {
    (2_u32..).filter(|number| {
        (2..*number)
            .take_while(|d| d * d <= *number)
            .all(|d| number % d != 0)
    })
}

/// Whether the value can start with a company prefix.
pub(in super::super) fn company_prefix(value: &str) -> bool {
    value.get(..SHORTEST_PREFIX).is_some_and(is_digits)
}
