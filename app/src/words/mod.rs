//! What people read, in their language. The English text is the key: `t!("Close")` is a text,
//! `t!("Pick {count}", count = left)` a sentence with gaps, `tn!("{count} line", "{count} lines",
//! count)` one that depends on its first value. The catalogues stand beside this file; a test in
//! `app/tests/words.rs` fails when one misses a key.
//!
//! On the server the language is the request's, in the browser the page's. English needs no catalogue.

#[cfg(feature = "hydrate")]
mod browser;
mod picker;
#[cfg(feature = "ssr")]
mod server;

pub use domain::words::{Language, Message, fill};
pub use picker::picker;
#[cfg(feature = "ssr")]
pub use server::{COOKIE, Catalogue, catalogue, script_path};

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
        $crate::words::say($text, None, &[$((stringify!($name), $crate::t!(@value $name $(= $value)?))),+])
    };
}

/// A text that depends on a number, which is the first value: for one, and for all others.
#[macro_export]
macro_rules! tn {
    ($one:literal, $other:literal, $($name:ident $(= $value:expr)?),+ $(,)?) => {
        $crate::words::say($one, Some($other), &[$((stringify!($name), $crate::t!(@value $name $(= $value)?))),+])
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

/// A whole English sentence that came from somewhere else, when it is known here.
pub fn tell(text: &str) -> String {
    here::look_up(text).unwrap_or_else(|| text.to_owned())
}

/// A sentence of the domain.
pub fn message(message: &Message) -> String {
    message.told(say)
}

/// What the macros say; see [`domain::words::Say`].
pub fn say(text: &'static str, other: Option<&'static str>, values: &[(&str, String)]) -> String {
    let number = values.first().map_or("", |(_, number)| number);
    let form = other.map(|_| language().form(number));
    match here::find(text, form) {
        Some(found) => fill(found, values),
        None => domain::words::english(text, other, values),
    }
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
}
