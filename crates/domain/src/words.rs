//! Languages people read: their plural forms, and sentences before translation.
//!
//! A sentence is written once, in English, where it is said; the English text is the key of its
//! translations. What has no translation is said in English.

use std::fmt::{self, Display};
use std::str::FromStr;

/// Marks an English text that people read, so that a test holds every catalogue to have it. It is
/// the text itself; the screen translates it.
#[macro_export]
macro_rules! word {
    ($text:literal) => {
        $text
    };
}

/// A language of the screens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Language {
    /// English, the language of the keys.
    #[default]
    En,
    /// Serbian, in Latin letters.
    Sr,
    /// Polish.
    Pl,
    /// Russian.
    Ru,
    /// Spanish.
    Es,
}

/// Which form a word takes beside a number, as CLDR names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 1; in Serbian and Russian 21, 31, … too.
    One,
    /// 2 to 4 and what ends like them.
    Few,
    /// The other whole numbers, where these differ from fractions.
    Many,
    /// Everything else.
    Other,
}

/// A word that names no language here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown language '{0}'")]
pub struct UnknownLanguage(pub String);

impl Language {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 5] = [Self::En, Self::Sr, Self::Pl, Self::Ru, Self::Es];

    /// The stable word, in cookies and names of files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Sr => "sr",
            Self::Pl => "pl",
            Self::Ru => "ru",
            Self::Es => "es",
        }
    }

    /// What the page says in its `lang`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Sr => "sr-Latn",
            other => other.as_str(),
        }
    }

    /// Its name, in itself.
    pub fn name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::Sr => "Srpski",
            Self::Pl => "Polski",
            Self::Ru => "Русский",
            Self::Es => "Español",
        }
    }

    /// The language of a tag such as `sr-Latn` or `pl_PL`.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let first = tag.trim().split(['-', '_']).next()?;
        let known = |language: &Self| language.as_str().eq_ignore_ascii_case(first);
        Self::ALL.into_iter().find(known)
    }

    /// The one a browser likes best, out of its `Accept-Language`; none when it likes none of them.
    pub fn of_wishes(accepted: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for wish in accepted.split(',') {
            let mut parts = wish.split(';');
            let Some(language) = parts.next().and_then(Self::of_tag) else {
                continue;
            };
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")?.parse().ok());
            let weight: f32 = weight.unwrap_or(1.0);
            // The first of equals; a weight of nothing is a refusal.
            if weight > best.map_or(0.0, |(_, weight)| weight) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }

    /// The forms that a counted text needs in it.
    pub fn forms(self) -> &'static [Form] {
        match self {
            Self::En | Self::Es => &[Form::One, Form::Other],
            Self::Sr => &[Form::One, Form::Few, Form::Other],
            Self::Pl | Self::Ru => &[Form::One, Form::Few, Form::Many, Form::Other],
        }
    }

    /// The form beside a number as it is written; a fraction is no whole number of anything.
    pub fn form(self, number: &str) -> Form {
        let Ok(number) = number.parse::<u64>() else {
            return Form::Other;
        };
        let (ten, hundred) = (number % 10, number % 100);
        let teen = (11..=14).contains(&hundred);
        match self {
            Self::En | Self::Es => match number {
                1 => Form::One,
                _ => Form::Other,
            },
            Self::Sr | Self::Ru if ten == 1 && !teen => Form::One,
            Self::Pl if number == 1 => Form::One,
            Self::Sr | Self::Pl | Self::Ru if (2..=4).contains(&ten) && !teen => Form::Few,
            Self::Sr => Form::Other,
            Self::Pl | Self::Ru => Form::Many,
        }
    }
}

impl FromStr for Language {
    type Err = UnknownLanguage;
    fn from_str(text: &str) -> Result<Self, UnknownLanguage> {
        let found = Self::ALL.into_iter().find(|known| known.as_str() == text);
        found.ok_or_else(|| UnknownLanguage(text.to_owned()))
    }
}

impl Form {
    /// Its name in a catalogue.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::One => "one",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }
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

    fn forms(language: Language, numbers: &[&str]) -> Vec<&'static str> {
        let form = |number: &&str| language.form(number).as_str();
        numbers.iter().map(form).collect()
    }

    #[test]
    fn numbers_take_the_forms_of_their_language() {
        let numbers = ["0", "1", "2", "5", "11", "12", "21", "22", "111", "1.5"];
        let expected: [(Language, [&str; 10]); 5] = [
            (
                Language::En,
                [
                    "other", "one", "other", "other", "other", "other", "other", "other", "other",
                    "other",
                ],
            ),
            (
                Language::Es,
                [
                    "other", "one", "other", "other", "other", "other", "other", "other", "other",
                    "other",
                ],
            ),
            (
                Language::Sr,
                [
                    "other", "one", "few", "other", "other", "other", "one", "few", "other",
                    "other",
                ],
            ),
            (
                Language::Pl,
                [
                    "many", "one", "few", "many", "many", "many", "many", "few", "many", "other",
                ],
            ),
            (
                Language::Ru,
                [
                    "many", "one", "few", "many", "many", "many", "one", "few", "many", "other",
                ],
            ),
        ];
        for (language, expected) in expected {
            assert_eq!(forms(language, &numbers), expected, "{language:?}");
        }
    }

    #[test]
    fn every_form_that_a_number_takes_is_one_of_its_language() {
        for language in Language::ALL {
            for number in 0..250 {
                let form = language.form(&number.to_string());
                assert!(language.forms().contains(&form), "{language:?} {number}");
            }
        }
    }

    #[test]
    fn a_browser_gets_the_language_it_likes_best_of_ours() {
        let of = Language::of_wishes;
        assert_eq!(of("pl-PL,pl;q=0.9,en;q=0.8"), Some(Language::Pl));
        assert_eq!(of("de, en;q=0.3, ru;q=0.7"), Some(Language::Ru));
        assert_eq!(of("sr-Cyrl-RS"), Some(Language::Sr));
        assert_eq!(of("es;q=0, fr"), None);
        assert_eq!(of(""), None);
        assert_eq!(of("es;q=much, *"), Some(Language::Es));
    }

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
