//! Reporting the rest of a line missing: one touch more than opening it.

use super::desk::{Desk, Sheet, plain};
use super::sheet::{BottomSheet, focus_when_drawn};
use super::varying::{part, press, text};
use crate::words::{tell, tr};
use domain::shortage::ShortageReason;
use leptos::prelude::*;

/// The reasons as tiles; "other" asks for words.
#[component]
pub(super) fn ShortSheet(desk: Desk) -> impl IntoView {
    let close = Callback::new(move |()| desk.sheet.set(Sheet::Closed));
    let asks = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let line = desk.line.get_untracked();
    let id = line.as_ref().map(|line| line.id);
    let report = move |reason: ShortageReason, text: Option<String>| {
        let reported = id.map_or(Ok(()), |id| desk.short(id, reason, text));
        if let Err(refusal) = reported {
            problem.set(Some(tell(&refusal.to_string())));
        }
    };
    let choose = Callback::new(move |reason: ShortageReason| {
        if reason == ShortageReason::Other {
            asks.set(true);
        } else {
            report(reason, None);
        }
    });
    let say = Callback::new(move |text: String| report(ShortageReason::Other, Some(text)));
    line.map(|line| {
        let title = t!(
            "Why are {quantity} {uom} missing?",
            quantity = plain(line.remaining()),
            uom = line.uom
        );
        view! {
            <BottomSheet title on_close=close>
                <p class="font-mono text-2xl font-bold">{line.item_code.clone()}</p>
                <p class="text-lg font-semibold text-error" role="alert">
                    {text(move || problem.get().unwrap_or_default())}
                </p>
                {part(move || if asks.get() {
                    view! { <Words on_say=say action=t!("Report short") /> }.into_any()
                } else {
                    view! { <Tiles receipt=desk.is_receipt() on_choose=choose /> }.into_any()
                })}
            </BottomSheet>
        }
    })
}

#[component]
fn Tiles(receipt: bool, on_choose: Callback<ShortageReason>) -> impl IntoView {
    let mut reasons = ShortageReason::ALL.to_vec();
    // What has not come yet is in no stock.
    reasons.retain(|reason| !receipt || *reason != ShortageReason::NotInStock);
    let tiles = reasons.into_iter().map(|reason| {
        let label = match reason {
            ShortageReason::NotFound if receipt => t!("Missing"),
            other => tr(other.label()),
        };
        view! {
            <button
                type="button"
                class="btn btn-warning h-24 text-2xl font-bold leading-tight last:col-span-2 last:h-16"
                data-testid=format!("reason-{}", reason.as_str().replace('_', "-"))
                on:click=press(move || on_choose.run(reason))
            >
                {label}
            </button>
        }
    });
    view! { <div class="grid grid-cols-2 gap-3">{tiles.collect_view()}</div> }
}

#[component]
pub(super) fn Words(on_say: Callback<String>, action: &'static str) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let field = NodeRef::<leptos::html::Input>::new();
    focus_when_drawn(field);
    view! {
        <form
            class="flex flex-col gap-3"
            on:submit=move |event| {
                event.prevent_default();
                on_say.run(words.get_untracked().trim().to_owned());
            }
        >
            <label class="text-xl font-semibold" for="reason-text">
                {t!("In a few words")}
            </label>
            <input
                id="reason-text"
                node_ref=field
                class="input h-16 w-full text-2xl"
                type="text"
                maxlength="200"
                data-testid="reason-text"
                prop:value=words
                on:input=move |event| words.set(event_target_value(&event))
            />
            <button class="btn btn-warning h-16 text-2xl font-bold" data-testid="confirm-short">
                {action}
            </button>
        </form>
    }
}
