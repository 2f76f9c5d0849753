//! What people read, in their language: sentences before translation, and what goes into them.
//!
//! A sentence is written once, in English, where it is said; the English text is the key of its
//! translations. What has no translation is said in English.

mod language;

pub use language::{Form, Language, UnknownLanguage};

use std::fmt::{self, Display};

/// Marks an English text that people read, so that a test holds every catalogue to have it. It is
/// the text itself; the screen translates it.
#[macro_export]
macro_rules! word {
    ($text:literal) => {
        $text
    };
}

/// Puts values into the gaps of a text, which are written `{name}`. A gap without a value stays.
pub fn fill(text: &str, values: &[(&str, String)]) -> String {
    let mut told = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, gap)) = rest.split_once('{') {
        told.push_str(before);
        let value = gap.split_once('}').and_then(|(name, after)| {
            let found = values.iter().find(|(known, _)| *known == name)?;
            Some((&found.1, after))
        });
        match value {
            Some((value, after)) => {
                told.push_str(value);
                rest = after;
            }
            None => {
                told.push('{');
                rest = gap;
            }
        }
    }
    told.push_str(rest);
    told
}

/// How a language says a text: with another one for numbers that are not one, and what goes into its
/// gaps; see [`english`].
pub type Say =
    fn(text: &'static str, other: Option<&'static str>, values: &[(&str, String)]) -> String;

/// A text as it is written, which is English: with `other` for numbers that are not one, for which
/// the first value counts.
pub fn english(
    text: &'static str,
    other: Option<&'static str>,
    values: &[(&str, String)],
) -> String {
    let number = values.first().map_or("", |(_, number)| number);
    let text = match other {
        Some(other) if Language::En.form(number) == Form::Other => other,
        _ => text,
    };
    fill(text, values)
}

/// Which of some templates made a text, and what went into its gaps: so that a sentence that came in
/// English, from a server or out of a record, is said in the reader's language. The template that says
/// most by itself is the right one.
pub fn recognise(text: &str, templates: impl Iterator<Item = String>) -> Option<(String, Values)> {
    let mut best = None;
    let mut most = LEAST_OWN;
    for template in templates.filter(|template| template.contains('{')) {
        if let Some((own, values)) = gaps(&template, text)
            && own > most
        {
            most = own;
            best = Some((template, values));
        }
    }
    best
}

/// What went into the gaps of a template, by their names.
pub type Values = Vec<(String, String)>;

/// A template of so few characters of its own fits anything.
const LEAST_OWN: usize = 6;

/// How much of a text is the template's own, and what went into the gaps; none when it is another text.
fn gaps(template: &str, text: &str) -> Option<(usize, Values)> {
    let (first, mut template) = template.split_once('{')?;
    let mut rest = text.strip_prefix(first)?;
    let mut own = first.len();
    let mut values = Vec::new();
    loop {
        let (name, after) = template.split_once('}')?;
        let (literal, next) = match after.split_once('{') {
            Some((literal, next)) => (literal, Some(next)),
            None => (after, None),
        };
        let (value, behind) = match next {
            None => (rest.strip_suffix(literal)?, ""),
            Some(_) => rest.split_once(literal)?,
        };
        values.push((name.to_owned(), value.to_owned()));
        own += literal.len();
        match next {
            Some(next) => (template, rest) = (next, behind),
            None => return Some((own, values)),
        }
    }
}

/// A sentence before translation: English text and what goes into its gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// English, with gaps written `{name}`.
    pub text: &'static str,
    /// What goes into them; a value that is a sentence of its own is translated too.
    pub values: Vec<(&'static str, String)>,
}

impl Message {
    /// A sentence without gaps.
    pub fn plain(text: &'static str) -> Self {
        let values = Vec::new();
        Self { text, values }
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Display) -> Self {
        self.values.push((name, value.to_string()));
        self
    }
}

impl Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&fill(self.text, &self.values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_filled_once_and_unknown_ones_stay() {
        let values = [("a", "{b}".to_owned()), ("b", "two".to_owned())];
        assert_eq!(fill("{a} and {b}", &values), "{b} and two");
        assert_eq!(fill("{c} {a", &values), "{c} {a");
        assert_eq!(fill("}{", &values), "}{");
    }

    #[test]
    fn a_number_of_one_is_said_in_its_own_text() {
        let lines = |count: usize| {
            let values = [("count", count.to_string())];
            english("{count} line", Some("{count} lines"), &values)
        };
        assert_eq!((lines(1), lines(3)), ("1 line".into(), "3 lines".into()));
    }

    fn made_by(text: &str) -> Option<(String, Values)> {
        let templates = [
            "{holder} works on this task.",
            "{name} works on this line. {more}",
            "{a} of {b}",
            "Only {left} left to pick. Confirm to take {asked}.",
            "{why} Your lead decides.",
        ];
        recognise(text, templates.into_iter().map(str::to_owned))
    }

    #[test]
    fn what_came_in_english_is_known_by_its_template() {
        let value = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let (template, values) = made_by("Only 3 left to pick. Confirm to take 5.").unwrap();
        assert_eq!(
            template,
            "Only {left} left to pick. Confirm to take {asked}."
        );
        assert_eq!(values, [value("left", "3"), value("asked", "5")]);
        let (_, values) = made_by("Ana works on this task. Your lead decides.").unwrap();
        assert_eq!(values, [value("why", "Ana works on this task.")]);
        let (_, values) = made_by("Ana works on this task.").unwrap();
        assert_eq!(values, [value("holder", "Ana")]);
    }

    #[test]
    fn what_no_template_made_stays_unknown() {
        for text in ["", "12 of 14", "Only 3 left.", "works on this task", "{"] {
            assert_eq!(made_by(text), None, "{text}");
        }
    }
}
