//! The frame of the handheld's pages: who, which shift, whether the link is up, what is still to be
//! sent.

use super::along::{AlongLocations, Kind};
use super::bridge;
use super::lock::{Locked, provide_lock};
use super::look_up::LookUp;
use super::my_tasks::MyTasks;
use super::outgoing::{NoRoom, Outgoing, UnseenAct};
use super::page::{Page, Place, provide_place};
use super::queue::{Queue, provide_queue};
use super::report::report_device;
use super::scanner::Scanner;
use super::shift::ShiftLine;
use super::sign_in::SignIn;
use super::varying::{flag, option, part, press, text, whenever};
use super::who::{Session, Who, Worker, provide_session};
use super::work::Work;
use crate::live::{LinkState, provide_live, use_link, use_live, use_new_build};
use crate::sound::{Feedback, Flash, provide_feedback};
use domain::live::Topic;
use leptos::prelude::*;

/// The handheld. Its first render needs nothing from the server: who works here and what there is to
/// do come from the device.
#[component]
pub fn Handheld() -> impl IntoView {
    provide_live();
    let session = provide_session();
    provide_place();
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("data-hydrated", "true");
    }
    part(move || match session.who.get() {
        Who::Starting => ().into_any(),
        Who::Nobody => view! { <SignIn /> }.into_any(),
        Who::Here(worker) => view! { <Frame worker session /> }.into_any(),
    })
}

/// A newer build of the handheld that lies ready on this device.
#[derive(Clone, Copy)]
pub(super) struct NewBuild(pub RwSignal<bool>);

fn provide_new_build() {
    let ready = RwSignal::new(false);
    provide_context(NewBuild(ready));
    bridge::watch_builds(move || {
        ready.try_set(true);
    });
    let told = use_new_build();
    whenever(move || {
        if told.get() {
            bridge::look_for_build();
        }
    });
}

#[component]
fn Frame(worker: Worker, session: Session) -> impl IntoView {
    let feedback = provide_feedback();
    let queue = provide_queue(worker.clone());
    let place = expect_context::<Place>();
    let lock = provide_lock(worker.clone());
    provide_new_build();
    report_device(queue);
    let turn = session.turns.get_untracked();
    whenever(move || {
        // Who signed in again knows the password.
        if session.turns.get() != turn {
            lock.locked.set(Some(false));
            queue.retry();
        }
    });
    let listed = RwSignal::new(false);
    let name = worker.name.clone();
    view! {
        <div class="mx-auto flex h-dvh max-w-2xl flex-col overflow-hidden bg-base-200 text-base-content touch-manipulation">
            <header class="flex h-16 shrink-0 items-center gap-1 bg-neutral px-3 text-neutral-content">
                <div class="min-w-0 flex-1 leading-tight">
                    <div class="truncate text-xl leading-tight font-bold" data-testid="worker-name">
                        {name}
                    </div>
                    <ShiftLine />
                </div>
                <Sound feedback />
                <Sent queue listed />
            </header>
            {part(move || option(session.expired.get().then(|| expired(session))))}
            <div class="min-h-0 flex-1">
                {part(move || {
                    let worker = worker.clone();
                    match (lock.locked.get(), place.get()) {
                        (None, _) => ().into_any(),
                        (Some(true), _) => view! { <Locked lock /> }.into_any(),
                        (_, Page::Tasks) => view! { <MyTasks worker /> }.into_any(),
                        (_, Page::Work(id)) => view! { <Work id worker /> }.into_any(),
                        (_, Page::Scanner) => {
                            stay_linked(&worker);
                            view! { <Scanner /> }.into_any()
                        }
                        (_, Page::PutAway) => view! { <AlongLocations kind=Kind::PutAway worker /> }.into_any(),
                        (_, Page::Count) => view! { <AlongLocations kind=Kind::Count worker /> }.into_any(),
                        (_, Page::LookUp) => {
                            stay_linked(&worker);
                            view! { <LookUp /> }.into_any()
                        }
                    }
                })}
            </div>
            {part(move || option((lock.locked.get() == Some(false)).then(|| said(queue, listed))))}
            {part(move || option(session.asks.get().then(|| view! { <SignIn /> }.into_any())))}
            <Flash feedback />
        </div>
    }
}

/// Keeps the link up on a page that shows nothing of the server's, so that the header says whether there is one.
fn stay_linked(worker: &Worker) {
    use_live(Signal::stored(vec![Topic::WorkerTasks(worker.id.0)]));
}

/// What became of acts. Not while the device is locked: who picks it up is somebody else.
fn said(queue: Queue, listed: RwSignal<bool>) -> AnyView {
    view! {
        {part(move || option(listed.get().then(|| view! { <Outgoing queue listed /> }.into_any())))}
        <UnseenAct queue />
        <NoRoom queue />
    }
    .into_any()
}

/// The session ran out: the work goes on, sending does not.
fn expired(session: Session) -> AnyView {
    view! {
        <button
            type="button"
            class="flex min-h-14 shrink-0 items-center justify-between gap-3 bg-amber-400 px-4 py-2 text-left text-lg font-semibold text-black"
            data-testid="expired"
            on:click=press(move || session.asks.set(true))
        >
            {t!("Your sign-in ran out. Your work is kept here.")}
            <span class="shrink-0 rounded-xl bg-black px-4 py-2 text-white">{t!("Sign in")}</span>
        </button>
    }
    .into_any()
}

#[component]
fn Sound(feedback: Feedback) -> impl IntoView {
    let muted = feedback.muted();
    view! {
        <button
            type="button"
            class="grid size-14 place-items-center rounded-xl active:bg-white/10"
            data-testid="mute"
            aria-label=text(move || if muted.get() { t!("Turn sounds on") } else { t!("Turn sounds off") }.to_owned())
            on:click=press(move || feedback.toggle_mute())
        >
            <svg class="size-7" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" aria-hidden="true">
                <path d="M4 9v6h4l5 4V5L8 9H4z" fill="currentColor" />
                <path d=text(move || if muted.get() { "M17 9l5 6M22 9l-5 6" } else { "M17 8.5a5 5 0 010 7M19.5 6a9 9 0 010 12" }.to_owned()) />
            </svg>
        </button>
    }
}

/// The battery's charge, where the browser tells it; red when it is nearly empty.
#[component]
fn Battery() -> impl IntoView {
    let charge = RwSignal::new(None::<(u32, bool)>);
    bridge::battery(move |percent, charging| {
        charge.try_set(Some((percent, charging)));
    });
    let look = move || match charge.get() {
        Some((..=15, false)) => "border-red-600 bg-red-600 text-white",
        _ => "",
    };
    // Drawn as one, with its end to the right.
    view! {
        <span
            class=text(move || format!("rounded border-2 border-r-6 px-1 text-sm leading-tight empty:hidden {}", look()))
            data-testid="battery"
        >
            {text(move || match charge.get() {
                Some((percent, true)) => format!("⚡ {percent} %"),
                Some((percent, false)) => format!("{percent} %"),
                None => String::new(),
            })}
        </span>
    }
}

/// The link, and how many acts were sent, wait or were refused; opens the list of them.
#[component]
fn Sent(queue: Queue, listed: RwSignal<bool>) -> impl IntoView {
    let counts = queue.counts();
    let link = use_link();
    let state = move || match link.get() {
        LinkState::Connecting => ("connecting", t!("Connecting"), "bg-amber-400"),
        LinkState::Live => ("live", t!("Live"), "bg-emerald-400"),
        LinkState::Stale { .. } => ("stale", t!("No link"), "bg-red-500"),
    };
    view! {
        <button
            type="button"
            class="flex h-14 flex-col items-end justify-center rounded-xl px-1 active:bg-white/10"
            data-testid="outgoing"
            on:click=press(move || listed.set(true))
        >
            <span
                class="flex items-center gap-1 text-base font-semibold"
                data-testid="link-state"
                data-state=text(move || state().0.to_owned())
            >
                <span class=text(move || format!("size-3.5 rounded-full {}", state().2))></span>
                {text(move || state().1.to_owned())}
                <Battery />
            </span>
            <span class="flex gap-1.5 text-sm font-semibold tabular-nums">
                <span data-testid="sent-count">{text(move || t!("{count} sent", count = counts.get().sent))}</span>
                <span
                    class="rounded bg-amber-400 px-1 text-black"
                    class:hidden=flag(move || counts.get().waiting == 0)
                    data-testid="waiting-count"
                >
                    {text(move || t!("{count} waiting", count = counts.get().waiting))}
                </span>
                <span
                    class="rounded bg-red-600 px-1 text-white"
                    class:hidden=flag(move || counts.get().refused == 0)
                    data-testid="refused-count"
                >
                    {text(move || t!("{count} refused", count = counts.get().refused))}
                </span>
            </span>
        </button>
    }
}
