//! Light and dark. Kept in a cookie, so that the server's first paint already has it.

use super::icon::{Icon, icon};
use leptos::prelude::*;

const LIGHT: &str = "light";
const DARK: &str = "dark";

/// The theme a request asks for; none follows the device.
pub(crate) fn from_request() -> Option<&'static str> {
    #[cfg(feature = "ssr")]
    {
        let parts = use_context::<axum::http::request::Parts>()?;
        let cookies = parts
            .headers
            .get(axum::http::header::COOKIE)?
            .to_str()
            .ok()?;
        cookies.split(';').find_map(|cookie| match cookie.trim() {
            "theme=light" => Some(LIGHT),
            "theme=dark" => Some(DARK),
            _ => None,
        })
    }
    #[cfg(not(feature = "ssr"))]
    None
}

/// A button that switches between the two.
pub fn theme_switch() -> AnyView {
    view! {
        <button
            type="button"
            class="btn btn-sm btn-ghost btn-square"
            aria-label=t!("Switch between light and dark")
            data-testid="theme-switch"
            on:click=move |_| switch()
        >
            {icon(Icon::Moon, "size-4")}
        </button>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
fn switch() {
    let document = document();
    let Some(root) = document.document_element() else {
        return;
    };
    let dark = match root.get_attribute("data-theme") {
        Some(theme) => theme == DARK,
        None => device_is_dark(),
    };
    let (theme, word) = if dark {
        (LIGHT, "light")
    } else {
        (DARK, "dark")
    };
    let _ = root.set_attribute("data-theme", theme);
    let cookie = format!("theme={word}; path=/; max-age=31536000; samesite=lax");
    let _ = js_sys::Reflect::set(&document, &"cookie".into(), &cookie.into());
}

#[cfg(feature = "hydrate")]
fn device_is_dark() -> bool {
    window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}

#[cfg(not(feature = "hydrate"))]
fn switch() {}
