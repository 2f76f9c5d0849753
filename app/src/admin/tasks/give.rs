//! To whom tasks can go: everybody with their load, or whom it suggests and why.

use super::desk::{Desk, counted};
use super::people::members;
use crate::api;
use crate::api::tasks::Crew;
use crate::load::load;
use crate::ui::button::{Button, ButtonKind, Press};
use crate::ui::empty::empty;
use crate::ui::icon::{Icon, icon};
use crate::ui::load::loaded;
use crate::ui::number::quantity;
use crate::words::tell;
use domain::assignment::Suggestion;
use domain::task::Assignee;
use domain::task_list::TaskAct;
use domain::{TaskId, UserId};
use leptos::prelude::*;

/// Workers and teams; `suggested` is what the lead saw before choosing otherwise.
pub(super) fn everybody(desk: Desk, suggested: Vec<(TaskId, UserId)>) -> AnyView {
    let people = load(|| (), |()| api::tasks::crew_at_work());
    // Suggestions explain it already.
    let alone = suggested.is_empty();
    loaded(people, move |crew: Crew, _| {
        if crew.workers.is_empty() && crew.teams.is_empty() {
            return empty(
                Icon::People,
                t!("No workers"),
                t!("Create a user with the role worker first."),
                None,
            );
        }
        let choose = |to: Assignee| {
            let suggested = suggested.clone();
            Press::from(move |()| desk.change(TaskAct::Give(to), suggested.clone()))
        };
        let teams = crew.teams.into_iter().map(|team| {
            let hint = format!("{} · {}", members(team.members), counted(team.tasks));
            let testid = format!("assign-team-{}", team.name.to_lowercase());
            let to = choose(Assignee::Team(team.team_id));
            choice(desk, Icon::People, team.name, hint, testid, to)
        });
        let teams = teams.collect::<Vec<_>>();
        let workers = crew.workers.into_iter().map(|worker| {
            let duty = match &worker.on_shift {
                Some(shift) => t!("shift {shift}", shift),
                None => t!("off duty").to_owned(),
            };
            let hint = format!(
                "{duty} · {} · {}",
                counted(worker.tasks),
                t!("score {score}", score = quantity(worker.score()))
            );
            let testid = format!("assign-worker-{}", worker.login);
            let to = choose(Assignee::Worker(worker.user_id));
            choice(desk, Icon::Person, worker.name, hint, testid, to)
        });
        let workers = workers.collect::<Vec<_>>();
        let nobody = choose(Assignee::Nobody);
        view! {
            <div class="flex max-h-96 flex-col divide-y divide-base-300 overflow-y-auto rounded-md border border-base-300">
                {workers}
                {teams}
            </div>
            {alone.then(score_means)}
            <div class="flex justify-end">
                <Button
                    label=t!("Give to nobody")
                    kind=ButtonKind::Quiet
                    small=true
                    pending=desk.act.pending()
                    on_press=nobody
                    testid="assign-nobody"
                />
            </div>
        }
        .into_any()
    })
}

fn score_means() -> AnyView {
    let words = t!(
        "Score: a point for each piece or other unit that is left, five for each task. Who has the lowest is the freest."
    );
    view! { <p class="text-xs text-muted" data-testid="score-means">{words}</p> }.into_any()
}

fn choice(
    desk: Desk,
    drawing: Icon,
    name: String,
    hint: String,
    testid: String,
    then: Press,
) -> AnyView {
    view! {
        <button
            type="button"
            class="flex items-center gap-3 px-3 py-2.5 text-left hover:bg-base-200 disabled:opacity-50"
            data-testid=testid
            disabled=move || desk.act.pending().get()
            on:click=move |_| then.run()
        >
            {icon(drawing, "size-4 text-muted")}
            <span class="flex-1 text-sm font-medium">{name}</span>
            <span class="text-xs text-muted">{hint}</span>
        </button>
    }
    .into_any()
}

/// Whom it suggests for each task; taking it or choosing somebody else is both on record.
pub(super) fn suggested(desk: Desk) -> AnyView {
    let rows = load(move || desk.tasks(), api::tasks::suggest);
    loaded(rows, move |rows: Vec<Suggestion>, _| {
        if rows.is_empty() {
            return empty(
                Icon::People,
                t!("Nobody to suggest"),
                t!("No worker belongs to the warehouse of these tasks."),
                None,
            );
        }
        let gifts: Vec<(TaskId, UserId)> = rows
            .iter()
            .map(|row| (row.task_id, row.worker_id))
            .collect();
        let all = gifts.len() == desk.tasks().len();
        let other = RwSignal::new(false);
        let (taken, left) = (gifts.clone(), gifts);
        let accept = move |()| desk.change(TaskAct::GiveEach(taken.clone()), taken.clone());
        view! {
            <ul class="flex max-h-72 flex-col divide-y divide-base-300 overflow-y-auto rounded-md border border-base-300">
                {rows.into_iter().map(suggestion).collect::<Vec<_>>()}
            </ul>
            {score_means()}
            <div class="flex justify-end gap-2">
                <Button
                    label=t!("Somebody else")
                    kind=ButtonKind::Quiet
                    on_press=move |()| other.set(true)
                    testid="suggestion-other"
                />
                <Button
                    label=t!("Give as suggested")
                    kind=ButtonKind::Primary
                    disabled=Signal::stored(!all)
                    pending=desk.act.pending()
                    on_press=accept
                    testid="suggestion-accept"
                />
            </div>
            {move || other.get().then(|| everybody(desk, left.clone()))}
        }
        .into_any()
    })
}

fn suggestion(row: Suggestion) -> AnyView {
    let key = row.number.clone();
    view! {
        <li class="flex flex-col gap-0.5 px-3 py-2" data-testid="suggestion" data-key=key>
            <span class="text-sm"><span class="font-medium">{row.number}</span>" → "<span class="font-medium">{row.name}</span></span>
            <span class="text-xs text-muted">{tell(&row.reason)}</span>
        </li>
    }
    .into_any()
}
