//! The reference as a bill's header holds it.

use super::config::Marker;
use sha2::{Digest, Sha256};

/// Longest text of a header.
pub(super) const TEXT: usize = 40;
/// Ends the reference of a bill that was made, not changed, by it.
const MADE: char = '+';
/// Ends the reference of a bill that was there before.
const CHANGED: char = '~';

/// The reference as a header's text holds it.
pub(super) struct Mark(String);

impl Mark {
    /// Of a reference. A long one is cut and told apart by a digest.
    pub fn of(reference: &str) -> Self {
        if reference.chars().count() < TEXT {
            return Self(reference.to_owned());
        }
        let digest = Sha256::digest(reference.as_bytes());
        let digest: String = digest
            .iter()
            .take(6)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let head: String = reference.chars().take(TEXT - 2 - digest.len()).collect();
        Self(format!("{head}#{digest}"))
    }

    /// As written into a bill that is made.
    pub fn made(&self) -> String {
        format!("{}{MADE}", self.0)
    }

    /// As written into a bill that is changed. A change of one that this reference made leaves it
    /// made by it.
    pub fn changed(&self, before: &str) -> String {
        match self.found(before) {
            Some(true) => self.made(),
            _ => format!("{}{CHANGED}", self.0),
        }
    }

    /// Whether a text is this mark, and if so whether the bill was made by it.
    pub fn found(&self, text: &str) -> Option<bool> {
        match text.trim().strip_prefix(self.0.as_str())? {
            "+" => Some(true),
            "~" => Some(false),
            _ => None,
        }
    }
}

/// The two texts of a header: where the mark stands, and the other one.
pub(super) fn texts<'a>(
    marker: Marker,
    header: &'a str,
    alternative: &'a str,
) -> (&'a str, &'a str) {
    match marker {
        Marker::HeaderText => (header, alternative),
        Marker::AlternativeText => (alternative, header),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_fits_its_field_and_tells_made_from_changed() {
        let long = "0198c0de-0000-7000-8000-000000000001:1";
        for reference in ["saga-7", long, &"x".repeat(64), &"č".repeat(64)] {
            let mark = Mark::of(reference);
            assert!(mark.made().chars().count() <= TEXT, "{}", mark.made());
            assert_eq!(mark.found(&mark.made()), Some(true));
            assert_eq!(mark.found(&mark.changed("old text")), Some(false));
            assert_eq!(mark.found(&mark.changed(&mark.made())), Some(true));
            assert_eq!(mark.found("some text"), None);
        }
        assert!(Mark::of(long).made().starts_with(long));
        let one = Mark::of(&format!("{}1", "x".repeat(60)));
        assert_eq!(
            one.found(&Mark::of(&format!("{}2", "x".repeat(60))).made()),
            None
        );
        assert_eq!(Mark::of("saga-1").found("saga-10+"), None);
    }
}
