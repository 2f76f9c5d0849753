//! Site, day, clock, and whether the figures are up to date.

use super::figures::{clock_text, day_text, site_time};
use crate::live::{LinkState, use_link};
use chrono::{DateTime, Utc};
use domain::board::BoardSite;
use leptos::prelude::*;

/// The top of a board.
#[component]
pub(super) fn Header(
    /// Where and when what is shown was read; none before.
    at: Signal<Option<BoardSite>>,
    now: Signal<Option<DateTime<Utc>>>,
    /// The time of the figures when they are behind.
    figures_from: Signal<Option<String>>,
) -> impl IntoView {
    let read = move |write: fn(&BoardSite, DateTime<Utc>) -> String| {
        let now = now.get();
        at.with(|at| {
            let at = at.as_ref()?;
            Some(write(at, now.unwrap_or(at.as_of)))
        })
        .unwrap_or_default()
    };
    let clock = Memo::new(move |_| read(|at, now| clock_text(&site_time(at), now)));
    let day = Memo::new(move |_| read(|at, now| day_text(site_time(at).local(now).date())));
    view! {
        <header class="flex h-[10vh] shrink-0 items-center gap-[2vw] px-[0.6vw]">
            <h1 class="min-w-0 flex-1 truncate text-[3.4vw] font-black leading-none">
                {move || at.with(|at| at.as_ref().map(|at| at.warehouse.clone()))}
            </h1>
            <Link figures_from />
            <div
                class="whitespace-nowrap text-[2.2vw] font-semibold text-neutral-300"
                class:hidden=move || figures_from.read().is_some()
            >
                {move || day.get()}
            </div>
            <div class="text-[5vw] font-black leading-none" data-testid="board-clock">
                {move || clock.get()}
            </div>
        </header>
    }
}

#[component]
fn Link(figures_from: Signal<Option<String>>) -> impl IntoView {
    let link = use_link();
    let state = move || match (figures_from.get(), link.get()) {
        (Some(time), _) => ("stale", t!("Figures from {time}", time)),
        (None, LinkState::Live) => ("live", t!("Live").to_owned()),
        (None, LinkState::Connecting) => ("connecting", t!("Connecting").to_owned()),
        (None, LinkState::Stale { .. }) => ("reconnecting", t!("Reconnecting").to_owned()),
    };
    let colour = move || match state().0 {
        "live" => "bg-transparent text-emerald-400",
        "stale" => "bg-red-600 text-white",
        _ => "bg-transparent text-amber-300",
    };
    view! {
        <div
            class=move || format!("flex items-center gap-[0.7vw] rounded-full px-[1.4vw] py-[0.7vh] text-[2.2vw] font-bold {}", colour())
            role="status"
            data-testid="link-state"
            data-state=move || state().0
        >
            <span class="size-[1.1vw] shrink-0 rounded-full bg-current"></span>
            {move || state().1}
        </div>
    }
}
