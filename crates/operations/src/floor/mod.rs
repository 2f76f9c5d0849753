//! What people do on the floor: each act once in effect, whatever the network does.

mod again;
mod decide;
mod effect;
mod lead;
mod put_away;
mod record;
mod undo;
mod unexpected;

pub use again::Known;
pub(crate) use again::sent_before;

use crate::{Error, Result, counts, reports, require, waves};
use chrono::{DateTime, Utc};
use domain::document::DocumentStatus;
use domain::operation::{FloorAction, OperationAnswer, OperationRequest};
use domain::permission::Permission;
use domain::picking::TaskLine;
use domain::scanning::Goods;
use domain::shortage::ShortageReason;
use domain::task::TaskSummary;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{DocumentId, LineId, OperationId, UserId};
use rust_decimal::Decimal;
use store::{Scope, Store, Tx};

/// Most characters of a scanned code, and of the words of a shortage.
const LONGEST_TEXT: usize = 1_000;

fn check_lengths(action: &FloorAction) -> Result<()> {
    let too_long = |text: &str| text.chars().count() > LONGEST_TEXT;
    if action.scanned().is_some_and(too_long) {
        let text = format!("A scanned code has at most {LONGEST_TEXT} characters.");
        return Err(Error::Invalid(text));
    }
    match action {
        FloorAction::Short {
            text: Some(text), ..
        } if too_long(text) => Err(Error::Invalid(format!(
            "The words have at most {LONGEST_TEXT} characters."
        ))),
        _ => Ok(()),
    }
}

/// Applies an act once. The same id again changes nothing and returns the stored answer; the same id
/// with another content is refused. A rule that is broken is an answer, not an error.
pub async fn submit(
    store: &Store,
    caller: &Caller,
    request: &OperationRequest,
    now: DateTime<Utc>,
) -> Result<OperationAnswer> {
    require(caller, Permission::WorkOnTasks)?;
    if request.device.chars().count() > 100 {
        return Err(Error::Invalid(
            "The device's name has at most 100 characters.".to_owned(),
        ));
    }
    check_lengths(&request.action)?;
    if matches!(request.action, FloorAction::Count { .. }) {
        return counts::submit(store, caller, request, now).await;
    }
    if matches!(request.action, FloorAction::Report { .. }) {
        return reports::submit(store, caller, request, now).await;
    }
    let mut tx = store.begin(Scope::Act(caller.company_id)).await?;
    let document = store::tasks::document_id(&mut tx, caller, request.task_id).await?;
    store::documents::lock(&mut tx, &[document.0]).await?;
    if let Some(stored) = store::floor::find(&mut tx, request.id).await? {
        return sent_before(
            caller,
            request,
            (stored.user_id, stored.request),
            stored.answer,
        );
    }
    let task = find_task(&mut tx, caller, request).await?;
    waves::check_begin(&mut tx, caller, request).await?;
    let lines = judged_lines(&mut tx, task.document_id, &request.action).await?;
    let mut act = Act {
        caller,
        request,
        task,
        lines,
        unexpected: None,
        now,
    };
    let answer = act.apply(&mut tx).await?;
    tx.commit().await?;
    Ok(answer)
}

/// The lines an act is judged by: its own, or all of them when the task ends. An act costs the same
/// however long its document is.
async fn judged_lines(
    tx: &mut Tx,
    document: DocumentId,
    action: &FloorAction,
) -> Result<Vec<TaskLine>> {
    let lines = match action {
        FloorAction::Pick { line_id, .. }
        | FloorAction::PutAway { line_id, .. }
        | FloorAction::Short { line_id, .. } => {
            let line = store::floor::line(tx, document, *line_id).await?;
            line.into_iter().collect()
        }
        FloorAction::Finish { .. } => store::floor::lines(tx, document).await?,
        FloorAction::Claim
        | FloorAction::Unexpected { .. }
        | FloorAction::Count { .. }
        | FloorAction::Undo { .. }
        | FloorAction::Report { .. } => Vec::new(),
    };
    Ok(lines)
}

/// Leads see every task; working on one is for its worker and the team. Who worked on a task that
/// was given away meanwhile is answered in words, not with "no such task".
async fn find_task(
    tx: &mut Tx,
    caller: &Caller,
    request: &OperationRequest,
) -> Result<TaskSummary> {
    if let Some(task) = store::tasks::find_visible(tx, caller, request.task_id).await? {
        return Ok(task);
    }
    // Whoever is of the site may put away what another person received.
    let any = request.offline || matches!(request.action, FloorAction::PutAway { .. });
    let task = store::tasks::given_away(tx, caller, request.task_id, any).await?;
    task.ok_or(Error::NotFound(domain::word!("task")))
}

/// What an accepted act does.
struct Effect {
    line: Option<LineId>,
    quantity: Decimal,
    reason: Option<ShortageReason>,
    reason_text: Option<String>,
    reverses: Option<OperationId>,
    credited: UserId,
    goods: Goods,
    finished: Option<DocumentStatus>,
    timeline: Option<(TimelineKind, String)>,
}

impl Effect {
    fn none(caller: &Caller) -> Self {
        Self {
            line: None,
            quantity: Decimal::ZERO,
            reason: None,
            reason_text: None,
            reverses: None,
            credited: caller.user_id,
            goods: Goods::default(),
            finished: None,
            timeline: None,
        }
    }
}

struct Act<'a> {
    caller: &'a Caller,
    request: &'a OperationRequest,
    task: TaskSummary,
    lines: Vec<TaskLine>,
    /// The line that goods which are not on the document go to.
    unexpected: Option<LineId>,
    now: DateTime<Utc>,
}

impl Act<'_> {
    async fn apply(&mut self, tx: &mut Tx) -> Result<OperationAnswer> {
        if let FloorAction::Undo { operation_id } = &self.request.action
            && self.withdraw(tx, *operation_id).await?
        {
            return self.withdrawn(tx).await;
        }
        if let FloorAction::Undo { operation_id } = &self.request.action
            && let Some(stored) = self.put_away_of(tx, *operation_id).await?
        {
            return self.take_off(tx, stored).await;
        }
        if matches!(self.request.action, FloorAction::PutAway { .. }) {
            return self.put_away(tx).await;
        }
        if let Err(refusal) = self.place_unexpected(tx).await? {
            return self.refuse(tx, refusal).await;
        }
        let decided = self.decide(tx).await?;
        if let Some((line, why)) = self.for_a_lead(tx, decided.as_ref().err()).await? {
            return self.put_before_lead(tx, line, why).await;
        }
        match decided {
            Ok(effect) => self.accept(tx, effect).await,
            Err(refusal) => self.refuse(tx, refusal).await,
        }
    }

    /// When it was done.
    fn happened_at(&self) -> DateTime<Utc> {
        self.request.happened_at(self.now)
    }

    /// Counts of where it moved goods may have been settled after it was done: it was done without a network,
    /// or waited for locks while somebody counted.
    async fn reach_counts(&self, tx: &mut Tx) -> Result<()> {
        counts::reckon_again(tx, self.request.id, self.caller.user_id, self.now).await
    }

    /// The line the act works on.
    fn line_id(&self) -> Option<LineId> {
        match &self.request.action {
            FloorAction::Pick { line_id, .. }
            | FloorAction::PutAway { line_id, .. }
            | FloorAction::Short { line_id, .. } => Some(*line_id),
            FloorAction::Unexpected { .. } => self.unexpected,
            FloorAction::Claim
            | FloorAction::Count { .. }
            | FloorAction::Undo { .. }
            | FloorAction::Finish { .. }
            | FloorAction::Report { .. } => None,
        }
    }
}
