//! One task of the list.

use super::Bar;
use crate::floor::act::{Act, with_acts};
use crate::floor::book::Entry;
use crate::floor::page::{Page, address, leads_to};
use domain::document::{DocumentKind, LineStatus};
use domain::operation::FloorAction;
use domain::task::{TaskState, TaskSummary};
use leptos::prelude::*;

/// The counts as they will be once the acts on this device are sent.
pub(super) fn with_work(entry: Entry, acts: &[Act]) -> TaskSummary {
    let mut task = entry.task;
    let mine: Vec<Act> = acts
        .iter()
        .filter(|act| act.task_id() == task.id)
        .cloned()
        .collect();
    let (Some(lines), true) = (entry.lines, mine.iter().any(Act::is_waiting)) else {
        return task;
    };
    let lines = with_acts(&lines, &mine);
    let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
    let done = lines
        .iter()
        .filter(|line| line.status == LineStatus::Done)
        .count();
    let handled = lines.iter().filter(|line| !line.is_open()).count();
    task.lines_done = count(done);
    task.lines_short = count(handled - done);
    task
}

/// Whether it was finished here and the server does not know yet.
pub(super) fn is_finished(entry: &Entry, acts: &[Act]) -> bool {
    acts.iter().any(|act| {
        let finish = matches!(act.request.action, FloorAction::Finish { .. });
        act.task_id() == entry.task.id && act.is_waiting() && finish
    })
}

/// A task, with what this device did of it.
#[component]
pub(super) fn Row(task: TaskSummary, is_fresh: bool, finished: bool) -> impl IntoView {
    let handled = task.lines_done + task.lines_short;
    let kind = match task.kind {
        DocumentKind::Dispatch => t!("Pick"),
        DocumentKind::Receipt => t!("Receive"),
    };
    let whose = match (&task.worker_name, &task.team_name) {
        _ if finished => t!("Finished here, not sent yet").to_owned(),
        (Some(worker), _) if task.state == TaskState::Claimed => t!("{worker} works on it", worker),
        (None, Some(team)) => t!("Team {team}", team),
        _ => String::new(),
    };
    let border = if is_fresh {
        "border-amber-500"
    } else {
        "border-transparent"
    };
    let urgent = task.priority > 0;
    let page = Page::Work(task.id);
    view! {
        <li>
            <a
                href=address(page)
                class=format!("block min-h-28 rounded-2xl border-4 bg-base-100 p-4 shadow active:bg-base-300 {border}")
                data-testid="task-row"
                data-task=task.id.to_string()
                on:click=leads_to(page)
            >
                <div class="flex flex-wrap items-start justify-end gap-3">
                    <span class="min-w-0 flex-auto text-2xl font-black leading-tight break-words">
                        {task.number.clone()}
                    </span>
                    {badge(is_fresh, "badge-warning", t!("New"))}
                    {badge(urgent, "badge-error", t!("Urgent"))}
                    {badge(true, "badge-neutral", kind)}
                </div>
                <div class="mt-1 line-clamp-2 text-lg leading-tight">
                    {task.partner_name.clone().unwrap_or_default()}
                </div>
                <div class="mt-3 flex items-center gap-3">
                    <Bar done=task.lines_done short=task.lines_short total=task.lines_total />
                    <span class="text-xl font-bold tabular-nums" data-testid="task-progress">
                        {format!("{handled} / {}", task.lines_total)}
                    </span>
                </div>
                <div class="mt-1 text-base opacity-80" class:hidden=whose.is_empty()>
                    {whose.clone()}
                </div>
            </a>
        </li>
    }
}

fn badge(shown: bool, look: &'static str, words: &'static str) -> AnyView {
    view! {
        <span class=format!("badge h-8 text-lg font-bold {look}") class:hidden=!shown>
            {words}
        </span>
    }
    .into_any()
}
