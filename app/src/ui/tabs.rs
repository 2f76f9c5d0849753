//! A few views of one thing, chosen by the URL.

use super::url_state::UrlState;
use crate::words::tr;
use leptos::prelude::*;

/// Tabs that set `key` in the URL; the first choice has an empty value.
pub fn tabs(
    url: UrlState,
    key: &'static str,
    label: &'static str,
    choices: Vec<(&'static str, &'static str)>,
) -> AnyView {
    let current = url.value(key);
    let buttons = choices
        .into_iter()
        .map(|(value, text)| {
            view! {
                <button
                    type="button"
                    role="tab"
                    class="segment"
                    aria-selected=move || if current.get() == value { "true" } else { "false" }
                    data-testid=format!("tab-{}", if value.is_empty() { "all" } else { value })
                    on:click=move |_| url.set(key, value)
                >
                    {tr(text)}
                </button>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! {
        <div class="inline-flex w-fit gap-0.5 rounded-md border border-base-300 bg-base-100 p-0.5" role="tablist" aria-label=label>{buttons}</div> }
        .into_any()
}
