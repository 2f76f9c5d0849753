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

/// The cookie that keeps a person's choice on a device, as `sr`, or as `sr.new17` with a mark of its own.
pub const COOKIE: &str = "language";
/// The cookie that says which marked choice the server noted last. A cookie of its own, so that an
/// answer that was on its way never takes a later choice back.
pub const NOTED: &str = "language_noted";
/// How the mark begins of what was chosen where somebody signs in.
const NEXT: &str = "next";

/// A device's choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What was chosen.
    pub language: Language,
    /// Whether the server has not noted it yet.
    pub is_new: bool,
    /// Whether it was made where somebody signs in: it is theirs, and not of whoever is signed in still.
    pub is_for_next: bool,
    /// As the cookie has it.
    pub text: String,
}

impl Choice {
    /// What the request's cookies say.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let text = cookie(headers, COOKIE)?;
        let (word, mark) = text.split_once('.').unwrap_or((text, ""));
        let marked = !mark.is_empty() && mark.bytes().all(|byte| byte.is_ascii_alphanumeric());
        Some(Self {
            language: word.parse().ok()?,
            is_new: marked && cookie(headers, NOTED) != Some(text),
            is_for_next: mark.starts_with(NEXT),
            text: text.to_owned(),
        })
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut cookies = headers.get_all(COOKIES).iter();
    cookies.find_map(|value| {
        let pairs = value.to_str().ok()?.split(';');
        let mut pairs = pairs.filter_map(|pair| pair.trim().split_once('='));
        pairs.find_map(|(known, value)| (known == name).then_some(value))
    })
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

    #[test]
    fn a_choice_is_new_until_it_is_noted_itself() {
        let of = |cookies: &str| {
            let request = Request::builder().header("cookie", cookies).body(());
            let choice = Choice::of(request.unwrap().headers());
            choice.map(|choice| (choice.language, choice.is_new, choice.is_for_next))
        };
        assert_eq!(of("language=sr"), Some((Language::Sr, false, false)));
        assert_eq!(of("language=sr.new1"), Some((Language::Sr, true, false)));
        assert_eq!(of("language=sr.next1"), Some((Language::Sr, true, true)));
        let noted = of("language_noted=sr.new1; language=sr.new1");
        assert_eq!(noted, Some((Language::Sr, false, false)));
        let later = of("language=pl.new2; language_noted=sr.new1");
        assert_eq!(later, Some((Language::Pl, true, false)));
        assert_eq!(of("language=xx.new1"), None);
    }
}
