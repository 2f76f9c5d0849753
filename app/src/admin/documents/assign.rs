//! Giving a task to a worker or a team.

use crate::api;
use crate::load::load;
use crate::ui::act::{Act, use_act};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::empty::empty;
use crate::ui::icon::{Icon, icon};
use crate::ui::load::loaded;
use crate::ui::toast::{Toasts, use_toasts};
use domain::TaskId;
use domain::task::{Assignee, TaskSummary};
use domain::team::Team;
use domain::user::UserSummary;
use leptos::prelude::*;

/// Which task is being given, and whether the dialog asks.
#[derive(Clone, Copy)]
pub(crate) struct Assigning {
    open: RwSignal<bool>,
    task: RwSignal<Option<(TaskId, String)>>,
    toasts: Toasts,
}

/// The question of the page that calls it.
pub(crate) fn use_assigning() -> Assigning {
    Assigning {
        open: RwSignal::new(false),
        task: RwSignal::new(None),
        toasts: use_toasts(),
    }
}

impl Assigning {
    /// Opens the dialog for a task.
    pub(crate) fn ask(&self, task: &TaskSummary) {
        self.task.set(Some((task.id, task.number.clone())));
        self.open.set(true);
    }
}

/// Asks who works on the task.
#[component]
pub(crate) fn AssignDialog(assigning: Assigning) -> impl IntoView {
    let act = use_act();
    let title = Signal::derive(move || match assigning.task.get() {
        Some((_, number)) => t!("Who works on {number}?", number),
        None => t!("Who works on it?").to_owned(),
    });
    view! {
        <Dialog open=assigning.open title testid="assign-dialog">
            {choices(assigning, act)}
        </Dialog>
    }
}

fn choices(assigning: Assigning, act: Act) -> AnyView {
    let people = load(
        || (),
        |()| async { Ok((api::users::workers().await?, api::teams::list().await?)) },
    );
    loaded(
        people,
        move |(workers, teams): (Vec<UserSummary>, Vec<Team>), _| {
            if workers.is_empty() && teams.is_empty() {
                return empty(
                    Icon::People,
                    t!("No workers"),
                    t!("Create a user with the role worker first."),
                    None,
                );
            }
            let workers = workers
                .into_iter()
                .map(|worker| worker_choice(worker, assigning, act))
                .collect::<Vec<_>>();
            let teams = teams
                .into_iter()
                .map(|team| team_choice(team, assigning, act))
                .collect::<Vec<_>>();
            view! {
                <div class="flex flex-col gap-4">
                    {part(t!("Workers"), workers)}
                    {part(t!("Teams"), teams)}
                    <div class="flex justify-end border-t border-base-300 pt-3">
                        <Button
                            label=t!("Give to nobody")
                            kind=ButtonKind::Quiet
                            small=true
                            pending=act.pending()
                            on_press=move |()| give(assigning, act, Assignee::Nobody)
                            testid="assign-nobody"
                        />
                    </div>
                </div>
            }
            .into_any()
        },
    )
}

fn part(title: &'static str, choices: Vec<AnyView>) -> AnyView {
    view! {
        <div class="flex flex-col gap-1">
            <h3 class="text-xs font-medium text-muted">{title}</h3>
            <div class="flex flex-col divide-y divide-base-300 rounded-md border border-base-300">
                {choices}
            </div>
        </div>
    }
    .into_any()
}

fn worker_choice(worker: UserSummary, assigning: Assigning, act: Act) -> AnyView {
    let tasks = match worker.open_tasks {
        0 => t!("free").to_owned(),
        count => tn!("{count} open task", "{count} open tasks", count),
    };
    let hint = match worker.team_name {
        Some(team) => format!("{team} · {tasks}"),
        None => tasks,
    };
    let testid = format!("assign-worker-{}", worker.login);
    choice(
        Icon::Person,
        worker.name,
        hint,
        testid,
        assigning,
        act,
        Assignee::Worker(worker.id),
    )
}

fn team_choice(team: Team, assigning: Assigning, act: Act) -> AnyView {
    let hint = tn!("{count} member", "{count} members", count = team.members);
    let testid = format!("assign-team-{}", team.name.to_lowercase());
    choice(
        Icon::People,
        team.name,
        hint,
        testid,
        assigning,
        act,
        Assignee::Team(team.id),
    )
}

fn choice(
    drawing: Icon,
    name: String,
    hint: String,
    testid: String,
    assigning: Assigning,
    act: Act,
    to: Assignee,
) -> AnyView {
    view! {
        <button
            type="button"
            class="flex items-center gap-3 px-3 py-2.5 text-left hover:bg-base-200 disabled:opacity-50"
            data-testid=testid
            disabled=move || act.pending().get()
            on:click=move |_| give(assigning, act, to)
        >
            {icon(drawing, "size-4 text-muted")}
            <span class="flex-1 text-sm font-medium">{name}</span>
            <span class="text-xs text-muted">{hint}</span>
        </button>
    }
    .into_any()
}

fn give(assigning: Assigning, act: Act, to: Assignee) {
    if let Some((task, _)) = assigning.task.get_untracked() {
        let toasts = assigning.toasts;
        act.run(api::tasks::assign(task, to), "", move |held| {
            toasts.good(if held {
                t!("Given. A wave holds it back: it comes to the handheld when that is released.")
            } else {
                t!("Given. It is on the handheld now.")
            });
            let _ = assigning.open.try_set(false);
        });
    }
}
