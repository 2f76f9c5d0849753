//! The keyboard on office pages: one listener for all of them, over what the page shows. Buttons
//! name their own key (`shortcut`); lists answer to j, k, Enter and x; `?` tells which keys there are.

use super::button::{Button, ButtonKind};
use super::dialog::Dialog;
use super::icon::Icon;
use leptos::prelude::*;

/// The listener, the list of keys, and the button that opens it; once, in the shell.
pub fn page_keys() -> AnyView {
    let open = RwSignal::new(false);
    let on = RwSignal::new(true);
    Effect::new(move |_| on.set(kept_on()));
    listen(open, on);
    view! {
        <Button
            label=t!("Keys")
            kind=ButtonKind::Quiet
            before=Icon::Keyboard
            on_press=move |()| open.set(true)
            testid="keys"
        />
        <Dialog open title=t!("Keys of this page") testid="keys-dialog">
            {table(offered())}
            {switch(on)}
        </Dialog>
    }
    .into_any()
}

fn table(keys: Vec<(String, String)>) -> AnyView {
    let rows = keys
        .into_iter()
        .map(|(key, text)| {
            view! {
                <dt><kbd class="rounded-sm border border-base-300 bg-base-200 px-1.5 py-0.5 font-mono text-xs">{key}</kbd></dt>
                <dd class="text-sm">{text}</dd>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! { <dl class="grid grid-cols-[7rem_1fr] items-center gap-y-2" data-testid="keys-list">{rows}</dl> }
        .into_any()
}

/// Speech input types words: whoever uses it turns the single keys off.
fn switch(on: RwSignal<bool>) -> AnyView {
    view! {
        <label class="mt-4 flex cursor-pointer items-center gap-2 border-t border-base-300 pt-3 text-sm">
            <input
                class="checkbox checkbox-sm"
                type="checkbox"
                data-testid="keys-on"
                prop:checked=move || on.get()
                on:change=move |event| {
                    let chosen = event_target_checked(&event);
                    on.set(chosen);
                    keep(chosen);
                }
            />
            {t!("Use single keys in this browser")}
        </label>
    }
    .into_any()
}

#[cfg(feature = "hydrate")]
use in_browser::{keep, kept_on, listen, offered};

#[cfg(feature = "hydrate")]
mod in_browser {
    use leptos::ev;
    use leptos::prelude::*;
    use wasm_bindgen::JsCast;
    use web_sys::{HtmlElement, KeyboardEvent};

    const ROWS: &str = "main tbody tr[data-key]";
    const SEARCH: &str = "main [data-testid=filter-q]";
    const SETTING: &str = "crossdock.keys";

    pub(super) fn listen(open: RwSignal<bool>, on: RwSignal<bool>) {
        Effect::new(move |_| {
            let handle = window_event_listener(ev::keydown, move |event| pressed(&event, open, on));
            on_cleanup(move || handle.remove());
        });
    }

    pub(super) fn kept_on() -> bool {
        let setting = storage().and_then(|storage| storage.get_item(SETTING).ok().flatten());
        setting.as_deref() != Some("off")
    }

    pub(super) fn keep(on: bool) {
        if let Some(storage) = storage() {
            let _ = storage.set_item(SETTING, if on { "on" } else { "off" });
        }
    }

    fn storage() -> Option<web_sys::Storage> {
        window().local_storage().ok().flatten()
    }

    /// The keys that do something on the page as it is now.
    pub(super) fn offered() -> Vec<(String, String)> {
        let mut keys = Vec::new();
        let mut add = |key: &str, text: &str| keys.push((key.to_owned(), text.to_owned()));
        if find(SEARCH).is_some() {
            add("/", t!("Search this list"));
        }
        if find(ROWS).is_some() {
            add("j  k", t!("Next row, row before; in the rows also ↓ ↑"));
            add("Enter", t!("Open the row"));
        }
        if find("main tbody [data-testid=select-row]").is_some() {
            add("x", t!("Select the row, or take it out of the selection"));
        }
        for button in all("[data-shortcut]") {
            if let Some(key) = button.get_attribute("data-shortcut") {
                add(&key, button.inner_text().trim());
            }
        }
        add("Tab", t!("Next control"));
        add("Esc", t!("Close a dialog"));
        add("?", t!("This list"));
        keys
    }

    fn pressed(event: &KeyboardEvent, open: RwSignal<bool>, on: RwSignal<bool>) {
        let busy = event.ctrl_key() || event.alt_key() || event.meta_key();
        let quiet = !on.try_get_untracked().unwrap_or(false);
        if busy || event.default_prevented() || typing(event) || find("dialog[open]").is_some() {
            return;
        }
        let row = focused_row();
        let done = match event.key().as_str() {
            "Enter" => row.is_some_and(|row| press(&row, "a, button")),
            "ArrowDown" if row.is_some() => step(1),
            "ArrowUp" if row.is_some() => step(-1),
            _ if quiet => false,
            "?" => {
                open.set(true);
                true
            }
            "/" => find(SEARCH).is_some_and(|search| search.focus().is_ok()),
            "j" => step(1),
            "k" => step(-1),
            "x" => row.is_some_and(|row| press(&row, "[data-testid=select-row]")),
            key => all("[data-shortcut]")
                .into_iter()
                .find(|button| button.get_attribute("data-shortcut").as_deref() == Some(key))
                .map(|button| button.click())
                .is_some(),
        };
        if done {
            event.prevent_default();
        }
    }

    /// Whether the key belongs to an input.
    fn typing(event: &KeyboardEvent) -> bool {
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlElement>().ok());
        target.is_some_and(|element| {
            let checkbox = element.get_attribute("type").as_deref() == Some("checkbox");
            let input = matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT");
            (input && !checkbox) || element.is_content_editable()
        })
    }

    fn focused_row() -> Option<HtmlElement> {
        let active = document().active_element()?;
        active.matches(ROWS).ok()?.then_some(())?;
        active.dyn_into().ok()
    }

    /// Moves the focus by rows; from anywhere else to the first one.
    fn step(by: isize) -> bool {
        let rows = all(ROWS);
        let within = document()
            .active_element()
            .and_then(|active| active.closest(ROWS).ok().flatten());
        let at =
            within.and_then(|row| rows.iter().position(|other| other.is_same_node(Some(&row))));
        let next = match at {
            Some(at) => at.checked_add_signed(by),
            None => Some(0),
        };
        next.and_then(|next| rows.get(next))
            .is_some_and(|row| row.focus().is_ok())
    }

    fn press(row: &HtmlElement, what: &str) -> bool {
        let found = row.query_selector(what).ok().flatten();
        found
            .and_then(|found| found.dyn_into::<HtmlElement>().ok())
            .map(|found| found.click())
            .is_some()
    }

    fn find(selector: &str) -> Option<HtmlElement> {
        document()
            .query_selector(selector)
            .ok()
            .flatten()?
            .dyn_into()
            .ok()
    }

    fn all(selector: &str) -> Vec<HtmlElement> {
        let Ok(found) = document().query_selector_all(selector) else {
            return Vec::new();
        };
        (0..found.length())
            .filter_map(|index| found.item(index)?.dyn_into().ok())
            .collect()
    }
}

#[cfg(not(feature = "hydrate"))]
fn listen(_open: RwSignal<bool>, _on: RwSignal<bool>) {}

#[cfg(not(feature = "hydrate"))]
fn kept_on() -> bool {
    true
}

#[cfg(not(feature = "hydrate"))]
fn keep(_on: bool) {}

#[cfg(not(feature = "hydrate"))]
fn offered() -> Vec<(String, String)> {
    Vec::new()
}
