//! The tasks given to this worker or the worker's team.

use super::queue::Queue;
use super::varying::{flag, option, part};
use crate::sound::{Cue, Feedback};
use crate::{AppError, api, live, routes};
use domain::TaskId;
use domain::document::DocumentKind;
use domain::live::Topic;
use domain::task::{TaskState, TaskSummary};
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::components::A;

/// The list; a new task appears by itself, with a sound.
#[component]
pub fn MyTasks() -> impl IntoView {
    let tasks = RwSignal::new(None::<Vec<TaskSummary>>);
    let problem = RwSignal::new(None::<AppError>);
    let fresh = RwSignal::new(Vec::new());
    keep_up(tasks, problem, fresh);
    reload_for_new_build();
    view! {
        <Title text="My tasks" />
        <main class="flex h-full flex-col overflow-y-auto p-3">
            <h1 class="px-1 pb-2 text-2xl font-bold">"My tasks"</h1>
            {part(move || option(problem.get().map(|error| view! { <Problem error /> }.into_any())))}
            {part(move || match tasks.get() {
                None if problem.read().is_some() => ().into_any(),
                None => view! { <Waiting /> }.into_any(),
                Some(tasks) if tasks.is_empty() => view! { <Nothing /> }.into_any(),
                Some(tasks) => {
                    let rows = tasks
                        .into_iter()
                        .map(|task| {
                            let is_fresh = fresh.read_untracked().contains(&task.id);
                            view! { <Row task is_fresh /> }.into_any()
                        })
                        .collect::<Vec<_>>();
                    view! { <ul class="flex flex-col gap-3">{rows}</ul> }.into_any()
                }
            })}
            <A href=routes::SCANNER attr:class="btn btn-ghost mt-3 h-14 text-xl" attr:data-testid="scanner-check">
                "Check the scanner"
            </A>
            <SignOut />
        </main>
    }
}

fn keep_up(
    tasks: RwSignal<Option<Vec<TaskSummary>>>,
    problem: RwSignal<Option<AppError>>,
    fresh: RwSignal<Vec<TaskId>>,
) {
    let feedback = expect_context::<Feedback>();
    let user = crate::session::viewer().map(|viewer| viewer.user_id.0);
    let version = live::use_live(Signal::derive(move || {
        user.map(Topic::WorkerTasks).into_iter().collect()
    }));
    let turn = StoredValue::new(0_u64);
    Effect::new(move |_| {
        version.track();
        let this = turn.get_value() + 1;
        turn.set_value(this);
        spawn_local(async move {
            let answer = api::tasks::mine().await;
            if turn.try_get_value() != Some(this) {
                return;
            }
            match answer {
                Ok(now) => {
                    let new = new_ones(tasks.get_untracked().as_deref(), &now);
                    if !new.is_empty() {
                        feedback.give(Cue::Attention);
                    }
                    fresh.update(|fresh| fresh.extend(new));
                    problem.set(None);
                    tasks.set(Some(now));
                }
                Err(error) => problem.set(Some(error)),
            }
        });
    });
}

/// Tasks that were not there before; none on the first reading.
fn new_ones(before: Option<&[TaskSummary]>, now: &[TaskSummary]) -> Vec<TaskId> {
    let Some(before) = before else {
        return Vec::new();
    };
    now.iter()
        .map(|task| task.id)
        .filter(|id| !before.iter().any(|task| task.id == *id))
        .collect()
}

/// Nobody works on this page, so a newer build is taken here, once everything is sent.
fn reload_for_new_build() {
    let new_build = live::use_new_build();
    let queue = expect_context::<Queue>();
    Effect::new(move |_| {
        if new_build.get() && queue.acts().read().is_empty() {
            let _ = window().location().reload();
        }
    });
}

#[component]
fn Row(task: TaskSummary, is_fresh: bool) -> impl IntoView {
    let handled = task.lines_done + task.lines_short;
    let kind = match task.kind {
        DocumentKind::Dispatch => "Pick",
        DocumentKind::Receipt => "Receive",
    };
    let whose = match (&task.worker_name, &task.team_name) {
        (Some(worker), _) if task.state == TaskState::Claimed => format!("{worker} works on it"),
        (None, Some(team)) => format!("Team {team}"),
        _ => String::new(),
    };
    let border = if is_fresh {
        "border-amber-500"
    } else {
        "border-transparent"
    };
    let urgent = task.priority > 0;
    view! {
        <li>
            <A
                href=format!("{}/tasks/{}", routes::FLOOR, task.id)
                attr:class=format!("block min-h-28 rounded-2xl border-4 bg-base-100 p-4 shadow active:bg-base-300 {border}")
                attr:data-testid="task-row"
                attr:data-task=task.id.to_string()
            >
                <div class="flex items-start gap-3">
                    <span class="min-w-0 flex-1 text-2xl font-black leading-tight break-words">
                        {task.number.clone()}
                    </span>
                    {is_fresh
                        .then(|| view! { <span class="badge badge-warning h-8 text-lg font-bold">"New"</span> })}
                    {urgent
                        .then(|| view! { <span class="badge badge-error h-8 text-lg font-bold">"Urgent"</span> })}
                    <span class="badge badge-neutral h-8 text-lg font-bold">{kind}</span>
                </div>
                <div class="mt-1 truncate text-lg">
                    {task.partner_name.clone().unwrap_or_default()}
                </div>
                <div class="mt-3 flex items-center gap-3">
                    <Bar done=task.lines_done short=task.lines_short total=task.lines_total />
                    <span class="text-xl font-bold tabular-nums" data-testid="task-progress">
                        {format!("{handled} / {}", task.lines_total)}
                    </span>
                </div>
                {(!whose.is_empty())
                    .then(|| view! { <div class="mt-1 text-base opacity-80">{whose}</div> })}
            </A>
        </li>
    }
}

/// Lines done and lines reported short, of all.
#[component]
pub(super) fn Bar(done: i32, short: i32, total: i32) -> impl IntoView {
    let share = |lines: i32| format!("width:{}%", lines * 100 / total.max(1));
    view! {
        <div class="flex h-5 flex-1 overflow-hidden rounded-full bg-base-300" aria-hidden="true">
            <div class="h-full bg-emerald-600" style=share(done)></div>
            <div class="h-full bg-amber-500" style=share(short)></div>
        </div>
    }
}

/// The sign-in page, leading back to the floor.
pub(super) fn sign_in_here() -> String {
    format!("{}?next={}", routes::LOGIN, routes::FLOOR)
}

/// Something could not be read.
#[component]
pub(super) fn Problem(error: AppError) -> impl IntoView {
    let signed_out = error.code == crate::ErrorCode::SignedOut;
    view! {
        <div role="alert" class="mb-3 flex flex-col gap-3 rounded-2xl bg-red-700 p-4 text-xl font-semibold text-white" data-testid="problem">
            {error.message}
            {signed_out
                .then(|| {
                    view! {
                        <a class="btn h-14 text-xl" href=sign_in_here() rel="external">
                            "Sign in"
                        </a>
                    }
                })}
        </div>
    }
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <div class="flex flex-col gap-3" aria-busy="true">
            <div class="skeleton h-32 rounded-2xl"></div>
            <div class="skeleton h-32 rounded-2xl"></div>
        </div>
    }
}

#[component]
fn Nothing() -> impl IntoView {
    view! {
        <div class="flex flex-1 flex-col items-center justify-center gap-2 text-center" data-testid="no-tasks">
            <p class="text-3xl font-bold">"Nothing to do"</p>
            <p class="text-xl opacity-80">
                "A new task appears here by itself, with a sound. You need not reload."
            </p>
        </div>
    }
}

/// A plain form: the server ends the session and sends the browser to the sign-in page.
#[component]
fn SignOut() -> impl IntoView {
    let counts = expect_context::<Queue>().counts();
    let unsent = move || counts.get().waiting > 0;
    view! {
        <form class="mt-auto flex flex-col gap-2 pt-6" method="post" action="/api/fn/session/sign_out">
            <p class="text-center text-xl font-semibold" class:hidden=flag(move || !unsent())>
                "Wait until everything is sent."
            </p>
            <button class="btn btn-outline h-14 w-full text-xl" data-testid="sign-out" disabled=flag(unsent)>
                "Sign out"
            </button>
        </form>
    }
}
