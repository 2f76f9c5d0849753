//! Problems that workers report from the floor to their lead.

use crate::{Error, Result, exceptions, require};
use chrono::{DateTime, Utc};
use domain::operation::{FloorAction, OperationAnswer, OperationRequest, Outcome};
use domain::permission::Permission;
use domain::user::Caller;
use domain::{LineId, OperationId, TaskId};
use store::exceptions::reported;
use store::{Scope, Store, Tx};

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
    let mut tx = store.begin(Scope::from(caller)).await?;
    put(&mut tx, caller, problem, false, now).await?;
    Ok(tx.commit().await?)
}

/// Takes a report out of a handheld's queue. What was said without a network counts also when the task
/// was finished or given away meanwhile.
pub(crate) async fn submit(
    store: &Store,
    caller: &Caller,
    request: &OperationRequest,
    now: DateTime<Utc>,
) -> Result<OperationAnswer> {
    let FloorAction::Report { line_id, text } = &request.action else {
        return Err(Error::NotFound(domain::word!("report")));
    };
    let problem = Problem {
        id: request.id,
        task_id: request.task_id,
        line_id: *line_id,
        text,
    };
    let mut tx = store.begin(Scope::from(caller)).await?;
    put(&mut tx, caller, &problem, request.offline, now).await?;
    let task = store::tasks::given_away(&mut tx, caller, request.task_id, true).await?;
    let task = task.ok_or(Error::NotFound(domain::word!("task")))?;
    tx.commit().await?;
    Ok(OperationAnswer {
        id: request.id,
        outcome: Outcome::Accepted,
        line: None,
        task_state: task.state,
        document_status: task.document_status,
    })
}

/// Puts it there once; with `offline`, about any task of the caller's sites.
async fn put(
    tx: &mut Tx,
    caller: &Caller,
    problem: &Problem<'_>,
    offline: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    let text = problem.text.trim();
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(Error::Invalid(format!(
            "Say what is wrong, in at most {LONGEST} characters."
        )));
    }
    let any = offline || caller.may(Permission::AssignTasks);
    let about = reported::about(tx, caller, problem.task_id, problem.line_id, any).await?;
    let about = about.ok_or(Error::NotFound(domain::word!("task")))?;
    let who = match &about.item_code {
        Some(item) => format!("{}, {item}", caller.name),
        None => caller.name.clone(),
    };
    let detail = format!("{who}: {text}");
    if reported::raise(tx, caller, problem.id, &about, &detail, now).await? {
        let site = Some(about.warehouse_id);
        exceptions::tell(tx, caller.company_id, site, "reported").await?;
    }
    Ok(())
}
