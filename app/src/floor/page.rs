//! Which page of the handheld is open: the address decides, and changes without loading anything.

use super::varying::Press;
use crate::routes::FLOOR;
use domain::TaskId;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// The pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Page {
    /// My tasks; also for addresses that lead nowhere.
    Tasks,
    /// Work on one.
    Work(TaskId),
    /// What the scanner types, and what is made of it.
    Scanner,
    /// What was received comes to its location.
    PutAway,
    /// What lies on locations is counted.
    Count,
    /// What an item is and where it lies.
    LookUp,
}

/// The open page.
#[derive(Clone, Copy)]
pub(super) struct Place(RwSignal<Page>);

/// Shares the open page with everything below.
pub(super) fn provide_place() -> Place {
    let place = Place(RwSignal::new(here()));
    provide_context(place);
    window_event_listener(ev::popstate, move |_| place.0.set(here()));
    place
}

impl Place {
    pub fn get(self) -> Page {
        self.0.get()
    }

    pub fn go(self, page: Page) {
        let history = window().history();
        let moved = history.and_then(|history| {
            history.push_state_with_url(&JsValue::NULL, "", Some(&address(page)))
        });
        if moved.is_ok() {
            self.0.set(page);
        }
    }
}

/// Where a page is.
pub(super) fn address(page: Page) -> String {
    match page {
        Page::Tasks => FLOOR.to_owned(),
        Page::Work(id) => format!("{FLOOR}/tasks/{id}"),
        Page::Scanner => format!("{FLOOR}/scanner"),
        Page::PutAway => format!("{FLOOR}/put-away"),
        Page::Count => format!("{FLOOR}/count"),
        Page::LookUp => format!("{FLOOR}/look-up"),
    }
}

/// What a touch on a link to a page does.
pub(super) fn leads_to(page: Page) -> Press {
    let place = expect_context::<Place>();
    Box::new(move |event| {
        event.prevent_default();
        place.go(page);
    })
}

/// What the browser shows for the page.
pub(super) fn name(title: &str) {
    document().set_title(&format!("{title} · Crossdock"));
}

fn here() -> Page {
    let path = window().location().pathname().unwrap_or_default();
    let within = path.strip_prefix(FLOOR).unwrap_or_default();
    let task = || within.strip_prefix("/tasks/")?.parse().ok();
    match within {
        "/scanner" => Page::Scanner,
        "/put-away" => Page::PutAway,
        "/count" => Page::Count,
        "/look-up" => Page::LookUp,
        _ => task().map_or(Page::Tasks, Page::Work),
    }
}

/// There is nothing to do on the page.
pub(super) fn nothing(title: &'static str, words: &'static str, name: &'static str) -> AnyView {
    view! {
        <div class="flex h-full flex-1 flex-col items-center justify-center gap-2 text-center text-balance" data-testid=name>
            <p class="text-3xl font-bold">{title}</p>
            <p class="text-xl opacity-80">{words}</p>
        </div>
    }
    .into_any()
}

/// The large way to the tasks once one is over.
pub(super) fn to_tasks() -> AnyView {
    view! {
        <a
            href=address(Page::Tasks)
            class="btn mt-4 h-20 w-full text-3xl font-bold"
            data-testid="to-my-tasks"
            on:click=leads_to(Page::Tasks)
        >
            {t!("My tasks")}
        </a>
    }
    .into_any()
}

/// The way back to the tasks, and what the page is.
pub(super) fn bar(title: &'static str, more: AnyView) -> AnyView {
    name(title);
    view! {
        <div class="flex h-16 shrink-0 items-center gap-2 border-b-2 border-base-300 bg-base-100 pr-3">
            <a href=address(Page::Tasks) class="btn btn-ghost h-16 px-4 text-xl" data-testid="back" on:click=leads_to(Page::Tasks)>
                {t!("Back")}
            </a>
            <h1 class="flex-1 text-xl font-bold">{title}</h1>
            {more}
        </div>
    }
    .into_any()
}
