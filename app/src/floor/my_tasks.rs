//! The tasks given to this worker or the worker's team.

use super::act::{Act, with_acts};
use super::book::{self, Entry};
use super::desk::plain;
use super::notice::{Answer, Screen};
use super::outgoing::sign_in_button;
use super::page::{self, Page, Place, address, leads_to};
use super::queue::Queue;
use super::shell::NewBuild;
use super::varying::{option, part, press, text};
use super::who::{Session, Worker};
use crate::scan::ScanField;
use crate::sound::{Cue, Feedback};
use crate::words::picker;
use crate::{AppError, ErrorCode, live};
use domain::document::{DocumentKind, LineStatus};
use domain::live::Topic;
use domain::operation::FloorAction;
use domain::task::{TaskState, TaskSummary, is_number};
use domain::{TaskId, UserId};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The list; a new task appears by itself, with a sound.
#[component]
pub(super) fn MyTasks(worker: Worker) -> impl IntoView {
    let list = List {
        me: worker.id,
        tasks: RwSignal::new(None),
        problem: RwSignal::new(None),
        fresh: RwSignal::new(Vec::new()),
        turn: StoredValue::new(0),
        keeping: StoredValue::new(false),
        keeps_again: StoredValue::new(false),
    };
    page::name(t!("My tasks"));
    keep_up(list);
    let (tasks, problem) = (list.tasks, list.problem);
    let queue = expect_context::<Queue>();
    let missed = RwSignal::new(None::<String>);
    let scanned = opening(list, missed);
    view! {
        <div class="flex h-full flex-col">
            <main class="flex min-h-0 flex-1 flex-col overflow-y-auto p-3">
                <h1 class="px-1 pb-2 text-2xl font-bold">{t!("My tasks")}</h1>
                <Figures me=worker.id />
                <Update />
                {part(move || option(problem.get().map(|error| view! { <Problem error /> }.into_any())))}
                {part(move || match tasks.get() {
                    None if problem.read().is_some() => ().into_any(),
                    None => view! { <Waiting /> }.into_any(),
                    Some(tasks) if tasks.is_empty() => view! { <Nothing /> }.into_any(),
                    Some(tasks) => {
                        let acts = queue.acts().get();
                        let rows = tasks
                            .into_iter()
                            .map(|entry| {
                                let is_fresh = list.fresh.read_untracked().contains(&entry.task.id);
                                let finished = is_finished(&entry, &acts);
                                let task = with_work(entry, &acts);
                                view! { <Row task is_fresh finished /> }.into_any()
                            })
                            .collect::<Vec<_>>();
                        view! { <ul class="flex flex-col gap-3">{rows}</ul> }.into_any()
                    }
                })}
                <div class="mt-3 flex gap-2">
                    {leads(Page::PutAway, "put-away-page", t!("Put away"))}
                    {leads(Page::Count, "count-page", t!("Count"))}
                    {leads(Page::LookUp, "look-up-page", t!("Look up"))}
                </div>
                <a
                    href=address(Page::Scanner)
                    class="btn btn-ghost mt-3 h-14 text-xl"
                    data-testid="scanner-check"
                    on:click=leads_to(Page::Scanner)
                >
                    {t!("Check the scanner")}
                </a>
                <SignOut />
            </main>
            <footer class="shrink-0 border-t-2 border-base-300 bg-base-100 p-3">
                <ScanField hint=t!("Scan a document") on_scan=scanned />
            </footer>
            {part(move || option(missed.get().map(|code| not_listed(code, missed))))}
        </div>
    }
}

/// Opens the task whose document is scanned; any other scan is missed.
fn opening(list: List, missed: RwSignal<Option<String>>) -> Callback<String> {
    let (place, feedback) = (expect_context::<Place>(), expect_context::<Feedback>());
    Callback::new(move |code: String| {
        // A refusal stands until it is answered.
        if missed.with_untracked(Option::is_some) {
            return;
        }
        match list.named(&code) {
            Some(id) => {
                feedback.give(Cue::Ok);
                place.go(Page::Work(id));
            }
            None => {
                feedback.give(Cue::Wrong);
                missed.set(Some(code));
            }
        }
    })
}

/// A scan that no document of the list has as its number.
fn not_listed(code: String, missed: RwSignal<Option<String>>) -> AnyView {
    let close = Callback::new(move |()| missed.set(None));
    let text = t!("No document on your list has this number. Ask your lead.").to_owned();
    view! {
        <Screen colour="bg-red-700 text-white" title=t!("Not on your list").to_owned() code text name="not-listed">
            <Answer label=t!("OK").to_owned() name="acknowledge" on_press=close />
        </Screen>
    }
    .into_any()
}

/// What this person did today, as every board and report counts it.
#[component]
fn Figures(me: UserId) -> impl IntoView {
    let words = RwSignal::new(String::new());
    let site = expect_context::<Session>()
        .today
        .with_untracked(|today| today.as_ref().and_then(|today| today.site));
    spawn_local(async move {
        let site = site.map(|site| format!("&warehouse={site}"));
        let path = format!("/api/v1/kpis?worker={me}{}", site.unwrap_or_default());
        let Ok(report) = super::bridge::call("GET", &path, None).await else {
            return;
        };
        let figures = report.get("figures").list();
        let value = |kpi: &str| {
            let figure = figures
                .iter()
                .find(|figure| figure.text("kpi").as_deref() == Some(kpi));
            figure
                .and_then(|figure| figure.decimal("numerator"))
                .map(plain)
        };
        if let (Some(lines), Some(quantity)) = (value("lines"), value("quantity")) {
            words.try_set(tn!(
                "You today: {lines} line, {quantity} in all",
                "You today: {lines} lines, {quantity} in all",
                lines,
                quantity
            ));
        }
    });
    view! {
        <p class="px-1 pb-2 text-lg font-semibold tabular-nums empty:hidden" data-testid="own-figures">
            {text(move || words.get())}
        </p>
    }
}

fn leads(page: Page, name: &'static str, words: &'static str) -> AnyView {
    view! {
        <a href=address(page) class="btn btn-outline h-16 flex-1 text-xl" data-testid=name on:click=leads_to(page)>
            {words}
        </a>
    }
    .into_any()
}

#[derive(Clone, Copy)]
struct List {
    me: UserId,
    tasks: RwSignal<Option<Vec<Entry>>>,
    problem: RwSignal<Option<AppError>>,
    fresh: RwSignal<Vec<TaskId>>,
    turn: StoredValue<u64>,
    /// The lines of the tasks are being read.
    keeping: StoredValue<bool>,
    /// A list came whose lines are to be read.
    keeps_again: StoredValue<bool>,
}

impl List {
    /// The task of the document with that number; the most urgent one where several have it.
    fn named(self, code: &str) -> Option<TaskId> {
        self.tasks.with_untracked(|tasks| {
            let mut tasks = tasks.iter().flatten().map(|entry| &entry.task);
            let found = tasks.find(|task| is_number(code, &task.number));
            found.map(|task| task.id)
        })
    }
}

fn keep_up(list: List) {
    let me = list.me;
    let version = live::use_live(Signal::stored(vec![Topic::WorkerTasks(me.0)]));
    let feedback = expect_context::<Feedback>();
    let queue = expect_context::<Queue>();
    let turns = expect_context::<Session>().turns;
    Effect::new(move |_| {
        version.track();
        turns.track();
        spawn_local(read(list, queue, feedback));
    });
}

/// First what the device keeps, then what the server says; then the lines of each task are kept, so
/// that it can be opened without a network.
async fn read(list: List, queue: Queue, feedback: Feedback) {
    let Some(this) = list.turn.try_update_value(|turn| {
        *turn += 1;
        *turn
    }) else {
        return;
    };
    let newest = move || list.turn.try_get_value() == Some(this);
    if list.tasks.try_with_untracked(Option::is_none) == Some(true)
        && let Some(kept) = book::kept_list(list.me).await
        && newest()
    {
        list.tasks.try_set(Some(kept));
    }
    match book::read_list(list.me).await {
        _ if !newest() => {}
        Ok(now) => {
            let new = new_ones(list.tasks.get_untracked().as_deref(), &now);
            if !new.is_empty() {
                feedback.give(Cue::Attention);
            }
            list.fresh.update(|fresh| fresh.extend(new));
            list.problem.set(None);
            list.tasks.set(Some(now));
            keep_ready(list, queue).await;
        }
        // The header says so; the kept list is good enough.
        Err(error) => {
            let known = list.tasks.with_untracked(Option::is_some);
            let later = matches!(error.code, ErrorCode::Offline | ErrorCode::SignedOut);
            list.problem.set((!(known && later)).then_some(error));
        }
    }
}

/// Keeps the lines of each task of the newest list. A list that comes meanwhile waits: of what was just
/// read, it reads only what changed since.
async fn keep_ready(list: List, queue: Queue) {
    list.keeps_again.try_set_value(true);
    if list.keeping.try_get_value() != Some(false) {
        return;
    }
    list.keeping.try_set_value(true);
    while list.keeps_again.try_get_value() == Some(true) {
        list.keeps_again.try_set_value(false);
        let turn = list.turn.try_get_value();
        let Some(tasks) = list.tasks.try_with_untracked(|tasks| {
            let tasks = tasks.iter().flatten();
            tasks.map(|entry| entry.task.clone()).collect::<Vec<_>>()
        }) else {
            return;
        };
        let busy: Vec<TaskId> = queue.acts().with_untracked(|acts| {
            acts.iter()
                .filter(|act| act.is_waiting())
                .map(Act::task_id)
                .collect()
        });
        if book::keep_ready(list.me, &tasks, &busy).await
            && list.turn.try_get_value() == turn
            && let Some(kept) = book::kept_list(list.me).await
            && list.turn.try_get_value() == turn
        {
            list.tasks.try_set(Some(kept));
        }
    }
    list.keeping.try_set_value(false);
}

/// Tasks that were not there before; none on the first reading.
fn new_ones(before: Option<&[Entry]>, now: &[Entry]) -> Vec<TaskId> {
    let Some(before) = before else {
        return Vec::new();
    };
    now.iter()
        .map(|entry| entry.task.id)
        .filter(|id| !before.iter().any(|entry| entry.task.id == *id))
        .collect()
}

/// The counts as they will be once the acts on this device are sent.
fn with_work(entry: Entry, acts: &[Act]) -> TaskSummary {
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
fn is_finished(entry: &Entry, acts: &[Act]) -> bool {
    acts.iter().any(|act| {
        let finish = matches!(act.request.action, FloorAction::Finish { .. });
        act.task_id() == entry.task.id && act.is_waiting() && finish
    })
}

/// Nobody works on this page, so a newer build is offered here.
#[component]
fn Update() -> impl IntoView {
    let ready = expect_context::<NewBuild>().0;
    part(move || {
        option(ready.get().then(|| {
            view! {
                <div class="mb-3 flex items-center gap-3 rounded-2xl bg-sky-800 p-4 text-xl font-semibold text-white" data-testid="update-ready">
                    <span class="flex-1">{t!("A new version is ready.")}</span>
                    <button type="button" class="btn h-14 text-xl" data-testid="update" on:click=press(super::bridge::take_build)>
                        {t!("Update")}
                    </button>
                </div>
            }
            .into_any()
        }))
    })
}

#[component]
fn Row(task: TaskSummary, is_fresh: bool, finished: bool) -> impl IntoView {
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
                <div class="flex items-start gap-3">
                    <span class="min-w-0 flex-1 text-2xl font-black leading-tight break-words">
                        {task.number.clone()}
                    </span>
                    {badge(is_fresh, "badge-warning", t!("New"))}
                    {badge(urgent, "badge-error", t!("Urgent"))}
                    {badge(true, "badge-neutral", kind)}
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

/// Something could not be read.
#[component]
pub(super) fn Problem(error: AppError) -> impl IntoView {
    let signed_out = error.code == ErrorCode::SignedOut;
    view! {
        <div role="alert" class="mb-3 flex flex-col gap-3 rounded-2xl bg-red-700 p-4 text-xl font-semibold text-white" data-testid="problem">
            {error.message}
            {option(signed_out.then(sign_in_button))}
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
            <p class="text-3xl font-bold">{t!("Nothing to do")}</p>
            <p class="text-xl opacity-80">
                {t!("A new task appears here by itself, with a sound. You need not reload.")}
            </p>
        </div>
    }
}

/// Ends the session. What is not sent stays on the device and goes out when this person signs in
/// here again.
#[component]
fn SignOut() -> impl IntoView {
    let session = expect_context::<Session>();
    let counts = expect_context::<Queue>().counts();
    let failed = RwSignal::new(String::new());
    let sure = RwSignal::new(false);
    let unsent = move || counts.get().waiting > 0;
    let leave = move || {
        if untrack(unsent) && !sure.get_untracked() {
            return sure.set(true);
        }
        spawn_local(async move {
            if let Err(error) = session.sign_out().await {
                failed.try_set(error.message);
            }
        });
    };
    let words = move || {
        match (sure.get() && unsent(), failed.get()) {
        (true, _) => t!("Not everything is sent. It stays on this device until you sign in here again. Touch once more to sign out.").to_owned(),
        (false, failed) => failed,
    }
    };
    view! {
        <div class="mt-auto flex flex-col gap-2 pt-6">
            <p class="text-center text-xl font-semibold" role="status" data-testid="sign-out-words">
                {text(words)}
            </p>
            {picker("select h-14 w-full text-xl")}
            <super::lock::LockButtons />
            <button type="button" class="btn btn-outline h-14 w-full text-xl" data-testid="sign-out" on:click=press(leave)>
                {t!("Sign out")}
            </button>
        </div>
    }
}
