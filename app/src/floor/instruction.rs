//! The one thing to do now, readable at arm's length.

use super::desk::{Desk, plain};
use super::varying::{option, part};
use crate::words::{tell, tr};
use domain::picking::TaskLine;
use leptos::prelude::*;

/// The current line.
#[component]
pub(super) fn Instruction(desk: Desk) -> impl IntoView {
    part(move || {
        let card = desk.line.get().map(|line| {
            let place = desk.index().map_or(0, |index| index + 1);
            let total = desk.lines.with(Vec::len);
            let sending = desk.queue.acts().with(|acts| {
                acts.iter()
                    .any(|act| act.line_id() == Some(line.id) && act.is_waiting())
            });
            let colleague = desk.colleague(&line);
            view! { <Card line place total sending colleague verb=desk.verb() /> }.into_any()
        });
        option(card)
    })
}

#[component]
fn Card(
    line: TaskLine,
    place: usize,
    total: usize,
    sending: bool,
    colleague: Option<String>,
    verb: &'static str,
) -> impl IntoView {
    let remaining = plain(line.remaining());
    let size = match remaining.len() {
        0..=4 => "text-[8rem]",
        5..=6 => "text-[6rem]",
        _ => "text-[4rem]",
    };
    let id = line.id.to_string();
    view! {
        <article
            class="flex h-full flex-col rounded-2xl bg-base-100 p-4 shadow"
            data-testid="instruction"
            data-line=id
        >
            <div class="flex items-center justify-between gap-2 text-lg font-semibold">
                <span class="opacity-80">{t!("Line {place} of {total}", place, total)}</span>
                <span class:hidden=!sending class="badge badge-info h-7 text-base font-bold" data-testid="sending">
                    {t!("Sending")}
                </span>
                {colleague
                    .map(|name| {
                        view! {
                            <span class="badge badge-outline h-7 truncate text-base" data-testid="touched-by">
                                {name}
                            </span>
                        }
                    })}
            </div>
            {option(line.location.clone().map(|location| view! {
                <div class="mt-1 font-mono text-6xl font-black leading-none break-all text-primary" data-testid="location">{location}</div>
            }.into_any()))}
            <div class="mt-1 font-mono text-5xl font-black leading-none break-all" data-testid="item-code">
                {line.item_code.clone()}
            </div>
            <div class="mt-2 line-clamp-2 text-2xl leading-tight" data-testid="item-name">
                {line.item_name.clone()}
            </div>
            {line
                .conflict
                .clone()
                .map(|conflict| {
                    view! {
                        <div role="alert" class="mt-2 rounded-xl bg-amber-300 p-2 text-lg font-semibold text-black">
                            {tell(&conflict)} " " {t!("Ask your lead.")}
                        </div>
                    }
                })}
            <div class="flex flex-1 flex-col items-center justify-center">
                <div class="flex items-baseline gap-3">
                    <span class=format!("{size} font-black leading-none tabular-nums") data-testid="remaining">
                        {remaining}
                    </span>
                    <span class="text-4xl font-bold">{line.uom.clone()}</span>
                </div>
                <div class="text-2xl font-semibold">{verb}</div>
            </div>
            <Handled line />
        </article>
    }
}

/// What was done, and why the line is not open any more.
#[component]
fn Handled(line: TaskLine) -> impl IntoView {
    let closed = match line.reason {
        _ if line.is_open() => None,
        Some(reason) => Some(t!(
            "Reported short: {reason}",
            reason = tr(reason.label()).to_ascii_lowercase()
        )),
        None => Some(t!("Complete").to_owned()),
    };
    view! {
        <div class="flex items-center justify-between gap-3 text-xl">
            <span class="tabular-nums" data-testid="done-of-requested">
                {t!("{done} of {requested} done", done = plain(line.done), requested = plain(line.requested))}
            </span>
            {closed
                .map(|words| view! { <span class="font-bold text-success">{words}</span> })}
        </div>
    }
}
