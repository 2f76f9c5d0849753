//! The shift board of one site.

use super::clock::use_server_clock;
use super::figures::{clock_text, site_of};
use super::header::Header;
use super::hours::Hours;
use super::leaders::Leaders;
use super::shifts::Shifts;
use super::tiles::Tiles;
use crate::live::{LinkState, device_now, use_link, use_live, use_new_build};
use crate::load::load;
use crate::{AppError, ErrorCode, api, routes};
use chrono::{DateTime, Utc};
use domain::WarehouseId;
use domain::board::ShiftBoard;
use domain::live::Topic;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use std::time::Duration;

/// Also read without an event: the floor under the live link.
const READ_AGAIN: Duration = Duration::from_secs(30);
/// The next try after a failed reading.
const TRY_AGAIN: Duration = Duration::from_secs(3);
/// From this age of the link on, the board says that it is behind, seconds.
const STALE_AFTER: i64 = 10;

/// The board of the warehouse in the address.
#[component]
pub fn ShiftPage() -> impl IntoView {
    let params = use_params_map();
    let site = Memo::new(move |_| {
        params.with(|params| params.get("warehouse")?.parse::<WarehouseId>().ok())
    });
    view! {
        <Title text="Board" />
        <div data-theme="dark" class="min-h-dvh bg-neutral-950 text-white">
            <SiteBoard site=site.into() />
        </div>
    }
}

/// The board of one site; its first figures come with the page.
#[component]
pub(super) fn SiteBoard(site: Signal<Option<WarehouseId>>) -> impl IntoView {
    let tries = RwSignal::new(0_u32);
    let first = load(
        move || (site.get(), tries.get()),
        |(site, _)| async move {
            match site {
                Some(site) => api::boards::shift(site).await,
                None => Err(AppError::not_found("warehouse")),
            }
        },
    );
    view! {
        <Suspense fallback=|| view! { <div class="h-dvh" aria-busy="true"></div> }>
            {move || Suspend::new(async move {
                match first.read().await {
                    Ok(board) => view! { <Board board /> }.into_any(),
                    Err(error) => view! { <Problem error tries /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

/// Nothing to show yet: says why, and tries again by itself.
#[component]
fn Problem(error: AppError, tries: RwSignal<u32>) -> impl IntoView {
    let passing = matches!(error.code, ErrorCode::Offline | ErrorCode::Internal);
    Effect::new(move |_| {
        if passing {
            let again = move || {
                tries.try_update(|tries| *tries += 1);
            };
            set_timeout(again, TRY_AGAIN);
        }
    });
    let signed_out = error.code == ErrorCode::SignedOut;
    view! {
        <div class="flex h-dvh flex-col items-center justify-center gap-[3vh] text-[3vw] font-bold" role="alert">
            <p>{error.message}</p>
            {signed_out
                .then(|| {
                    view! {
                        <a class="btn btn-primary h-20 px-10 text-3xl" href=format!("{}?next={}", routes::LOGIN, routes::BOARD) rel="external">
                            "Sign in"
                        </a>
                    }
                })}
        </div>
    }
}

/// Which figures, and whether the last try to read them failed.
#[derive(Clone, Copy)]
struct Reading {
    board: RwSignal<ShiftBoard>,
    failed: RwSignal<bool>,
}

#[component]
fn Board(board: ShiftBoard) -> impl IntoView {
    let site = board.warehouse_id;
    let board = RwSignal::new(board);
    let reading = keep_reading(site, board);
    reload_for_new_build();
    let shown: Signal<ShiftBoard> = board.into();
    let now = use_server_clock(Signal::derive(move || {
        Some(board.with(|board| board.as_of))
    }));
    let now = Signal::derive(move || now.get().unwrap_or_else(|| board.with(|board| board.as_of)));
    let behind = use_behind(reading, now);
    let figures_from = Signal::derive(move || {
        behind
            .get()
            .then(|| board.with(|board| clock_text(&site_of(board), board.as_of)))
    });
    view! {
        <div class="flex h-dvh flex-col gap-[1.6vh] overflow-hidden p-[1.2vw] tabular-nums" data-testid="board">
            <Header board=shown now figures_from />
            <div
                class="flex min-h-0 flex-1 flex-col gap-[1.6vh] transition-opacity duration-500"
                class:opacity-45=move || behind.get()
                data-testid="board-figures"
                data-behind=move || behind.get().to_string()
            >
                <Shifts board=shown now />
                <div class="grid min-h-0 flex-1 grid-cols-[minmax(0,1.75fr)_minmax(0,1fr)] gap-[1.2vw]">
                    <div class="flex min-h-0 flex-col gap-[1.6vh]">
                        <Tiles board=shown />
                        <Hours board=shown now />
                    </div>
                    <Leaders board=shown />
                </div>
            </div>
        </div>
    }
}

/// Reads again on every change of the site's figures, and every 30 s.
fn keep_reading(site: WarehouseId, board: RwSignal<ShiftBoard>) -> Reading {
    let reading = Reading {
        board,
        failed: RwSignal::new(false),
    };
    let version = use_live(Signal::stored(vec![Topic::Board(site.0)]));
    let turn = StoredValue::new(0_u64);
    let read = move || {
        let this = turn.get_value() + 1;
        turn.set_value(this);
        spawn_local(async move {
            let answer = api::boards::shift(site).await;
            if turn.try_get_value() != Some(this) {
                return;
            }
            reading.failed.set(answer.is_err());
            match answer {
                Ok(answer) => reading.board.set(answer),
                Err(error) if error.code == ErrorCode::SignedOut => {
                    let _ = window().location().reload();
                }
                Err(_) => {}
            }
        });
    };
    Effect::new(move |_| {
        // The first figures came with the page.
        if version.get() > 0 {
            read();
        }
    });
    Effect::new(move |_| {
        if let Ok(timer) = set_interval_with_handle(read, READ_AGAIN) {
            on_cleanup(move || timer.clear());
        }
    });
    reading
}

/// Whether the figures may be older than a board promises. False in the first render.
fn use_behind(reading: Reading, now: Signal<DateTime<Utc>>) -> Signal<bool> {
    let link = use_link();
    let loaded_at = StoredValue::new(None::<DateTime<Utc>>);
    let behind = Memo::new(move |_| {
        now.track();
        let quiet_since = match link.get() {
            LinkState::Live => None,
            LinkState::Stale { since } => Some(since),
            LinkState::Connecting => loaded_at.get_value(),
        };
        let silent =
            quiet_since.is_some_and(|since| (device_now() - since).num_seconds() > STALE_AFTER);
        silent || reading.failed.get()
    });
    Effect::new(move |_| loaded_at.set_value(Some(device_now())));
    behind.into()
}

/// Nobody works on a board, so a newer build is taken at once.
fn reload_for_new_build() {
    let new_build = use_new_build();
    Effect::new(move |_| {
        if new_build.get() {
            let _ = window().location().reload();
        }
    });
}
