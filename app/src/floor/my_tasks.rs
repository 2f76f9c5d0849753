//! The tasks given to this worker or the worker's team.

mod list;
mod row;

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
use crate::{AppError, ErrorCode};
use domain::UserId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use list::{List, keep_up};
use row::{Row, is_finished, with_work};

/// The list; a new task appears by itself, with a sound.
#[component]
pub(super) fn MyTasks(worker: Worker) -> impl IntoView {
    let list = List::of(worker.id);
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
                <div class="mb-3 flex gap-2">
                    {leads(Page::PutAway, "put-away-page", t!("Put away"))}
                    {leads(Page::Count, "count-page", t!("Count"))}
                    {leads(Page::LookUp, "look-up-page", t!("Look up"))}
                </div>
                {part(move || option(problem.get().map(|error| view! { <Problem error /> }.into_any())))}
                {part(move || match tasks.get() {
                    None if problem.read().is_some() => ().into_any(),
                    None => view! { <Waiting /> }.into_any(),
                    Some(tasks) if tasks.is_empty() => nothing(),
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
        <a href=address(page) class="btn btn-outline h-16 flex-1 px-1 text-xl" data-testid=name on:click=leads_to(page)>
            {words}
        </a>
    }
    .into_any()
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

fn nothing() -> AnyView {
    page::nothing(
        t!("Nothing to do"),
        t!("A new task appears here by itself, with a sound. You need not reload."),
        "no-tasks",
    )
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
