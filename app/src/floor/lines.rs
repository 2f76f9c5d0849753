//! All lines of the task, with who touched them.

use super::desk::{Desk, Sheet, plain};
use super::sheet::BottomSheet;
use super::varying::{part, press};
use crate::words::{tell, tr};
use domain::LineId;
use domain::document::LineStatus;
use domain::picking::TaskLine;
use leptos::prelude::*;

/// The list; touching a line makes it the current one.
#[component]
pub(super) fn LinesSheet(desk: Desk) -> impl IntoView {
    let close = Callback::new(move |()| desk.sheet.set(Sheet::Closed));
    let go = Callback::new(move |id: LineId| desk.go_to(Some(id)));
    view! {
        <BottomSheet title=t!("Lines") on_close=close>
            <ul class="flex flex-col gap-2 overflow-y-auto">
                {part(move || {
                    let current = desk.current.get();
                    let waiting: Vec<_> = desk
                        .queue
                        .acts()
                        .with(|acts| acts.iter().filter(|act| act.is_waiting()).filter_map(super::act::Act::line_id).collect());
                    desk.lines
                        .get()
                        .into_iter()
                        .map(|line| {
                            let is_current = current == Some(line.id);
                            let sending = waiting.contains(&line.id);
                            let colleague = desk.colleague(&line);
                            view! { <Row line is_current sending colleague on_go=go /> }
                        })
                        .collect_view()
                        .into_any()
                })}
            </ul>
            <button type="button" class="btn btn-outline h-16 text-2xl" data-testid="trouble" on:click=press(move || desk.sheet.set(Sheet::Trouble))>
                {t!("Tell my lead what is wrong")}
            </button>
        </BottomSheet>
    }
}

#[component]
fn Row(
    line: TaskLine,
    is_current: bool,
    sending: bool,
    colleague: Option<String>,
    on_go: Callback<LineId>,
) -> impl IntoView {
    let (mark, colour) = match (line.status, line.reason) {
        (_, Some(_)) => ("!", "bg-amber-400 text-black"),
        (LineStatus::Done, None) => ("✓", "bg-emerald-600 text-white"),
        (LineStatus::Partial, None) => ("…", "bg-sky-600 text-white"),
        (LineStatus::New, None) => ("", "bg-base-300"),
    };
    let border = if is_current {
        "border-primary"
    } else {
        "border-transparent"
    };
    let note = match line.reason {
        Some(reason) => Some(match &line.reason_text {
            Some(text) => format!("{}: {text}", tr(reason.label())),
            None => tr(reason.label()).to_owned(),
        }),
        None if line.is_unexpected() => Some(t!("Not on the document").to_owned()),
        None => line.conflict.as_deref().map(tell),
    };
    let id = line.id;
    view! {
        <li>
            <button
                type="button"
                class=format!("flex min-h-20 w-full items-center gap-3 rounded-xl border-4 bg-base-200 p-2 text-left active:bg-base-300 {border}")
                data-testid="line-row"
                data-line=id.to_string()
                data-status=line.status.as_str()
                on:click=press(move || on_go.run(id))
            >
                <span class=format!("grid size-10 shrink-0 place-items-center rounded-full text-2xl font-black {colour}") aria-hidden="true">
                    {mark}
                </span>
                <span class="min-w-0 flex-1">
                    <span class="block font-mono text-xl font-bold break-all">{line.item_code.clone()}</span>
                    <span class="line-clamp-2 text-base leading-tight">{line.item_name.clone()}</span>
                    <span class="flex flex-wrap gap-x-3 text-base font-semibold">
                        {note.map(|note| view! { <span>{note}</span> })}
                        {colleague
                            .map(|name| view! { <span class="text-info" data-testid="touched-by">{name}</span> })}
                        {sending.then(|| view! { <span>{t!("Sending")}</span> })}
                    </span>
                </span>
                <span class="text-right text-2xl font-black tabular-nums">
                    {format!("{} / {}", plain(line.done), plain(line.requested))}
                    <span class="block text-base font-semibold">{line.uom.clone()}</span>
                </span>
            </button>
        </li>
    }
}
