//! Who was given something, where an entry says so.

use super::{subject, who};
use crate::audit::AuditEntry;
use crate::word;
use crate::words::fill;
use serde_json::Value;

/// How an entry names that nobody has it.
const NOBODY: &str = "nobody";

/// `Luka gave the task of 26-20ET-1 to Marko`; none where it is not known to whom.
pub(super) fn sentence(entry: &AuditEntry) -> Option<String> {
    let name = receiver(entry)?;
    let several = tasks(entry).is_some_and(|tasks| tasks.len() > 1);
    let text = match (entry.action.as_str(), several, name == NOBODY) {
        ("TASK_ASSIGNED" | "TASKS_ASSIGNED", false, false) => {
            word!("{who} gave the task of {subject} to {name}")
        }
        ("TASK_ASSIGNED" | "TASKS_ASSIGNED", false, true) => {
            word!("{who} took the task of {subject} back")
        }
        ("TASKS_ASSIGNED", true, false) => word!("{who} gave {subject} to {name}"),
        ("TASKS_ASSIGNED", true, true) => word!("{who} took {subject} back"),
        ("EXCEPTION_ASSIGNED", ..) => word!("{who} gave the exception {subject} to {name}"),
        _ => return None,
    };
    let values = [
        ("who", who(&entry.actor).to_owned()),
        ("subject", subject(entry).to_owned()),
        ("name", name.to_owned()),
    ];
    Some(fill(text, &values))
}

/// Who has it now; of several tasks, where all went to one.
fn receiver(entry: &AuditEntry) -> Option<&str> {
    let Some(tasks) = tasks(entry) else {
        return after(&entry.details);
    };
    let first = after(tasks.first()?)?;
    let all = tasks.iter().all(|task| after(task) == Some(first));
    all.then_some(first)
}

fn tasks(entry: &AuditEntry) -> Option<&Vec<Value>> {
    entry.details.get("tasks")?.as_array()
}

fn after(value: &Value) -> Option<&str> {
    value.get("after")?.as_str()
}
