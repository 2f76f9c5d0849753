//! Inputs above a table. What they hold lives in the URL, so a list can be sent to a colleague.

use super::field::choices;
use super::icon::{Icon, icon};
use super::url_state::UrlState;
use leptos::prelude::*;

const LABEL: &str = "flex flex-col gap-1 text-xs font-medium text-muted";

/// A search box; Enter or leaving it searches.
pub fn search(url: UrlState, placeholder: &'static str) -> AnyView {
    let value = url.value("q");
    view! {
        <label class="input input-sm h-9 w-72 gap-2">
            {icon(Icon::Search, "size-4 text-muted")}
            <input
                type="search"
                placeholder=placeholder
                aria-label=placeholder
                data-testid="filter-q"
                prop:value=move || value.get()
                on:change=move |event| url.set("q", &event_target_value(&event))
            />
        </label>
    }
    .into_any()
}

/// One of a few; the first choice has an empty value and does not narrow.
pub fn select(
    url: UrlState,
    key: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
) -> AnyView {
    let value = url.value(key);
    view! {
        <label class=LABEL>
            <span>{label}</span>
            <select
                class="select select-sm h-9 w-40 text-base-content"
                data-testid=format!("filter-{key}")
                prop:value=move || value.get()
                on:change=move |event| url.set(key, &event_target_value(&event))
            >
                {choices(options, value.get_untracked())}
            </select>
        </label>
    }
    .into_any()
}

/// A text or a date.
pub fn input(url: UrlState, key: &'static str, label: &'static str, kind: &'static str) -> AnyView {
    let value = url.value(key);
    view! {
        <label class=LABEL>
            <span>{label}</span>
            <input
                class="input input-sm h-9 w-36 text-base-content"
                type=kind
                data-testid=format!("filter-{key}")
                prop:value=move || value.get()
                on:change=move |event| url.set(key, &event_target_value(&event))
            />
        </label>
    }
    .into_any()
}

/// On or off; off does not narrow.
pub fn check(url: UrlState, key: &'static str, label: &'static str) -> AnyView {
    let value = url.value(key);
    view! {
        <label class="flex h-9 cursor-pointer items-center gap-2 text-sm">
            <input
                class="checkbox checkbox-sm"
                type="checkbox"
                data-testid=format!("filter-{key}")
                prop:checked=move || value.get() == "1"
                on:change=move |event| {
                    url.set(key, if event_target_checked(&event) { "1" } else { "" });
                }
            />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// The row of inputs.
pub fn bar(inputs: Vec<AnyView>) -> AnyView {
    view! { <div class="flex flex-wrap items-end gap-3">{inputs}</div> }.into_any()
}
