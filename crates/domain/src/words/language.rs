//! Languages people read, and the forms their words take beside numbers.

use std::str::FromStr;

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
}
