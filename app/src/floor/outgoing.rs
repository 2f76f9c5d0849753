//! What is not sent yet, and what was not accepted.

use super::act::{Act, Fate};
use super::notice::{Answer, Screen};
use super::queue::Queue;
use super::sheet::BottomSheet;
use super::varying::{option, part, press, text};
use super::who::Session;
use crate::words::tell;
use crate::{AppError, ErrorCode};
use leptos::prelude::*;

/// The newest acts that are shown; older ones were sent long ago.
const SHOWN: usize = 40;

/// The list behind the header's counts.
#[component]
pub(super) fn Outgoing(queue: Queue, listed: RwSignal<bool>) -> impl IntoView {
    let close = Callback::new(move |()| listed.set(false));
    let row = move |act: &Act| {
        let (state, name, look) = match &act.fate {
            Fate::Refused(_) => (t!("Refused"), "refused", "bg-red-700 text-white"),
            Fate::Review { .. } => (t!("With your lead"), "review", "bg-amber-400 text-black"),
            Fate::Sent => (t!("Sent"), "sent", "bg-base-300"),
            Fate::Waiting if queue.is_sending(act.id()) => {
                (t!("Sending"), "sending", "bg-sky-700 text-white")
            }
            Fate::Waiting => (t!("Waiting"), "waiting", "bg-amber-400 text-black"),
        };
        view! {
            <li class="flex items-baseline gap-3 rounded-xl bg-base-200 p-3 text-xl" data-testid="outgoing-row" data-state=name>
                <span class="min-w-0 flex-1 break-words">{act.text.clone()}</span>
                <span class=format!("rounded px-2 font-bold {look}")>{state}</span>
            </li>
        }
        .into_any()
    };
    // What needs an eye first, then what waits, then what was sent, newest first.
    let rows = move || {
        let acts = queue.acts().get();
        let rank = |act: &&Act| match act.fate {
            Fate::Refused(_) => 0,
            Fate::Review { .. } => 1,
            Fate::Waiting => 2,
            Fate::Sent => 3,
        };
        let mut sorted: Vec<&Act> = acts.iter().rev().collect();
        sorted.sort_by_key(rank);
        sorted
            .into_iter()
            .take(SHOWN)
            .map(row)
            .collect::<Vec<_>>()
            .into_any()
    };
    view! {
        <BottomSheet title=t!("Your acts") on_close=close>
            <p class="text-xl">
                {text(move || match queue.counts().get() {
                    counts if counts.waiting == 0 => t!("Everything is sent ({count}).", count = counts.sent),
                    counts => t!("{sent} sent, {waiting} waiting.", sent = counts.sent, waiting = counts.waiting),
                })}
            </p>
            {part(move || queue.others().get().into_iter().map(of_others).collect::<Vec<_>>().into_any())}
            <Trouble queue />
            <ul class="flex flex-col gap-2 overflow-y-auto">{part(rows)}</ul>
        </BottomSheet>
    }
}

/// Acts of somebody who used this device before.
fn of_others((name, count): (String, usize)) -> AnyView {
    view! {
        <p class="rounded-xl bg-amber-300 p-3 text-xl font-semibold text-black" data-testid="others-wait">
            {tn!(
                "{count} act waits here for {name}. They are sent when {name} signs in on this device.",
                "{count} acts wait here for {name}. They are sent when {name} signs in on this device.",
                count,
                name
            )}
        </p>
    }
    .into_any()
}

/// Why nothing goes out, and a way to try again at once.
#[component]
pub(super) fn Trouble(queue: Queue) -> impl IntoView {
    let trouble = queue.trouble();
    part(move || option(trouble.get().map(|error| unsent(queue, error))))
}

fn unsent(queue: Queue, error: AppError) -> AnyView {
    let way_out = if error.code == ErrorCode::SignedOut {
        sign_in_button()
    } else {
        view! {
            <button
                type="button"
                class="btn btn-primary h-16 text-2xl"
                data-testid="retry"
                on:click=press(move || queue.retry())
            >
                {t!("Retry")}
            </button>
        }
        .into_any()
    };
    let message = match error.code {
        ErrorCode::SignedOut => t!("Your sign-in ran out. Sign in again: then everything is sent."),
        _ => &error.message,
    };
    view! {
        <div role="alert" class="flex w-full flex-col gap-3" data-testid="trouble">
            <p class="text-xl font-semibold">{message.to_owned()}</p>
            {way_out}
        </div>
    }
    .into_any()
}

/// Opens the sign-in over the page.
pub(super) fn sign_in_button() -> AnyView {
    let asks = expect_context::<Session>().asks;
    view! {
        <button
            type="button"
            class="btn btn-primary h-16 text-2xl"
            data-testid="sign-in-again"
            on:click=press(move || asks.set(true))
        >
            {t!("Sign in")}
        </button>
    }
    .into_any()
}

/// An act the device had no room for; covers the screen until the worker has seen it.
#[component]
pub(super) fn NoRoom(queue: Queue) -> impl IntoView {
    let no_room = queue.no_room();
    let close = Callback::new(move |()| no_room.set(None));
    part(move || {
        let screen = no_room.get().map(|act| {
            let text = t!("NOT recorded: {act}. Nothing that was recorded is lost. Go to where there is network, so that it is sent; then do this again.", act);
            view! {
                <Screen colour="bg-red-700 text-white" title=t!("This device is full").to_owned() text name="no-room">
                    <Answer label=t!("OK").to_owned() name="acknowledge" on_press=close />
                </Screen>
            }
            .into_any()
        });
        option(screen)
    })
}

/// The first act that was not accepted, or that a lead decides; covers the screen until the worker
/// has seen it.
#[component]
pub(super) fn UnseenAct(queue: Queue) -> impl IntoView {
    let first = Memo::new(move |_| {
        queue.acts().with(|acts| {
            let unseen = |act: &&Act| {
                act.refused().is_some() || matches!(act.fate, Fate::Review { seen: false, .. })
            };
            acts.iter().find(unseen).cloned()
        })
    });
    part(move || {
        option(first.get().map(|act| match &act.fate {
            Fate::Review { message, .. } => under_review(queue, &act, message.clone()),
            _ => refused(queue, act),
        }))
    })
}

fn under_review(queue: Queue, act: &Act, message: String) -> AnyView {
    let id = act.id();
    let seen = Callback::new(move |()| queue.seen(id));
    view! {
        <Screen
            colour="bg-amber-400 text-black"
            title=t!("Your lead decides").to_owned()
            text=format!("{}. {}", act.text, tell(&message))
            name="review-act"
        >
            <Answer label=t!("OK").to_owned() name="acknowledge" on_press=seen />
        </Screen>
    }
    .into_any()
}

fn refused(queue: Queue, act: Act) -> AnyView {
    let message = act
        .refused()
        .map(|refused| tell(&refused.message))
        .unwrap_or_default();
    // Whether a person can confirm it does not depend on the new id.
    let asks = act.confirmed(act.id()).is_some();
    let (id, text) = (act.id(), act.text.clone());
    let dismiss = Callback::new(move |()| queue.dismiss(id));
    let confirm = Callback::new(move |()| queue.confirm(&act));
    let colour = if asks {
        "bg-amber-400 text-black"
    } else {
        "bg-red-700 text-white"
    };
    let confirmation = asks.then(|| {
        view! { <Answer label=t!("Confirm").to_owned() name="confirm-refused" on_press=confirm /> }
            .into_any()
    });
    view! {
        <Screen colour title=message text=t!("Your act: {text}", text) name="refused-act">
            {option(confirmation)}
            <Answer
                label=if asks { t!("Do not") } else { t!("OK") }.to_owned()
                name="acknowledge"
                on_press=dismiss
            />
        </Screen>
    }
    .into_any()
}
