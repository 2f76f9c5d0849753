//! What people read, in their language. The English text is the key: `t!("Close")` is a text,
//! `t!("Pick {count}", count = left)` a sentence with gaps, `tn!("{count} line", "{count} lines",
//! count)` one that depends on its first value. The catalogues stand beside this file; a test
//! in `words/tests.rs` fails when one misses a key.
//!
//! On the server the language is the request's, in the browser the page's. English needs no catalogue.

#[cfg(feature = "hydrate")]
mod browser;
mod parts;
mod picker;
mod recorded;
#[cfg(feature = "ssr")]
mod server;
#[cfg(test)]
mod tests;

use domain::words::recognise;
pub use domain::words::{Language, Message, fill};
pub use parts::part_name;
pub use picker::{picker, picker_of_next};
pub use recorded::RECORDED;
#[cfg(feature = "ssr")]
pub use server::{COOKIE, Catalogue, Choice, NOTED, catalogue, script_path};

#[cfg(feature = "hydrate")]
use browser as here;
#[cfg(all(feature = "ssr", not(feature = "hydrate")))]
use server as here;

/// A text in the reader's language: `t!("Close")`, `t!("Pick {count}", count = left)`; `count` alone
/// stands for `count = count`.
#[macro_export]
macro_rules! t {
    (@value $name:ident) => { ::std::string::ToString::to_string(&$name) };
    (@value $name:ident = $value:expr) => { ::std::string::ToString::to_string(&$value) };
    ($text:literal $(,)?) => { $crate::words::tr($text) };
    ($text:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::words::say($text, ::core::option::Option::None, &[$((stringify!($name), $crate::t!(@value $name $(= $value)?))),+])
    };
}

/// A text that depends on a number, which is the first value: for one, and for all others.
#[macro_export]
macro_rules! tn {
    ($one:literal, $other:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::words::say($one, ::core::option::Option::Some($other), &[$((stringify!($name), $crate::t!(@value $name $(= $value)?))),+])
    };
}

/// The reader's language.
pub fn language() -> Language {
    here::language()
}

/// A text that is marked elsewhere, by `domain::word!`.
pub fn tr(text: &'static str) -> &'static str {
    here::find(text, None).unwrap_or(text)
}

/// A whole English sentence that came from somewhere else, such as the server: said in the reader's
/// language when it is a text or was made by a template of the catalogue.
pub fn tell(text: &str) -> String {
    if let Some(found) = here::look_up(text) {
        return found;
    }
    let Some((template, values)) = recognise(text, here::keys()) else {
        return text.to_owned();
    };
    let values: Vec<(&str, String)> = values
        .iter()
        .map(|(name, value)| (name.as_str(), told(value)))
        .collect();
    here::look_up(&template).map_or_else(|| text.to_owned(), |found| fill(&found, &values))
}

/// What goes into a gap: words and sentences of their own are translated too.
fn told(value: &str) -> String {
    match here::look_up(value) {
        Some(found) => found,
        None if value.contains(' ') => tell(value),
        None => value.to_owned(),
    }
}

/// A sentence of the domain.
pub fn message(message: &Message) -> String {
    let values = message.values.iter();
    let values: Vec<(&str, String)> = values.map(|(name, value)| (*name, told(value))).collect();
    say(message.text, None, &values)
}

/// What the macros say: a text, or `other` for numbers that are not one, for which the first value
/// counts.
pub fn say(text: &'static str, other: Option<&'static str>, values: &[(&str, String)]) -> String {
    let number = values.first().map_or("", |(_, number)| number);
    let form = other.map(|_| form(number));
    match here::find(text, form) {
        Some(found) => fill(found, values),
        None => domain::words::english(text, other, values),
    }
}

/// The form beside a number, as it is written on a screen.
#[cfg(feature = "office")]
fn form(number: &str) -> domain::words::Form {
    let language = language();
    language.form(&crate::ui::number::ungrouped(language, number))
}

/// The handheld sets no thousands apart.
#[cfg(not(feature = "office"))]
fn form(number: &str) -> domain::words::Form {
    language().form(number)
}

/// Neither browser nor server: tests of single parts.
#[cfg(not(any(feature = "hydrate", feature = "ssr")))]
mod here {
    use super::Language;
    use domain::words::Form;

    pub fn language() -> Language {
        Language::En
    }

    pub fn find(_: &str, _: Option<Form>) -> Option<&'static str> {
        None
    }

    pub fn look_up(_: &str) -> Option<String> {
        None
    }

    pub fn keys() -> impl Iterator<Item = String> {
        std::iter::empty()
    }
}
