//! Stable pseudo-random choices: the same text always lands on the same number.

/// FNV-1a of the text, so that generated attributes survive a restart and a change of order.
pub(crate) fn spread(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// A number below `sides`, chosen by the text. Zero sides give zero.
pub(crate) fn roll(text: &str, sides: u64) -> u64 {
    // The low bits of FNV-1a follow the last byte too closely to be used alone.
    let hash = spread(text);
    (hash ^ (hash >> 29)).checked_rem(sides).unwrap_or(0)
}

/// One of the choices, chosen by the text.
pub(crate) fn pick<'a, T>(text: &str, choices: &'a [T]) -> Option<&'a T> {
    choices.get(usize::try_from(roll(text, choices.len() as u64)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_stable_and_use_the_whole_range() {
        let mut seen = [0_u32; 10];
        for number in 0..1000 {
            seen[roll(&format!("{number:05}"), 10) as usize] += 1;
        }
        assert!(
            seen.iter().all(|count| (60..140).contains(count)),
            "{seen:?}"
        );
        assert_eq!(roll("85123A", 97), roll("85123A", 97));
    }
}
