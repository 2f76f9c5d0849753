//! The frame of the floor's pages: who, which shift, whether the link is up, what is still to be
//! sent.

use super::outgoing::{Outgoing, RefusedAct};
use super::queue::{Queue, provide_queue};
use super::report::report_device;
use super::shift::ShiftLine;
use super::varying::{flag, option, part, press, text};
use crate::live::{LinkState, use_link};
use crate::session::{CallerView, viewer};
use crate::sound::{Feedback, Flash, provide_feedback};
use leptos::prelude::*;
use leptos_router::components::Outlet;

/// Holds the pages of the floor. Nothing is shown to somebody who is not signed in.
#[component]
pub fn FloorShell() -> impl IntoView {
    viewer().map(|caller| view! { <Frame caller /> })
}

#[component]
fn Frame(caller: CallerView) -> impl IntoView {
    let feedback = provide_feedback();
    let queue = provide_queue(caller.user_id);
    report_device(queue);
    let listed = RwSignal::new(false);
    view! {
        <div class="mx-auto flex h-dvh max-w-2xl flex-col overflow-hidden bg-base-200 text-base-content touch-manipulation">
            <header class="flex h-16 shrink-0 items-center gap-2 bg-neutral px-3 text-neutral-content">
                <div class="min-w-0 flex-1 leading-tight">
                    <div class="truncate text-xl font-bold" data-testid="worker-name">
                        {caller.name.clone()}
                    </div>
                    <ShiftLine warehouse=caller.warehouses.first().copied() />
                </div>
                <Sound feedback />
                <Sent queue listed />
            </header>
            <div class="min-h-0 flex-1">
                <Outlet />
            </div>
            {part(move || option(listed.get().then(|| view! { <Outgoing queue listed /> }.into_any())))}
            <RefusedAct queue />
            <Flash feedback />
        </div>
    }
}

#[component]
fn Sound(feedback: Feedback) -> impl IntoView {
    let muted = feedback.muted();
    view! {
        <button
            type="button"
            class="grid size-14 place-items-center rounded-xl active:bg-white/10"
            data-testid="mute"
            aria-label=text(move || if muted.get() { "Turn sounds on" } else { "Turn sounds off" }.to_owned())
            on:click=press(move || feedback.toggle_mute())
        >
            <svg class="size-7" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" aria-hidden="true">
                <path d="M4 9v6h4l5 4V5L8 9H4z" fill="currentColor" />
                <path d=text(move || if muted.get() { "M17 9l5 6M22 9l-5 6" } else { "M17 8.5a5 5 0 010 7M19.5 6a9 9 0 010 12" }.to_owned()) />
            </svg>
        </button>
    }
}

/// The link, and how many acts were sent, wait or were refused; opens the list of them.
#[component]
fn Sent(queue: Queue, listed: RwSignal<bool>) -> impl IntoView {
    let counts = queue.counts();
    let link = use_link();
    let state = move || match link.get() {
        LinkState::Connecting => ("connecting", "Connecting", "bg-amber-400"),
        LinkState::Live => ("live", "Live", "bg-emerald-400"),
        LinkState::Stale { .. } => ("stale", "No link", "bg-red-500"),
    };
    view! {
        <button
            type="button"
            class="flex h-14 flex-col items-end justify-center rounded-xl px-2 active:bg-white/10"
            data-testid="outgoing"
            on:click=press(move || listed.set(true))
        >
            <span
                class="flex items-center gap-2 text-base font-semibold"
                data-testid="link-state"
                data-state=text(move || state().0.to_owned())
            >
                <span class=text(move || format!("size-3.5 rounded-full {}", state().2))></span>
                {text(move || state().1.to_owned())}
            </span>
            <span class="flex gap-1.5 text-sm font-semibold tabular-nums">
                <span data-testid="sent-count">{text(move || format!("{} sent", counts.get().sent))}</span>
                <span
                    class="rounded bg-amber-400 px-1 text-black"
                    class:hidden=flag(move || counts.get().waiting == 0)
                    data-testid="waiting-count"
                >
                    {text(move || format!("{} waiting", counts.get().waiting))}
                </span>
                <span
                    class="rounded bg-red-600 px-1 text-white"
                    class:hidden=flag(move || counts.get().refused == 0)
                    data-testid="refused-count"
                >
                    {text(move || format!("{} refused", counts.get().refused))}
                </span>
            </span>
        </button>
    }
}
