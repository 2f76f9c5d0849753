//! Which tasks there are: what the device keeps, and what the server says.

use crate::floor::act::Act;
use crate::floor::book::{self, Entry};
use crate::floor::queue::Queue;
use crate::floor::varying::whenever;
use crate::floor::who::Session;
use crate::sound::{Cue, Feedback};
use crate::{AppError, ErrorCode, live};
use domain::live::Topic;
use domain::task::is_number;
use domain::{TaskId, UserId};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The list as far as it is known.
#[derive(Clone, Copy)]
pub(super) struct List {
    me: UserId,
    pub(super) tasks: RwSignal<Option<Vec<Entry>>>,
    pub(super) problem: RwSignal<Option<AppError>>,
    pub(super) fresh: RwSignal<Vec<TaskId>>,
    turn: StoredValue<u64>,
    /// The lines of the tasks are being read.
    keeping: StoredValue<bool>,
    /// A list came whose lines are to be read.
    keeps_again: StoredValue<bool>,
}

impl List {
    /// Nothing is known yet.
    pub(super) fn of(me: UserId) -> Self {
        Self {
            me,
            tasks: RwSignal::new(None),
            problem: RwSignal::new(None),
            fresh: RwSignal::new(Vec::new()),
            turn: StoredValue::new(0),
            keeping: StoredValue::new(false),
            keeps_again: StoredValue::new(false),
        }
    }

    /// The task of the document with that number; the most urgent one where several have it.
    pub(super) fn named(self, code: &str) -> Option<TaskId> {
        self.tasks.with_untracked(|tasks| {
            let mut tasks = tasks.iter().flatten().map(|entry| &entry.task);
            let found = tasks.find(|task| is_number(code, &task.number));
            found.map(|task| task.id)
        })
    }
}

/// Reads the list again when something of it changes.
pub(super) fn keep_up(list: List) {
    let me = list.me;
    let version = live::use_live(Signal::stored(vec![Topic::WorkerTasks(me.0)]));
    let feedback = expect_context::<Feedback>();
    let queue = expect_context::<Queue>();
    let turns = expect_context::<Session>().turns;
    whenever(move || {
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
