//! Problems that workers report from the floor to their lead.

use crate::{Error, Result, exceptions, require};
use chrono::{DateTime, Utc};
use domain::permission::Permission;
use domain::user::Caller;
use domain::{LineId, OperationId, TaskId};
use store::exceptions::reported;
use store::{Scope, Store};

/// The longest report, characters.
const LONGEST: usize = 200;

/// What is wrong, in a worker's words.
#[derive(Debug)]
pub struct Problem<'a> {
    /// Made by the device; the same id twice reports once.
    pub id: OperationId,
    /// The task at hand.
    pub task_id: TaskId,
    /// The line at hand, if any.
    pub line_id: Option<LineId>,
    /// What is wrong.
    pub text: &'a str,
}

/// Puts it into the lead's inbox, where it waits until somebody closes it with a note. For tasks of the
/// caller or the caller's team; leads report on any.
pub async fn report(
    store: &Store,
    caller: &Caller,
    problem: &Problem<'_>,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::WorkOnTasks)?;
    let text = problem.text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(Error::Invalid(format!(
            "Say what is wrong, in at most {LONGEST} characters."
        )));
    }
    let any = caller.may(Permission::AssignTasks);
    let mut tx = store.begin(Scope::from(caller)).await?;
    let about = reported::about(&mut tx, caller, problem.task_id, problem.line_id, any).await?;
    let about = about.ok_or(Error::NotFound("task"))?;
    let who = match &about.item_code {
        Some(item) => format!("{}, {item}", caller.name),
        None => caller.name.clone(),
    };
    let detail = format!("{who}: {text}");
    if reported::raise(&mut tx, caller, problem.id, &about, &detail, now).await? {
        let site = Some(about.warehouse_id);
        exceptions::tell(&mut tx, caller.company_id, site, "reported").await?;
    }
    Ok(tx.commit().await?)
}
