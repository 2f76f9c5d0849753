//! The request's language, and the catalogues as the server reads and hands them out.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE as COOKIES};
use axum::http::request::Parts;
use domain::words::{Form, Language};
use leptos::prelude::{provide_context, use_context};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::LazyLock;

/// The cookie that keeps a person's choice on a device.
pub const COOKIE: &str = "language";
/// Follows the language in the cookie until the server noted whose choice it is.
const JUST_CHOSEN: &str = ".new";

/// A device's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// What was chosen.
    pub language: Language,
    /// Whether the server has not noted it yet.
    pub is_new: bool,
}

impl Choice {
    /// What the request's cookie says.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let mut cookies = headers.get_all(COOKIES).iter();
        cookies.find_map(|value| {
            let pairs = value.to_str().ok()?.split(';');
            let mut pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
            let (_, value) = pairs.find(|(name, _)| *name == COOKIE)?;
            let word = value.strip_suffix(JUST_CHOSEN);
            let language = word.unwrap_or(value).parse().ok()?;
            let is_new = word.is_some();
            Some(Self { language, is_new })
        })
    }
}

/// The words of a language, and the script that gives them to pages of the office and the boards.
#[derive(Debug)]
pub struct Catalogue {
    entries: BTreeMap<String, Entry>,
    /// `sr.0123456789abcdef.js`: the content is in the name.
    pub file: String,
    /// Sets `crossdockWords`.
    pub script: String,
}

/// A text, or one for each form that a number needs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Entry {
    Text(String),
    Forms(BTreeMap<String, String>),
}

/// What the handheld says, and what only the other pages say.
#[derive(Debug, Default, Deserialize)]
struct Sheets {
    floor: BTreeMap<String, Entry>,
    office: BTreeMap<String, Entry>,
}

static SR: LazyLock<Catalogue> = LazyLock::new(|| read(Language::Sr, include_str!("sr.json")));
static PL: LazyLock<Catalogue> = LazyLock::new(|| read(Language::Pl, include_str!("pl.json")));
static RU: LazyLock<Catalogue> = LazyLock::new(|| read(Language::Ru, include_str!("ru.json")));
static ES: LazyLock<Catalogue> = LazyLock::new(|| read(Language::Es, include_str!("es.json")));

/// The catalogue of a language; English has none.
pub fn catalogue(language: Language) -> Option<&'static Catalogue> {
    match language {
        Language::En => None,
        Language::Sr => Some(&SR),
        Language::Pl => Some(&PL),
        Language::Ru => Some(&RU),
        Language::Es => Some(&ES),
    }
}

fn read(language: Language, json: &str) -> Catalogue {
    // A test reads each of them; without its words, a page speaks English.
    let Sheets { floor, office } = serde_json::from_str(json).unwrap_or_default();
    let entries: BTreeMap<String, Entry> = floor.into_iter().chain(office).collect();
    let words = serde_json::to_string(&entries).unwrap_or_else(|_| "{}".to_owned());
    let script = format!("globalThis.crossdockWords={words};\n");
    let mut hasher = DefaultHasher::new();
    script.hash(&mut hasher);
    let file = format!("{}.{:016x}.js", language.as_str(), hasher.finish());
    Catalogue {
        entries,
        file,
        script,
    }
}

/// Where the page of a language gets its words; English needs none.
pub fn script_path(language: Language) -> Option<String> {
    catalogue(language).map(|catalogue| format!("/words/{}", catalogue.file))
}

/// The language of the request being answered: the device's choice, else what its browser likes
/// best, else English.
pub(super) fn language() -> Language {
    if let Some(known) = use_context::<Language>() {
        return known;
    }
    let Some(parts) = use_context::<Parts>() else {
        return Language::En;
    };
    let language = of_request(&parts);
    provide_context(language);
    language
}

fn of_request(parts: &Parts) -> Language {
    let chosen = Choice::of(&parts.headers).map(|choice| choice.language);
    let liked = || {
        let wishes = parts.headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
        Language::of_wishes(wishes)
    };
    chosen.or_else(liked).unwrap_or_default()
}

pub(super) fn find(text: &str, form: Option<Form>) -> Option<&'static str> {
    let entry = catalogue(language())?.entries.get(text)?;
    match (entry, form) {
        (Entry::Text(words), None) => Some(words.as_str()),
        (Entry::Forms(forms), Some(form)) => forms.get(form.as_str()).map(String::as_str),
        _ => None,
    }
}

pub(super) fn look_up(text: &str) -> Option<String> {
    find(text, None).map(str::to_owned)
}

/// The English texts that have a translation.
pub(super) fn keys() -> impl Iterator<Item = String> {
    let entries = catalogue(language()).map(|catalogue| catalogue.entries.keys().cloned());
    entries.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn asked(headers: &[(&str, &str)]) -> Language {
        let mut request = Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        of_request(&parts)
    }

    #[test]
    fn a_choice_is_worth_more_than_the_browsers_wish() {
        let wish = ("accept-language", "pl-PL,pl;q=0.9");
        assert_eq!(asked(&[wish]), Language::Pl);
        assert_eq!(
            asked(&[wish, ("cookie", "theme=dark; language=ru")]),
            Language::Ru
        );
        let new = ("cookie", "language=es.new; theme=dark");
        assert_eq!(asked(&[wish, new]), Language::Es);
        assert_eq!(asked(&[wish, ("cookie", "language=xx")]), Language::Pl);
        assert_eq!(asked(&[]), Language::En);
    }
}
