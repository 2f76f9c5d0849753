//! The tasks as this device keeps them: read from the server when it can be reached, from the
//! device's database when not.

use super::bridge;
use super::wire::{self, Answer};
use crate::AppError;
use crate::json::Json;
use domain::picking::TaskLine;
use domain::task::{TaskDetail, TaskSummary};
use domain::{TaskId, UserId};

const TASKS: &str = "tasks";
const META: &str = "meta";

/// A row of the list with the lines this device knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub task: TaskSummary,
    pub lines: Option<Vec<TaskLine>>,
}

fn key(user: UserId, task: TaskId) -> String {
    format!("{user}/{task}")
}

fn list_key(user: UserId) -> String {
    format!("list/{user}")
}

/// The list as it was read last; none when it never was.
pub(super) async fn kept_list(user: UserId) -> Option<Vec<Entry>> {
    let kept = bridge::get(META, &list_key(user)).await?;
    Some(with_lines(user, rows(user, &kept)).await)
}

/// Reads the list; keeps it, and the lines of what changed.
pub(super) async fn read_list(user: UserId) -> Result<Vec<Entry>, AppError> {
    let page = bridge::call("GET", "/api/v1/tasks?mine=true&limit=100", None).await?;
    bridge::set(META, &list_key(user), &page).await;
    Ok(with_lines(user, rows(user, &page)).await)
}

/// The most urgent first, the worker's own before the team's.
fn rows(user: UserId, page: &Json) -> Vec<TaskSummary> {
    let rows = page.get("rows").list();
    let mut tasks: Vec<_> = rows.iter().filter_map(wire::summary).collect();
    tasks.sort_by_key(|task| (-task.priority, task.worker_id != Some(user), task.id));
    tasks
}

async fn with_lines(user: UserId, tasks: Vec<TaskSummary>) -> Vec<Entry> {
    let kept = details(user).await;
    let lines_of = |id| {
        let detail = kept.iter().find(|detail| detail.task.id == id);
        detail.map(|detail| detail.lines.clone())
    };
    let entries = tasks.into_iter().map(|task| Entry {
        lines: lines_of(task.id),
        task,
    });
    entries.collect()
}

async fn details(user: UserId) -> Vec<TaskDetail> {
    let kept = bridge::below(TASKS, &format!("{user}/")).await;
    kept.iter().filter_map(wire::detail).collect()
}

/// Keeps the lines of every task of the list, so that each can be opened without a network;
/// forgets those that are over and have nothing to send. Whether anything was read.
pub(super) async fn keep_ready(user: UserId, tasks: &[TaskSummary], busy: &[TaskId]) -> bool {
    let kept = details(user).await;
    for old in &kept {
        let id = old.task.id;
        if !busy.contains(&id) && !tasks.iter().any(|task| task.id == id) {
            bridge::remove(TASKS, &key(user, id)).await;
        }
    }
    let mut read_any = false;
    for task in tasks {
        let known = kept.iter().any(|old| same(&old.task, task));
        // What the server says of a task may hold acts already that wait here for their answer.
        if !known && !busy.contains(&task.id) {
            read_any |= read(user, task.id).await.is_ok();
        }
    }
    read_any
}

fn same(old: &TaskSummary, new: &TaskSummary) -> bool {
    let facts = |task: &TaskSummary| (task.id, task.state, task.worker_id, task.version.clone());
    facts(old) == facts(new)
}

/// A task as it was read last.
pub(super) async fn kept(user: UserId, id: TaskId) -> Option<TaskDetail> {
    wire::detail(&bridge::get(TASKS, &key(user, id)).await?)
}

async fn read(user: UserId, id: TaskId) -> Result<(), AppError> {
    let (_, found) = fetch(id).await?;
    keep(user, id, &found).await;
    Ok(())
}

/// Reads a task; also as it came.
pub(super) async fn fetch(id: TaskId) -> Result<(TaskDetail, Json), AppError> {
    let found = bridge::call("GET", &format!("/api/v1/tasks/{id}"), None).await?;
    let detail = wire::detail(&found).ok_or_else(|| AppError {
        code: crate::ErrorCode::Internal,
        message: t!("The server answered something this version does not know. Update it.")
            .to_owned(),
    })?;
    Ok((detail, found))
}

/// Keeps a task as it came.
pub(super) async fn keep(user: UserId, id: TaskId, found: &Json) {
    bridge::set(TASKS, &key(user, id), found).await;
}

/// What answers say about the lines of a task, for the next time without a network.
pub(super) async fn take_in(user: UserId, task: TaskId, answers: &[&Answer]) {
    let key = key(user, task);
    let Some(kept) = bridge::get(TASKS, &key).await else {
        return;
    };
    let newest = |id: i64| {
        let lines = answers
            .iter()
            .rev()
            .filter_map(|answer| answer.line.as_ref());
        let mut ours = lines.filter(|(line, _)| line.id.0 == id);
        ours.next().map(|(_, as_sent)| as_sent.0.clone())
    };
    let old = kept.get("lines").list();
    let ids: Vec<_> = old.iter().filter_map(|line| line.int("id")).collect();
    let lines: js_sys::Array = old
        .into_iter()
        .map(|old| old.int("id").and_then(newest).unwrap_or(old.0))
        .collect();
    // What came unexpected is a line that was not there.
    for (line, as_sent) in answers.iter().filter_map(|answer| answer.line.as_ref()) {
        if line.is_unexpected() && !ids.contains(&line.id.0) {
            lines.push(&as_sent.0);
        }
    }
    let mut kept = kept.put("lines", lines);
    if let Some((state, status)) = answers.iter().rev().find_map(|answer| answer.states) {
        let summary = kept
            .get("task")
            .put("state", state.as_str())
            .put("document_status", status.as_str());
        kept = kept.put("task", summary);
    }
    bridge::set(TASKS, &key, &kept).await;
}
