//! People and teams with what they have to do. Tasks are dropped on them.

use super::desk::{Desk, counted};
use crate::api::tasks::Crew;
use crate::ui::badge::{Tone, badge};
use crate::ui::number::quantity;
use crate::ui::panel::panel as framed;
use crate::ui::url_state::UrlState;
use domain::assignment::{TeamLoad, WorkerLoad};
use domain::task::Assignee;
use domain::task_list::Holder;
use leptos::prelude::*;
use rust_decimal::Decimal;

/// The column of people.
pub(super) fn panel(crew: &Crew, url: UrlState, desk: Desk) -> AnyView {
    let mut cards: Vec<AnyView> = crew
        .teams
        .iter()
        .map(|team| team_card(team, url, desk))
        .collect();
    cards.extend(
        crew.workers
            .iter()
            .map(|worker| worker_card(worker, url, desk)),
    );
    if cards.is_empty() {
        let text = t!("No workers yet. Create users with the role worker.");
        return framed(
            t!("People"),
            None,
            view! { <p class="px-4 py-3 text-sm text-muted">{text}</p> }.into_any(),
        );
    }
    let list = view! { <ul class="flex flex-col divide-y divide-base-300" data-testid="people">{cards}</ul> };
    framed(t!("People"), None, list.into_any())
}

fn team_card(team: &TeamLoad, url: UrlState, desk: Desk) -> AnyView {
    let about = members(team.members);
    card(
        Assignee::Team(team.team_id),
        &team.name,
        badge(Tone::Neutral, about),
        match team.tasks {
            // Its members may have tasks of their own.
            0 => t!("Nothing given to the team itself").to_owned(),
            _ => load(team.tasks, team.lines, team.quantity),
        },
        format!("load-team-{}", team.name.to_lowercase()),
        url,
        desk,
    )
}

fn worker_card(worker: &WorkerLoad, url: UrlState, desk: Desk) -> AnyView {
    let duty = match &worker.on_shift {
        Some(shift) => badge(Tone::Good, t!("Shift {shift}", shift)),
        None => badge(Tone::Neutral, t!("Off duty")),
    };
    card(
        Assignee::Worker(worker.user_id),
        &worker.name,
        duty,
        load(worker.tasks, worker.lines, worker.quantity),
        format!("load-worker-{}", worker.login),
        url,
        desk,
    )
}

/// A number of people in a team.
pub(super) fn members(count: i64) -> String {
    tn!("{count} member", "{count} members", count)
}

fn load(tasks: i64, lines: i64, left: Decimal) -> String {
    match tasks {
        0 => t!("Nothing to do").to_owned(),
        _ => format!(
            "{} · {} · {}",
            counted(tasks),
            tn!("{count} line", "{count} lines", count = lines),
            t!("quantity {quantity}", quantity = quantity(left))
        ),
    }
}

fn card(
    to: Assignee,
    name: &str,
    about: AnyView,
    load: String,
    testid: String,
    url: UrlState,
    desk: Desk,
) -> AnyView {
    let over = RwSignal::new(false);
    let name = name.to_owned();
    let (dropped, holder) = (name.clone(), Holder(to).to_string());
    let class = move || {
        let base = "flex flex-col gap-1 px-3 py-2.5";
        match (over.get(), desk.dragged.with(Option::is_some)) {
            (true, _) => format!("{base} bg-primary/20"),
            (false, true) => {
                format!("{base} outline-2 -outline-offset-4 outline-dashed outline-primary/60")
            }
            _ => base.to_owned(),
        }
    };
    view! {
        <li
            class=class
            data-testid=testid
            on:dragover=move |event| {
                if desk.dragged.with_untracked(Option::is_some) {
                    event.prevent_default();
                    over.set(true);
                }
            }
            on:dragleave=move |_| over.set(false)
            on:drop=move |event| {
                event.prevent_default();
                over.set(false);
                desk.dropped(to, dropped.clone());
            }
        >
            <span class="flex items-center justify-between gap-2">
                <button
                    type="button"
                    class="truncate text-left text-sm font-medium hover:underline"
                    title=t!("Show only these tasks")
                    on:click=move |_| url.set("holder", &holder)
                >
                    {name}
                </button>
                {about}
            </span>
            <span class="text-xs text-muted tabular-nums" title=t!("What is left to do") data-testid="load">{load}</span>
        </li>
    }
    .into_any()
}
