//! A screen: header, and one board after the other below it.

use super::clock::use_server_clock;
use super::figures::{clock_text, site_time};
use super::header::Header;
use super::reading::{reload_in_time, use_behind};
use super::{connections, quality, shift, throughput};
use crate::live::use_live;
use crate::{AppError, ErrorCode, routes};
use domain::WarehouseId;
use domain::board::BoardSite;
use domain::live::Topic;
use domain::screen::{BoardKind, Colours};
use leptos::prelude::*;
use std::time::Duration;

/// One board of a screen.
pub(super) struct Panel {
    /// Where and when it was last read.
    pub(super) site: Signal<Option<BoardSite>>,
    /// Why it could not be read.
    pub(super) error: Signal<Option<AppError>>,
    /// What it shows, once it was read.
    pub(super) body: AnyView,
}

/// The wall behind boards: its colours, whatever the device prefers.
pub(super) fn face(colours: Colours, body: AnyView) -> AnyView {
    view! {
        <div data-theme=colours.as_str() class="board-face min-h-dvh bg-neutral-950 text-white">{body}</div>
    }
    .into_any()
}

/// The boards of a site, each for so many seconds.
#[component]
pub(super) fn Boards(
    site: WarehouseId,
    boards: Vec<BoardKind>,
    /// Seconds per board.
    #[prop(default = 20)]
    seconds: i32,
) -> impl IntoView {
    let place = RwSignal::new(0_usize);
    // Also without the shift board: the link says whether the server is there, and of which build.
    let _ = use_live(Signal::stored(vec![Topic::Board(site.0)]));
    turn(place, boards.len(), seconds);
    let mut sites = Vec::new();
    let mut errors = Vec::new();
    let mut bodies = Vec::new();
    for (n, kind) in boards.into_iter().enumerate() {
        let shown = Signal::derive(move || place.get() == n);
        let panel = panel(kind, site, shown);
        sites.push(panel.site);
        errors.push(panel.error);
        bodies.push(slot(kind, shown, panel.body));
    }
    let at = Signal::derive(move || sites.get(place.get()).and_then(|site| site.get()));
    let error = Signal::derive(move || errors.get(place.get()).and_then(|error| error.get()));
    reload_in_time(at);
    let now = use_server_clock(Signal::derive(move || {
        at.with(|at| at.as_ref().map(|at| at.as_of))
    }));
    let failed = Signal::derive(move || error.with(Option::is_some));
    let behind = use_behind(failed, now);
    let figures_from = Signal::derive(move || {
        let read = at.with(|at| at.as_ref().map(|at| clock_text(&site_time(at), at.as_of)));
        read.filter(|_| behind.get())
    });
    view! {
        <div class="flex h-dvh flex-col gap-[1.6vh] overflow-hidden p-[1.2vw] tabular-nums" data-testid="board">
            <Header at now figures_from />
            <div
                class="flex min-h-0 flex-1 flex-col transition-opacity duration-500"
                class:opacity-45=move || behind.get()
                data-testid="board-figures"
                data-behind=move || behind.get().to_string()
            >
                {bodies}
            </div>
            {move || error.get().filter(|_| at.with(Option::is_none)).map(|error| problem(&error))}
        </div>
    }
}

fn panel(kind: BoardKind, site: WarehouseId, shown: Signal<bool>) -> Panel {
    match kind {
        BoardKind::Shift => shift::panel(site, shown),
        BoardKind::Throughput => throughput::panel(site, shown),
        BoardKind::Quality => quality::panel(site, shown),
        BoardKind::Connections => connections::panel(site, shown),
    }
}

/// All boards stay; only one is seen, so that none is empty when its turn comes.
fn slot(kind: BoardKind, shown: Signal<bool>, body: AnyView) -> AnyView {
    view! {
        <div
            class=move || if shown.get() { "flex min-h-0 flex-1 flex-col" } else { "hidden" }
            data-testid=format!("slot-{}", kind.as_str())
        >
            {body}
        </div>
    }
    .into_any()
}

fn turn(place: RwSignal<usize>, count: usize, seconds: i32) {
    if count < 2 {
        return;
    }
    let every = Duration::from_secs(u64::try_from(seconds.max(1)).unwrap_or(20));
    Effect::new(move |_| {
        let next = move || {
            place.try_update(|place| *place = (*place + 1) % count);
        };
        if let Ok(timer) = set_interval_with_handle(next, every) {
            on_cleanup(move || timer.clear());
        }
    });
}

/// Nothing to show yet: says why; it is tried again by itself.
fn problem(error: &AppError) -> AnyView {
    let signed_out = error.code == ErrorCode::SignedOut;
    view! {
        <div class="absolute inset-0 flex flex-col items-center justify-center gap-[3vh] text-[3vw] font-bold" role="alert">
            <p>{crate::words::tell(&error.message)}</p>
            {signed_out
                .then(|| {
                    view! {
                        <a class="btn btn-primary h-20 px-10 text-3xl" href=format!("{}?next={}", routes::LOGIN, routes::BOARD) rel="external">
                            {t!("Sign in")}
                        </a>
                    }
                })}
        </div>
    }
    .into_any()
}
