//! The end of a task: everything handled, being finished, finished.

use super::desk::Desk;
use super::finish::how_short;
use super::outgoing::Trouble;
use super::page::to_tasks;
use super::varying::{press, text};
use domain::document::{DocumentStatus, LineStatus};
use domain::task::TaskState;
use leptos::prelude::*;

/// No open line is left.
#[component]
pub(super) fn AllHandled(desk: Desk) -> impl IntoView {
    let short = move || {
        desk.lines.with(|lines| {
            lines
                .iter()
                .filter(|line| line.status != LineStatus::Done)
                .count()
        })
    };
    view! {
        <div class="flex h-full flex-col items-center justify-center gap-3 rounded-2xl bg-base-100 p-6 text-center" data-testid="all-handled">
            <p class="text-4xl font-black">{t!("All lines handled")}</p>
            <p class="text-2xl">
                {text(move || match short() {
                    0 => t!("Nothing is missing.").to_owned(),
                    lines => tn!("{lines} line is short.", "{lines} lines are short.", lines),
                })}
            </p>
            <button
                type="button"
                class="btn btn-success mt-4 h-24 w-full text-3xl font-bold"
                data-testid="finish-all"
                on:click=press(move || desk.finish(false))
            >
                {t!("Finish")}
            </button>
        </div>
    }
}

/// Finished here, not answered yet: stays until it is.
#[component]
pub(super) fn Finishing(desk: Desk) -> impl IntoView {
    let live = crate::live::use_link();
    let title = move || match live.get() {
        crate::live::LinkState::Live => t!("Finishing"),
        _ => t!("Finished here"),
    };
    let rest = move || match live.get() {
        crate::live::LinkState::Live => t!("One moment."),
        _ => {
            t!(
                "It is kept on this device and sent when the network is back. Go on with the next task."
            )
        }
    };
    view! {
        <div class="flex h-full flex-col items-center justify-center gap-4 rounded-2xl bg-base-100 p-6 text-center" data-testid="finishing">
            <p class="text-4xl font-black">{text(move || title().to_owned())}</p>
            <p class="text-xl">{text(move || rest().to_owned())}</p>
            {to_tasks()}
            <Trouble queue=desk.queue />
        </div>
    }
}

/// What a partial end says of the lines that are missing something.
fn in_part(desk: Desk) -> String {
    let mut short = desk.lines.get();
    short.retain(|line| line.status != LineStatus::Done);
    match short.iter().any(|line| line.is_open()) {
        true => how_short(&short),
        false => t!("The shortages are reported.").to_owned(),
    }
}

/// Nobody can work on it any more.
#[component]
pub(super) fn Closed(desk: Desk) -> impl IntoView {
    let words = move || {
        desk.detail
            .with(|detail| match detail.as_ref().map(|detail| &detail.task) {
                Some(task) if task.state == TaskState::Cancelled => (
                    t!("Withdrawn"),
                    t!("Your lead or the ERP took this task back.").to_owned(),
                    "bg-neutral text-neutral-content",
                ),
                Some(task) if task.document_status == DocumentStatus::Partial => (
                    t!("Finished as partial"),
                    in_part(desk),
                    "bg-amber-400 text-black",
                ),
                _ => (
                    t!("Finished"),
                    t!("Everything is complete.").to_owned(),
                    "bg-emerald-700 text-white",
                ),
            })
    };
    view! {
        <div
            class=text(move || format!("flex h-full flex-col items-center justify-center gap-3 rounded-2xl p-6 text-center {}", words().2))
            data-testid="task-closed"
        >
            <p class="text-5xl font-black">{text(move || words().0.to_owned())}</p>
            <p class="text-2xl">{text(move || words().1)}</p>
            {to_tasks()}
        </div>
    }
}
