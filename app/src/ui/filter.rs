//! Inputs above a table. What they hold lives in the URL, so a list can be sent to a colleague.

use super::field::choices;
use super::icon::{Icon, icon};
use super::list_tools::list_tools;
use super::url_state::UrlState;
use leptos::prelude::*;
use std::time::Duration;

const LABEL: &str = "flex flex-col gap-1 text-xs font-medium text-muted";

/// How long typing pauses before the list follows.
const PAUSE: Duration = Duration::from_millis(300);

/// A search box; the list follows when typing pauses, and at once on Enter. The key `/` leads here.
pub fn search(url: UrlState, placeholder: &'static str) -> AnyView {
    let (text, typed, entered) = typed(url, "q");
    view! {
        <label class="input input-sm h-9 w-72 gap-2">
            {icon(Icon::Search, "size-4 text-muted")}
            <input
                type="search"
                placeholder=placeholder
                aria-label=placeholder
                aria-keyshortcuts="/"
                data-testid="filter-q"
                prop:value=move || text.get()
                on:input=move |event| {
                    typed.try_run(event_target_value(&event));
                }
                on:change=move |event| {
                    entered.try_run(event_target_value(&event));
                }
            />
        </label>
    }
    .into_any()
}

/// The text of an input that follows the URL, and what to do while and after typing.
fn typed(
    url: UrlState,
    key: &'static str,
) -> (RwSignal<String>, Callback<String>, Callback<String>) {
    let value = url.value(key);
    let text = RwSignal::new(value.get_untracked());
    let sent = StoredValue::new(value.get_untracked());
    let send = move |typed: String| {
        if sent.try_get_value().is_some_and(|sent| sent != typed) {
            sent.set_value(typed.clone());
            url.set(key, &typed);
        }
    };
    // What was typed here comes back through the URL a moment later; more may be typed by then.
    Effect::new(move || {
        let value = value.get();
        if sent.get_value() != value {
            sent.set_value(value.clone());
            text.set(value);
        }
    });
    let waiting = StoredValue::new(None::<TimeoutHandle>);
    let while_typing = Callback::new(move |typed: String| {
        if let Some(Some(earlier)) = waiting.try_get_value() {
            earlier.clear();
        }
        waiting.set_value(set_timeout_with_handle(move || send(typed), PAUSE).ok());
    });
    (text, while_typing, Callback::new(send))
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

/// The first and the last day of a span, which stay together where the inputs wrap.
pub fn days(url: UrlState, from: &'static str, to: &'static str) -> AnyView {
    view! {
        <div class="flex items-end gap-3">
            {input(url, from, t!("From"), "date")}
            {input(url, to, t!("To"), "date")}
        </div>
    }
    .into_any()
}

/// A text or a date.
pub fn input(url: UrlState, key: &'static str, label: &'static str, kind: &'static str) -> AnyView {
    let (text, typed, entered) = typed(url, key);
    let follows = kind == "text";
    // A date's own buttons need their room.
    let class = match follows {
        true => "input input-sm h-9 w-28 text-base-content",
        false => "input input-sm h-9 w-36 text-base-content",
    };
    view! {
        <label class=LABEL>
            <span>{label}</span>
            <input
                class=class
                type=kind
                data-testid=format!("filter-{key}")
                prop:value=move || text.get()
                on:input=move |event| {
                    if follows {
                        typed.try_run(event_target_value(&event));
                    }
                }
                on:change=move |event| {
                    entered.try_run(event_target_value(&event));
                }
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

/// The row of inputs with what a list page offers at its right: saved views, its link, its export
/// (see [`super::list_tools`]).
pub fn list_bar(url: UrlState, inputs: Vec<AnyView>, export: Option<&'static str>) -> AnyView {
    view! {
        <div class="flex flex-wrap items-end gap-3">
            {inputs}
            <div class="ml-auto">{list_tools(url, export)}</div>
        </div>
    }
    .into_any()
}
