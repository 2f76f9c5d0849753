//! Choosing the language; kept on the device in a cookie, so that the server's first paint has it.
//! Who is signed in, or signs in next, takes the choice along to other devices.

use super::{Language, language};
use crate::t;
use leptos::prelude::*;

/// A list of the languages, each in its own words; `class` is its look. What is chosen is of whoever is
/// signed in, else of who signs in next.
pub fn picker(class: &'static str) -> AnyView {
    list(class, "new")
}

/// The same for where somebody signs in: what is chosen is theirs, also while the session of somebody
/// else is still open on the device.
pub fn picker_of_next(class: &'static str) -> AnyView {
    list(class, "next")
}

fn list(class: &'static str, whose: &'static str) -> AnyView {
    let now = language();
    let choices: Vec<AnyView> = Language::ALL
        .into_iter()
        .map(|language| {
            view! {
                <option value=language.as_str() lang=language.tag() selected=language == now>
                    {language.name()}
                </option>
            }
            .into_any()
        })
        .collect();
    view! {
        <select
            class=class
            aria-label=t!("Language")
            autocomplete="off"
            data-testid="language"
            on:change=move |event| choose(&event_target_value(&event), whose)
        >
            {choices}
        </select>
    }
    .into_any()
}

/// Keeps the choice under a mark that no earlier one has, and loads the page again, in that language.
#[cfg(feature = "hydrate")]
fn choose(word: &str, whose: &str) {
    let mark = crate::live::device_now().timestamp_millis();
    let cookie = format!("language={word}.{whose}{mark}; path=/; max-age=31536000; samesite=lax");
    let _ = js_sys::Reflect::set(&document(), &"cookie".into(), &cookie.into());
    let _ = window().location().reload();
}

#[cfg(not(feature = "hydrate"))]
fn choose(_: &str, _: &str) {}
