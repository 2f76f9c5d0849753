//! What a barcode scanner types, told apart from single keys.
//!
//! A scanner in keyboard mode ("wedge") types like a very fast person. Some end with Enter or Tab,
//! some with nothing; Android injects the text as an input method instead of keys; some report Alt
//! on every key. Time is only a hint: a code with a suffix is taken however slowly it came.
//!
//! GS1's separator (GS, ASCII 29) comes as itself, as its symbol, as Ctrl and a closing bracket, as
//! F8, or as Alt with 029 or 0029 on the number keys.

/// Fewer characters than this are single keys, not a burst.
const BURST: usize = 4;
/// What Alt and digits make of the separator.
const ALT_CODES: [&str; 2] = ["029", "0029"];
/// Longest gap inside a burst, ms.
pub(crate) const BURST_GAP_MS: u64 = 60;
/// Silence that ends a burst of a scanner without suffix, ms.
const SILENCE_MS: u64 = 80;
/// The same once this scanner has shown that it sends a suffix: then silence is only a hiccup, ms.
const SILENCE_WITH_SUFFIX_MS: u64 = 400;
/// Characters older than this do not belong to what comes now, ms.
const STALE_MS: u64 = 2_000;
/// GS1's separator.
const GROUP_SEPARATOR: char = '\u{1d}';

/// Whether a key is, or begins, one of the ways to send GS1's separator.
pub(crate) fn is_separator_key(key: &str, command: bool) -> bool {
    match key {
        "F8" | "Alt" => true,
        "]" => command,
        text => text.contains([GROUP_SEPARATOR, '\u{241d}']),
    }
}

/// What the listener should do with what it heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// Not for the scanner: let it have its usual effect.
    Nothing,
    /// Part of a code: keep it from having another effect.
    Kept,
    /// A code is complete.
    Code(String),
}

/// Collects characters until they are a code. Instants are milliseconds of any steady clock.
#[derive(Debug, Clone, Default)]
pub struct Wedge {
    text: String,
    provisional: String,
    /// Digits since Alt went down; they may become the separator.
    alt: Option<String>,
    run: usize,
    heard_at: u64,
    suffix_seen: bool,
}

impl Wedge {
    /// A key went down. `key` is the browser's name of it; `command` says that Ctrl or Meta is held.
    pub fn key(&mut self, key: &str, command: bool, at: u64) -> Heard {
        let mut letters = key.chars();
        match (key, letters.next(), letters.next()) {
            ("Alt", ..) => {
                // A device that presses Alt before each key means those keys.
                self.keep_alt(at);
                self.alt = Some(String::new());
                Heard::Nothing
            }
            ("Enter" | "Tab", ..) => {
                self.keep_alt(at);
                self.end(at)
            }
            ("]", ..) if command => self.keep(GROUP_SEPARATOR, at),
            // Not at the start, where F8 is only a key.
            ("F8", ..) if !self.text.is_empty() => self.keep(GROUP_SEPARATOR, at),
            (" ", ..) if self.text.is_empty() => Heard::Nothing,
            (_, Some(digit), None) if self.joins_alt(digit) => self.alt_digit(digit, at),
            (_, Some(letter), None) if !command => {
                self.keep_alt(at);
                self.keep(letter, at)
            }
            _ => Heard::Nothing,
        }
    }

    /// Whether a key goes on what was begun with Alt.
    fn joins_alt(&self, digit: char) -> bool {
        let begun = self.alt.as_deref().map(|begun| format!("{begun}{digit}"));
        begun.is_some_and(|begun| ALT_CODES.iter().any(|code| code.starts_with(&begun)))
    }

    fn alt_digit(&mut self, digit: char, at: u64) -> Heard {
        let mut digits = self.alt.take().unwrap_or_default();
        digits.push(digit);
        if ALT_CODES.contains(&digits.as_str()) {
            return self.keep(GROUP_SEPARATOR, at);
        }
        self.alt = Some(digits);
        self.heard_at = at;
        Heard::Kept
    }

    /// What was begun with Alt was no separator: its digits are digits.
    fn keep_alt(&mut self, at: u64) {
        for digit in self.alt.take().unwrap_or_default().chars() {
            self.keep(digit, at);
        }
    }

    /// Text arrived at once, as input methods insert it. A line end or tab inside ends the code.
    pub fn insert(&mut self, text: &str, at: u64) -> Heard {
        self.provisional.clear();
        let mut heard = Heard::Nothing;
        let burst = text.chars().count() >= BURST;
        for letter in text.chars() {
            if matches!(letter, '\n' | '\r' | '\t') {
                if let code @ Heard::Code(_) = self.end(at) {
                    return code;
                }
            } else {
                heard = self.keep(letter, at);
            }
        }
        if burst {
            self.run = self.run.max(BURST);
        }
        heard
    }

    /// An input method shows what it may insert later; replaces what it showed before.
    pub fn compose(&mut self, text: &str, at: u64) {
        text.clone_into(&mut self.provisional);
        self.heard_at = at;
    }

    /// Nothing was heard for a while: a burst without suffix is complete now.
    pub fn silence(&mut self, at: u64) -> Option<String> {
        let quiet = at.saturating_sub(self.heard_at);
        if quiet < self.wait_ms() {
            return None;
        }
        self.keep_alt(self.heard_at);
        if !self.provisional.is_empty() && quiet >= SILENCE_WITH_SUFFIX_MS {
            let provisional = std::mem::take(&mut self.provisional);
            self.insert(&provisional, at);
        }
        (self.run >= BURST).then(|| self.take()).flatten()
    }

    /// How long to wait after the last character before asking [`Self::silence`], ms. Behind a separator another
    /// element comes, so there silence is a hiccup, too.
    pub fn wait_ms(&self) -> u64 {
        let more = !self.provisional.is_empty() || self.text.ends_with(GROUP_SEPARATOR);
        if self.suffix_seen || more {
            SILENCE_WITH_SUFFIX_MS
        } else {
            SILENCE_MS
        }
    }

    fn keep(&mut self, letter: char, at: u64) -> Heard {
        let gap = at.saturating_sub(self.heard_at);
        if gap > STALE_MS {
            self.text.clear();
        }
        // Some send the separator as a key and as a character.
        if letter == GROUP_SEPARATOR && self.text.ends_with(GROUP_SEPARATOR) {
            return Heard::Kept;
        }
        self.run = if gap <= BURST_GAP_MS && !self.text.is_empty() {
            self.run + 1
        } else {
            1
        };
        self.text.push(letter);
        self.heard_at = at;
        Heard::Kept
    }

    fn end(&mut self, at: u64) -> Heard {
        if at.saturating_sub(self.heard_at) > STALE_MS {
            self.text.clear();
        }
        let burst = self.run >= BURST;
        match self.take() {
            Some(code) => {
                self.suffix_seen |= burst;
                Heard::Code(code)
            }
            None => Heard::Nothing,
        }
    }

    fn take(&mut self) -> Option<String> {
        self.run = 0;
        let text = std::mem::take(&mut self.text);
        let code = text.trim();
        (!code.is_empty()).then(|| code.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "4006381333931";

    fn type_in(wedge: &mut Wedge, text: &str, gap: u64, from: u64) -> u64 {
        let mut at = from;
        for letter in text.chars() {
            at += gap;
            assert_eq!(wedge.key(&letter.to_string(), false, at), Heard::Kept);
        }
        at
    }

    fn code(text: &str) -> Heard {
        Heard::Code(text.to_owned())
    }

    #[test]
    fn enter_and_tab_end_a_code() {
        for suffix in ["Enter", "Tab"] {
            let mut wedge = Wedge::default();
            let at = type_in(&mut wedge, CODE, 8, 1_000);
            assert_eq!(wedge.key(suffix, false, at + 8), code(CODE));
            assert_eq!(wedge.key(suffix, false, at + 16), Heard::Nothing);
        }
    }

    #[test]
    fn a_hiccup_behind_a_separator_ends_no_code() {
        let mut wedge = Wedge::default();
        let at = type_in(&mut wedge, "]d210L-7\u{1d}", 8, 1_000);
        assert_eq!(wedge.silence(at + SILENCE_MS), None);
        let at = type_in(&mut wedge, "21S-1", 8, at + 150);
        let whole = "]d210L-7\u{1d}21S-1";
        assert_eq!(wedge.silence(at + SILENCE_MS), Some(whole.to_owned()));
    }

    #[test]
    fn a_burst_without_suffix_ends_with_silence() {
        let mut wedge = Wedge::default();
        let at = type_in(&mut wedge, CODE, 8, 1_000);
        assert_eq!(wedge.silence(at + 40), None);
        assert_eq!(wedge.silence(at + 80), Some(CODE.to_owned()));
        assert_eq!(wedge.silence(at + 160), None);
    }

    #[test]
    fn a_slow_person_is_no_scanner_until_enter() {
        let mut wedge = Wedge::default();
        let at = type_in(&mut wedge, "85123A", 300, 1_000);
        assert_eq!(wedge.silence(at + 500), None);
        assert_eq!(wedge.key("Enter", false, at + 900), code("85123A"));
    }

    #[test]
    fn a_scanner_that_sends_a_suffix_is_given_time_to_send_it() {
        let mut wedge = Wedge::default();
        let at = type_in(&mut wedge, CODE, 8, 1_000);
        assert_eq!(wedge.key("Enter", false, at + 8), code(CODE));
        let at = type_in(&mut wedge, "400638", 8, 5_000);
        assert_eq!(wedge.silence(at + 120), None, "a hiccup in mid-code");
        let at = type_in(&mut wedge, "1333931", 8, at + 150);
        assert_eq!(wedge.key("Enter", false, at + 8), code(CODE));
    }

    #[test]
    fn modifier_keys_and_unknown_keys_are_noise() {
        let mut wedge = Wedge::default();
        let at = type_in(&mut wedge, "4006", 8, 1_000);
        for noise in ["Alt", "Shift", "Unidentified", "Process", "NumLock", "F5"] {
            assert_eq!(wedge.key(noise, false, at + 1), Heard::Nothing);
        }
        assert_eq!(
            wedge.key("c", true, at + 2),
            Heard::Nothing,
            "copying is no scan"
        );
        type_in(&mut wedge, "381333931", 8, at + 2);
        assert_eq!(wedge.key("Enter", false, at + 90), code(CODE));
    }

    #[test]
    fn an_input_method_may_insert_everything_at_once() {
        let mut wedge = Wedge::default();
        assert_eq!(wedge.insert(CODE, 1_000), Heard::Kept);
        assert_eq!(wedge.silence(1_100), Some(CODE.to_owned()));
        assert_eq!(wedge.insert("85123A\n", 3_000), code("85123A"));
        assert_eq!(wedge.insert("\n", 3_010), Heard::Nothing);
    }

    #[test]
    fn an_input_method_that_never_commits_is_heard_in_the_end() {
        let mut wedge = Wedge::default();
        wedge.compose("400638", 1_000);
        wedge.compose(CODE, 1_030);
        assert_eq!(wedge.silence(1_200), None);
        assert_eq!(wedge.silence(1_500), Some(CODE.to_owned()));
    }

    #[test]
    fn what_was_typed_long_ago_does_not_spoil_a_scan() {
        let mut wedge = Wedge::default();
        wedge.key("x", false, 1_000);
        let at = type_in(&mut wedge, CODE, 8, 9_000);
        assert_eq!(wedge.key("Enter", false, at + 8), code(CODE));
    }

    #[test]
    fn the_group_separator_survives() {
        let mut wedge = Wedge::default();
        let at = type_in(&mut wedge, "10AB", 8, 1_000);
        assert_eq!(wedge.key("]", true, at + 8), Heard::Kept);
        let at = type_in(&mut wedge, "37", 8, at + 8);
        assert_eq!(wedge.key("Enter", false, at), code("10AB\u{1d}37"));
    }

    #[test]
    fn the_group_separator_may_come_as_another_key() {
        let after = |keys: &[&str]| {
            let mut wedge = Wedge::default();
            let mut at = type_in(&mut wedge, "10AB", 8, 1_000);
            for key in keys {
                at += 4;
                wedge.key(key, false, at);
            }
            at = type_in(&mut wedge, "37", 8, at);
            wedge.key("Enter", false, at)
        };
        let separated = code("10AB\u{1d}37");
        assert_eq!(after(&["\u{1d}"]), separated);
        assert_eq!(after(&["F8"]), separated);
        assert_eq!(after(&["Alt", "0", "2", "9"]), separated);
        assert_eq!(after(&["Alt", "0", "0", "2", "9"]), separated);
        assert_eq!(after(&["Alt", "0", "2", "9", "\u{1d}"]), separated);
    }

    #[test]
    fn digits_after_alt_that_are_no_separator_stay_digits() {
        let mut wedge = Wedge::default();
        for (step, key) in ["Alt", "0", "Alt", "2", "Alt", "9", "Alt", "0", "2", "8"]
            .iter()
            .enumerate()
        {
            wedge.key(key, false, 1_000 + 8 * step as u64);
        }
        assert_eq!(wedge.key("Enter", false, 1_090), code("029028"));
        let mut wedge = Wedge::default();
        let at = type_in(&mut wedge, "4006", 8, 1_000);
        wedge.key("Alt", false, at);
        wedge.key("0", false, at + 4);
        assert_eq!(wedge.silence(at + 200), Some("40060".to_owned()));
    }

    #[test]
    fn an_input_method_inserts_the_separator_as_itself_or_as_its_symbol() {
        for separator in ["\u{1d}", "\u{241d}"] {
            let mut wedge = Wedge::default();
            let text = format!("]C110AB{separator}37");
            assert_eq!(wedge.insert(&format!("{text}\n"), 1_000), code(&text));
        }
    }

    #[test]
    fn f8_alone_is_no_scan() {
        assert_eq!(Wedge::default().key("F8", false, 1), Heard::Nothing);
    }

    #[test]
    fn a_space_alone_presses_buttons() {
        assert_eq!(Wedge::default().key(" ", false, 1), Heard::Nothing);
    }
}
