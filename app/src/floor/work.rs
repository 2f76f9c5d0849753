//! One task: the current instruction and what a worker can do with it.

use super::closed::{AllHandled, Closed, Finishing};
use super::desk::{Desk, Sheet};
use super::finish::FinishSheet;
use super::instruction::Instruction;
use super::lines::LinesSheet;
use super::my_tasks::{Bar, Problem};
use super::notice::NoticeScreen;
use super::page::{self, address, leads_to};
use super::quantity::QuantitySheet;
use super::queue::Queue;
use super::short::ShortSheet;
use super::trouble::TroubleSheet;
use super::type_code::TypeCodeSheet;
use super::varying::{flag, option, part, press, text};
use super::who::Worker;
use crate::scan::ScanField;
use crate::sound::Feedback;
use domain::TaskId;
use domain::operation::FloorAction;
use domain::picking::TaskLine;
use domain::task::TaskState;
use leptos::prelude::*;

/// The page of a task.
#[component]
pub(super) fn Work(id: TaskId, worker: Worker) -> impl IntoView {
    let (queue, feedback) = (expect_context::<Queue>(), expect_context::<Feedback>());
    page::name(t!("Task"));
    let desk = Desk::open(id, worker, queue, feedback);
    view! { <Open desk /> }
}

/// What the page is about now.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Waiting,
    Working,
    AllHandled,
    Finishing,
    Closed,
}

fn stage(desk: Desk) -> Stage {
    let state = desk
        .detail
        .with(|detail| detail.as_ref().map(|detail| detail.task.state));
    let finishing = desk.queue.acts().with(|acts| {
        acts.iter().any(|act| {
            act.task_id() == desk.task_id
                && act.is_waiting()
                && matches!(act.request.action, FloorAction::Finish { .. })
        })
    });
    match state {
        None => Stage::Waiting,
        Some(TaskState::Done | TaskState::Cancelled) => Stage::Closed,
        Some(TaskState::Open | TaskState::Claimed) if finishing => Stage::Finishing,
        Some(TaskState::Open | TaskState::Claimed) => match desk.line.get() {
            Some(_) => Stage::Working,
            None => Stage::AllHandled,
        },
    }
}

#[component]
fn Open(desk: Desk) -> impl IntoView {
    let stage = Memo::new(move |_| stage(desk));
    view! {
        <div class="flex h-full flex-col">
            <TaskBar desk />
            {part(move || option(desk.problem.get().map(|error| view! { <div class="px-3 pt-3"><Problem error /></div> }.into_any())))}
            <main class="min-h-0 flex-1 overflow-y-auto p-3">
                {part(move || match stage.get() {
                    Stage::Waiting => view! { <div class="skeleton h-full rounded-2xl" aria-busy="true"></div> }.into_any(),
                    Stage::Working => view! { <Instruction desk /> }.into_any(),
                    Stage::AllHandled => view! { <AllHandled desk /> }.into_any(),
                    Stage::Finishing => view! { <Finishing desk /> }.into_any(),
                    Stage::Closed => view! { <Closed desk /> }.into_any(),
                })}
            </main>
            {part(move || {
                let acts = matches!(stage.get(), Stage::Working | Stage::AllHandled);
                option(acts.then(|| view! { <Actions desk /> }.into_any()))
            })}
            {part(move || match desk.sheet.get() {
                Sheet::Closed => ().into_any(),
                Sheet::Quantity | Sheet::Unexpected => view! { <QuantitySheet desk /> }.into_any(),
                Sheet::Short => view! { <ShortSheet desk /> }.into_any(),
                Sheet::Code => type_code(desk),
                Sheet::Lines => view! { <LinesSheet desk /> }.into_any(),
                Sheet::Trouble => view! { <TroubleSheet desk /> }.into_any(),
                Sheet::Finish => view! { <FinishSheet desk /> }.into_any(),
            })}
            <NoticeScreen desk />
        </div>
    }
}

fn type_code(desk: Desk) -> AnyView {
    let close = Callback::new(move |()| desk.sheet.set(Sheet::Closed));
    let take = Callback::new(move |code| {
        desk.sheet.set(Sheet::Closed);
        desk.scan(code);
    });
    view! { <TypeCodeSheet on_close=close on_code=take /> }.into_any()
}

/// Back, which document, how far.
#[component]
fn TaskBar(desk: Desk) -> impl IntoView {
    let head = move || {
        desk.detail.with(|detail| {
            detail.as_ref().map(|detail| {
                let task = &detail.task;
                (
                    task.number.clone(),
                    task.partner_name.clone().unwrap_or_default(),
                )
            })
        })
    };
    let progress = Memo::new(move |_| {
        desk.lines.with(|lines| {
            let count = |wanted: fn(&TaskLine) -> bool| {
                let asked = lines.iter().filter(|line| !line.is_unexpected());
                i32::try_from(asked.filter(|line| wanted(line)).count()).unwrap_or(i32::MAX)
            };
            let done = count(|line| line.status == domain::document::LineStatus::Done);
            let handled = count(|line| !line.is_open());
            let total = count(|_| true);
            (done, handled - done, total)
        })
    });
    view! {
        <div class="flex h-16 shrink-0 items-center gap-2 border-b-2 border-base-300 bg-base-100 pr-3">
            <a
                href=address(page::Page::Tasks)
                class="btn btn-ghost h-16 w-14 rounded-none p-0"
                aria-label=t!("Back to my tasks")
                data-testid="back"
                on:click=leads_to(page::Page::Tasks)
            >
                <svg class="size-8" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="3" aria-hidden="true">
                    <path d="M15 4l-8 8 8 8" />
                </svg>
            </a>
            <div class="min-w-0 flex-1 leading-tight">
                <div class="truncate text-xl font-bold" data-testid="task-number">
                    {text(move || head().map(|(number, _)| number).unwrap_or_default())}
                </div>
                <div class="truncate text-base opacity-80">
                    {text(move || head().map(|(_, partner)| partner).unwrap_or_default())}
                </div>
            </div>
            <div class="min-w-36">
                <div class="text-right text-lg font-bold tabular-nums" data-testid="lines-progress">
                    {text(move || {
                        let (done, short, total) = progress.get();
                        t!("{handled} / {total} lines", handled = done + short, total)
                    })}
                </div>
                <div class="flex">
                    {part(move || {
                        let (done, short, total) = progress.get();
                        view! { <Bar done short total /> }.into_any()
                    })}
                </div>
            </div>
        </div>
    }
}

/// The thumb's zone.
#[component]
fn Actions(desk: Desk) -> impl IntoView {
    let working = Signal::derive(move || desk.line.with(Option::is_some));
    let hint = move || {
        if working.get() {
            t!("Scan the item")
        } else {
            t!("Scan an item")
        }
        .to_owned()
    };
    let open = move |sheet: Sheet| press(move || desk.sheet.set(sheet));
    view! {
        <footer class="flex shrink-0 flex-col gap-2 border-t-2 border-base-300 bg-base-100 p-3">
            <p
                class="truncate text-lg font-semibold"
                class:hidden=flag(move || desk.said.read().is_none())
                role="status"
                data-testid="said"
            >
                {text(move || desk.said.get().unwrap_or_default())}
            </p>
            <ScanField
                hint=Signal::derive(hint)
                on_scan=Callback::new(move |code| desk.scan(code))
                on_type=Callback::new(move |()| desk.sheet.set(Sheet::Code))
            />
            <div class="flex gap-2" class:hidden=flag(move || !working.get())>
                <button type="button" class="btn btn-primary h-16 flex-[2] text-2xl" data-testid="enter-quantity" on:click=open(Sheet::Quantity)>
                    {t!("Enter quantity")}
                </button>
                <button type="button" class="btn btn-warning h-16 flex-1 text-2xl" data-testid="short" on:click=open(Sheet::Short)>
                    {t!("Short")}
                </button>
            </div>
            <div class="grid grid-cols-4 gap-2">
                <button
                    type="button"
                    class="btn h-14 px-1 text-xl"
                    data-testid="undo"
                    disabled=flag(move || desk.undoable().is_none())
                    on:click=press(move || desk.undo())
                >
                    {t!("Undo")}
                </button>
                <button type="button" class="btn h-14 px-1 text-xl" data-testid="skip" disabled=flag(move || !working.get()) on:click=press(move || desk.skip())>
                    {t!("Skip")}
                </button>
                <button type="button" class="btn h-14 px-1 text-xl" data-testid="lines" on:click=open(Sheet::Lines)>
                    {t!("Lines")}
                </button>
                <button type="button" class="btn btn-neutral h-14 px-1 text-xl" data-testid="finish" on:click=press(move || desk.finish(false))>
                    {t!("Finish")}
                </button>
            </div>
        </footer>
    }
}
