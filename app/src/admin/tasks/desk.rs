//! What the lead is about to do: the chosen tasks, the question that is open, the act under way.

use crate::AppError;
use crate::api;
use crate::ui::act::{Act, use_act};
use crate::ui::button::Button;
use crate::ui::confirm::{Confirm, use_confirm};
use crate::ui::icon::Icon;
use crate::ui::selection::{Selection, use_selection};
use crate::ui::toast::{Toasts, use_toasts};
use domain::TaskId;
use domain::task::{Assignee, TaskState, TaskSummary};
use domain::task_list::{TaskAct, TaskChange, TaskChangeAnswer};
use leptos::prelude::*;
use std::collections::HashMap;
use std::fmt::Display;

/// What is asked before tasks change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Question {
    /// Who gets them.
    Holder,
    /// Whether this one gets them: they were dropped there.
    Give(Assignee, String),
    /// Whether they go to whom it suggests.
    Suggestion,
    /// How urgent they are.
    Priority,
    /// When they are due.
    Due,
    /// Which wave holds them back.
    Wave,
    /// Which cut-off's tasks a wave holds back.
    CutOff,
}

/// The page's state beside the URL.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub selection: Selection,
    /// Every task that was on the screen, for the words of a question.
    seen: StoredValue<HashMap<i64, TaskSummary>>,
    pub question: RwSignal<Option<Question>>,
    pub open: RwSignal<bool>,
    /// The tasks the question is about.
    touched: RwSignal<Vec<TaskId>>,
    pub dragged: RwSignal<Option<Vec<TaskId>>>,
    pub act: Act,
    pub confirm: Confirm,
    pub toasts: Toasts,
}

/// The desk of the page that calls it.
pub(super) fn use_desk() -> Desk {
    Desk {
        selection: use_selection(),
        seen: StoredValue::new(HashMap::new()),
        question: RwSignal::new(None),
        open: RwSignal::new(false),
        touched: RwSignal::new(Vec::new()),
        dragged: RwSignal::new(None),
        act: use_act(),
        confirm: use_confirm(),
        toasts: use_toasts(),
    }
}

impl Desk {
    /// Remembers what is shown.
    pub fn see(self, rows: &[TaskSummary]) {
        let _ = self.seen.try_update_value(|seen| {
            seen.extend(rows.iter().map(|row| (row.id.0, row.clone())));
        });
    }

    /// A version that stands still while something is dragged: rows that move under the pointer
    /// would end the drag.
    pub fn while_not_dragging(self, live: Signal<u64>) -> Signal<u64> {
        let version = RwSignal::new(live.get_untracked());
        Effect::new(move || {
            let now = live.get();
            if self.dragged.with(Option::is_none) && version.get_untracked() != now {
                version.set(now);
            }
        });
        version.into()
    }

    /// What can be done with the chosen tasks, by button or key.
    pub fn actions(self) -> Vec<AnyView> {
        let ask = move |question: fn() -> Question| move |()| self.ask(question(), self.chosen());
        vec![
            view! { <Button label=t!("Give to…") small=true before=Icon::Person shortcut="g" on_press=ask(|| Question::Holder) testid="bulk-give" /> }.into_any(),
            view! { <Button label=t!("Suggest") small=true before=Icon::Swap shortcut="s" on_press=ask(|| Question::Suggestion) testid="bulk-suggest" /> }.into_any(),
            view! { <Button label=t!("Take back") small=true before=Icon::Undo shortcut="u" on_press=ask(|| Question::Give(Assignee::Nobody, "nobody".to_owned())) testid="bulk-take-back" /> }.into_any(),
            view! { <Button label=t!("Priority…") small=true before=Icon::Up shortcut="p" on_press=ask(|| Question::Priority) testid="bulk-priority" /> }.into_any(),
            view! { <Button label=t!("Due…") small=true before=Icon::Clock shortcut="d" on_press=ask(|| Question::Due) testid="bulk-due" /> }.into_any(),
            view! { <Button label=t!("Wave…") small=true before=Icon::Inbox shortcut="w" on_press=ask(|| Question::Wave) testid="bulk-wave" /> }.into_any(),
        ]
    }

    fn chosen(self) -> Vec<TaskId> {
        self.selection.ids().into_iter().map(TaskId).collect()
    }

    /// Asks who gets them.
    pub fn ask_holder(self, tasks: Vec<TaskId>) {
        self.ask(Question::Holder, tasks);
    }

    /// Asks which cut-off's tasks become a wave.
    pub fn ask_cut_off(self) {
        self.ask(Question::CutOff, Vec::new());
    }

    fn ask(self, question: Question, tasks: Vec<TaskId>) {
        self.touched.set(tasks);
        self.question.set(Some(question));
        self.open.set(true);
    }

    /// Starts dragging a task, and all chosen ones with it when it is one of them.
    pub fn drag(self, task: TaskId) {
        let chosen = self.chosen();
        let with = if chosen.contains(&task) {
            chosen
        } else {
            vec![task]
        };
        self.dragged.set(Some(with));
    }

    /// They were dropped on somebody.
    pub fn dropped(self, to: Assignee, name: String) {
        if let Some(tasks) = self.dragged.get_untracked() {
            self.dragged.set(None);
            self.ask(Question::Give(to, name), tasks);
        }
    }

    /// The tasks the question is about.
    pub fn tasks(self) -> Vec<TaskId> {
        self.touched.get_untracked()
    }

    /// What an act would touch, in words.
    pub fn scope(self) -> String {
        let tasks = self.touched.get();
        if tasks.is_empty() {
            return String::new();
        }
        let rows: Vec<TaskSummary> = self
            .seen
            .try_with_value(|seen| {
                let known = tasks.iter().filter_map(|id| seen.get(&id.0).cloned());
                known.collect()
            })
            .unwrap_or_default();
        scope_of(tasks.len(), &rows)
    }

    /// Changes the tasks and closes the question.
    pub fn change(self, act: TaskAct, suggested: Vec<(TaskId, domain::UserId)>) {
        let change = TaskChange {
            tasks: self.tasks(),
            act,
            suggested,
        };
        let call = async move { api::tasks::change(change).await };
        self.finish(call);
    }

    /// The question was answered.
    pub fn ended(self) {
        let _ = self.open.try_set(false);
        self.selection.clear();
    }

    fn finish(self, call: impl Future<Output = Result<TaskChangeAnswer, AppError>> + 'static) {
        self.act.run(call, "", move |answer| {
            self.toasts.good(outcome(answer));
            self.ended();
        });
    }
}

/// A number of tasks.
pub(super) fn counted<T: Display>(count: T) -> String {
    tn!("{count} task", "{count} tasks", count)
}

fn scope_of(count: usize, rows: &[TaskSummary]) -> String {
    let mut text = counted(count);
    let numbers: Vec<&str> = rows.iter().take(4).map(|row| row.number.as_str()).collect();
    if !numbers.is_empty() {
        text.push_str(": ");
        text.push_str(&numbers.join(", "));
    }
    if count > numbers.len() && !numbers.is_empty() {
        text.push(' ');
        text.push_str(&t!("and {count} more", count = count - numbers.len()));
    }
    let left: i32 = rows
        .iter()
        .map(|row| row.lines_total - row.lines_done - row.lines_short)
        .sum();
    text.push_str(". ");
    text.push_str(&tn!(
        "{count} line is left on them.",
        "{count} lines are left on them.",
        count = left
    ));
    let mut working: Vec<&str> = rows
        .iter()
        .filter(|row| row.state == TaskState::Claimed)
        .filter_map(|row| row.worker_name.as_deref())
        .collect();
    working.sort_unstable();
    working.dedup();
    if !working.is_empty() {
        text.push(' ');
        text.push_str(&t!(
            "Working on them now: {names}.",
            names = working.join(", ")
        ));
    }
    text
}

fn outcome(answer: TaskChangeAnswer) -> String {
    let (changed, held) = (answer.changed, answer.held);
    match answer.unchanged {
        0 if held > 0 => tn!(
            "{changed} task changed, {held} held back. What a wave holds back is on no handheld before its release.",
            "{changed} tasks changed, {held} held back. What a wave holds back is on no handheld before its release.",
            changed,
            held
        ),
        0 => tn!(
            "{changed} task changed. It is on the handhelds now.",
            "{changed} tasks changed. It is on the handhelds now.",
            changed
        ),
        same => tn!(
            "{changed} task changed, {same} like that already.",
            "{changed} tasks changed, {same} like that already.",
            changed,
            same
        ),
    }
}
