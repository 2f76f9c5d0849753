//! Finishing with lines missing.

use super::desk::{Desk, Sheet, plain};
use super::sheet::BottomSheet;
use super::varying::{option, part, press};
use crate::words::tr;
use domain::document::LineStatus;
use domain::picking::TaskLine;
use domain::shortage::ShortageReason;
use leptos::prelude::*;

/// Names what is missing and asks.
#[component]
pub(super) fn FinishSheet(desk: Desk) -> impl IntoView {
    let close = Callback::new(move |()| desk.sheet.set(Sheet::Closed));
    let missing = move || {
        let mut lines = desk.lines.get();
        lines.retain(|line| line.status != LineStatus::Done);
        lines
    };
    let title = move || how_short(&missing());
    let has_open = move || missing().iter().any(|line| line.is_open());
    let asks = RwSignal::new(false);
    view! {
        <BottomSheet title=untrack(title) on_close=close>
            <ul class="flex max-h-66 flex-col gap-1 overflow-y-auto text-xl">
                {part(move || {
                    missing()
                        .into_iter()
                        .map(|line| {
                            let why = line.reason.map_or(t!("no reason given"), |reason| tr(reason.label()));
                            view! {
                                <li class="flex items-baseline gap-3 rounded-lg bg-base-200 px-3 py-2">
                                    <span class="min-w-0 flex-1 truncate font-mono font-bold">{line.item_code.clone()}</span>
                                    <span class="text-base">{why}</span>
                                    <span class="font-bold tabular-nums">
                                        {format!("{} / {}", plain(line.done), plain(line.requested))}
                                    </span>
                                </li>
                            }
                        })
                        .collect_view()
                        .into_any()
                })}
            </ul>
            {part(move || option(has_open().then(|| rest(desk, asks))))}
            <button
                type="button"
                class="btn btn-warning h-20 text-2xl font-bold"
                data-testid="confirm-partial"
                on:click=press(move || desk.finish(true))
            >
                {t!("Finish as partial")}
            </button>
            <button
                type="button"
                class="btn h-16 text-2xl"
                data-testid="keep-working"
                on:click=press(move || close.run(()))
            >
                {t!("Keep working")}
            </button>
        </BottomSheet>
    }
}

/// How many of the lines that are missing something have no reason.
pub(super) fn how_short(lines: &[TaskLine]) -> String {
    let open = lines.iter().filter(|line| line.is_open()).count();
    let count = lines.len();
    match open {
        0 => tn!(
            "{count} line short, with a reason",
            "{count} lines short, all with a reason",
            count
        ),
        _ => tn!(
            "{count} line not complete, {open} without a reason",
            "{count} lines not complete, {open} without a reason",
            count,
            open
        ),
    }
}

/// Reports all that is open as missing: one touch, and the reason as its confirmation.
fn rest(desk: Desk, asks: RwSignal<bool>) -> AnyView {
    if !asks.get() {
        return view! {
            <button
                type="button"
                class="btn btn-outline h-16 text-2xl font-bold"
                data-testid="short-rest"
                on:click=press(move || asks.set(true))
            >
                {t!("Mark the rest as missing")}
            </button>
        }
        .into_any();
    }
    let reasons = [
        ShortageReason::NotInStock,
        ShortageReason::NotFound,
        ShortageReason::Damaged,
    ];
    let tiles = reasons.map(|reason| {
        view! {
            <button
                type="button"
                class="btn btn-error h-20 flex-1 px-2 text-xl font-bold leading-tight"
                data-testid=format!("rest-{}", reason.as_str().replace('_', "-"))
                on:click=press(move || desk.short_rest(reason))
            >
                {tr(reason.label())}
            </button>
        }
        .into_any()
    });
    view! {
        <p class="text-xl font-semibold">{t!("Why is all of the rest missing?")}</p>
        <div class="flex gap-2">{tiles.into_iter().collect::<Vec<_>>()}</div>
    }
    .into_any()
}
