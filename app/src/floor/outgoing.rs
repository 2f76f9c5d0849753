//! What is not sent yet, and what was not accepted.

use super::act::Act;
use super::notice::{Answer, Screen};
use super::queue::Queue;
use super::sheet::BottomSheet;
use super::varying::{option, part, press, text};
use crate::{AppError, ErrorCode};
use leptos::prelude::*;

/// The list behind the header's counts.
#[component]
pub(super) fn Outgoing(queue: Queue, listed: RwSignal<bool>) -> impl IntoView {
    let close = Callback::new(move |()| listed.set(false));
    let under_way = queue.under_way();
    let row = move |act: Act| {
        let state = match &act.refused {
            Some(_) => "Refused",
            None if under_way.get() == Some(act.id()) => "Sending",
            None => "Waiting",
        };
        view! {
            <li class="flex items-baseline gap-3 rounded-xl bg-base-200 p-3 text-xl" data-testid="outgoing-row">
                <span class="min-w-0 flex-1 break-words">{act.text.clone()}</span>
                <span class="font-bold">{state}</span>
            </li>
        }
    };
    view! {
        <BottomSheet title="Your acts" on_close=close>
            <p class="text-xl">
                {text(move || match queue.counts().get() {
                    counts if counts.waiting == 0 => format!("Everything is sent ({}).", counts.sent),
                    counts => format!("{} sent, {} waiting.", counts.sent, counts.waiting),
                })}
            </p>
            <Trouble queue />
            <ul class="flex flex-col gap-2 overflow-y-auto">
                {part(move || queue.acts().get().into_iter().map(row).collect_view().into_any())}
            </ul>
        </BottomSheet>
    }
}

/// Why nothing goes out, and a way to try again at once.
#[component]
pub(super) fn Trouble(queue: Queue) -> impl IntoView {
    let trouble = queue.trouble();
    view! {
        {part(move || {
            let warning = queue.unkept().get().then(unkept);
            option(warning)
        })}
        {part(move || option(trouble.get().map(|error| unsent(queue, error))))}
    }
}

fn unkept() -> AnyView {
    view! {
        <p role="alert" class="rounded-xl bg-red-700 p-3 text-xl font-semibold text-white">
            "This device cannot keep your work. Do not close this page before everything is sent."
        </p>
    }
    .into_any()
}

fn unsent(queue: Queue, error: AppError) -> AnyView {
    let way_out = if error.code == ErrorCode::SignedOut {
        view! {
            <a class="btn btn-primary h-16 text-2xl" href=super::my_tasks::sign_in_here() rel="external">
                "Sign in"
            </a>
        }
        .into_any()
    } else {
        view! {
            <button
                type="button"
                class="btn btn-primary h-16 text-2xl"
                data-testid="retry"
                on:click=press(move || queue.retry())
            >
                "Retry"
            </button>
        }
        .into_any()
    };
    view! {
        <div role="alert" class="flex w-full flex-col gap-3" data-testid="trouble">
            <p class="text-xl font-semibold">{error.message}</p>
            {way_out}
        </div>
    }
    .into_any()
}

/// The first act that was not accepted; covers the screen until the worker has seen it.
#[component]
pub(super) fn RefusedAct(queue: Queue) -> impl IntoView {
    part(move || {
        let first = queue
            .acts()
            .with(|acts| acts.iter().find(|act| !act.is_waiting()).cloned());
        option(first.map(|act| refused(queue, act)))
    })
}

fn refused(queue: Queue, act: Act) -> AnyView {
    let message = act
        .refused
        .as_ref()
        .map(|refused| refused.message.clone())
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
        view! { <Answer label="Confirm".to_owned() name="confirm-refused" on_press=confirm /> }
            .into_any()
    });
    view! {
        <Screen colour title=message text=format!("Your act: {text}") name="refused-act">
            {option(confirmation)}
            <Answer
                label=if asks { "Do not" } else { "OK" }.to_owned()
                name="acknowledge"
                on_press=dismiss
            />
        </Screen>
    }
    .into_any()
}
