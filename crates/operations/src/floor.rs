//! What people do on the floor: each act once in effect, whatever the network does.

use crate::{Error, Result, require, reviews, tasks, webhooks, write_back};
use chrono::{DateTime, Utc};
use domain::document::DocumentStatus;
use domain::gs1;
use domain::live::Topic;
use domain::operation::{FloorAction, OperationAnswer, OperationRequest, Outcome};
use domain::permission::Permission;
use domain::picking::{self, Refusal, TaskLine};
use domain::scanning::{self, Goods};
use domain::shortage::ShortageReason;
use domain::task::{TaskState, TaskSummary};
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{LineId, OperationId, UserId};
use rust_decimal::Decimal;
use store::floor::{LineUpdate, NewOperation};
use store::reviews::NewReview;
use store::timeline::NewEntries;
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
    let mut tx = store.begin(Scope::from(caller)).await?;
    let document = store::tasks::document_id(&mut tx, caller, request.task_id).await?;
    store::documents::lock(&mut tx, &[document.0]).await?;
    if let Some(stored) = store::floor::find(&mut tx, request.id).await? {
        // Whether it was done without a network may be known better by now.
        let same = OperationRequest {
            offline: request.offline,
            ..stored.request
        };
        return if stored.user_id == caller.user_id && same == *request {
            Ok(stored.answer)
        } else {
            Err(Error::Conflict(
                "This operation id was used for something else.".to_owned(),
            ))
        };
    }
    let task = find_task(&mut tx, caller, request).await?;
    let lines = store::floor::lines(&mut tx, task.document_id).await?;
    let act = Act {
        caller,
        request,
        task,
        lines,
        now,
    };
    let answer = act.apply(&mut tx).await?;
    tx.commit().await?;
    Ok(answer)
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
    let task = store::tasks::given_away(tx, caller, request.task_id, request.offline).await?;
    task.ok_or(Error::NotFound("task"))
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
    now: DateTime<Utc>,
}

impl Act<'_> {
    async fn apply(&self, tx: &mut Tx) -> Result<OperationAnswer> {
        if let FloorAction::Undo { operation_id } = &self.request.action
            && self.withdraw(tx, *operation_id).await?
        {
            return self.withdrawn(tx).await;
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

    /// Work done without a network on a line that somebody else took meanwhile, or that a rule would
    /// refuse for what happened meanwhile, waits for a lead instead of being lost.
    async fn for_a_lead(
        &self,
        tx: &mut Tx,
        refusal: Option<&Refusal>,
    ) -> Result<Option<(LineId, String)>> {
        let (FloorAction::Pick { line_id, .. } | FloorAction::Short { line_id, .. }) =
            &self.request.action
        else {
            return Ok(None);
        };
        if !self.request.offline {
            return Ok(None);
        }
        let holder = store::reviews::holder(tx, *line_id).await?;
        let other = holder.filter(|(holder, _)| *holder != self.caller.user_id);
        let why = match (refusal, &other) {
            (Some(refusal), _) if refusal.is_for_a_lead(other.is_some()) => match &other {
                Some((_, name)) => format!("{name} worked on this line meanwhile. {refusal}"),
                None => refusal.to_string(),
            },
            (None, Some((_, name))) => format!("{name} works on this line."),
            _ => return Ok(None),
        };
        // A line that is none of this document's is refused as such.
        let line = store::floor::any_line(tx, self.task.document_id, *line_id).await?;
        let Some(line) = line else { return Ok(None) };
        let sound = self.goods(tx).await?.is_ok() && self.is_sound(&line);
        Ok(sound.then_some((line.id, why)))
    }

    /// Whether the rules that hold whatever happened meanwhile are kept: how much is left to do is
    /// the lead's question.
    fn is_sound(&self, line: &TaskLine) -> bool {
        match &self.request.action {
            FloorAction::Pick {
                quantity, scanned, ..
            } => picking::check_pick(line, *quantity, scanned.as_deref(), true).is_ok(),
            FloorAction::Short { reason, text, .. } => {
                let words = text.as_deref().is_some_and(|text| !text.trim().is_empty());
                *reason != ShortageReason::Other || words
            }
            _ => false,
        }
    }

    /// The act is stored, counts for nothing yet, and appears in the lead's inbox.
    async fn put_before_lead(
        &self,
        tx: &mut Tx,
        line: LineId,
        why: String,
    ) -> Result<OperationAnswer> {
        let message = format!("{why} Your lead sees what you did and decides.");
        let (state, status) = (self.task.state, self.task.document_status);
        let outcome = Outcome::Review { message };
        let answer = self.answer(tx, outcome, Some(line), state, status).await?;
        let effect = Effect {
            line: Some(line),
            ..Effect::none(self.caller)
        };
        self.record(tx, &effect, &answer).await?;
        let review = NewReview {
            operation_id: self.request.id,
            company_id: self.caller.company_id,
            warehouse_id: self.task.warehouse_id,
            document_id: self.task.document_id,
            line_id: line,
            user_id: self.caller.user_id,
            why: &why,
        };
        store::reviews::add(tx, &review, self.now).await?;
        reviews::notice(tx, self.caller, self.task.warehouse_id, self.now).await?;
        Ok(answer)
    }

    async fn decide(&self, tx: &mut Tx) -> Result<std::result::Result<Effect, Refusal>> {
        if let Err(refusal) = self.check_holder() {
            return Ok(Err(refusal));
        }
        let goods = match self.goods(tx).await? {
            Ok(goods) => goods,
            Err(refusal) => return Ok(Err(refusal)),
        };
        Ok(match &self.request.action {
            FloorAction::Claim => Ok(self.claim()),
            FloorAction::Pick {
                line_id,
                quantity,
                scanned,
                over_confirmed,
            } => self.line(*line_id).and_then(|line| {
                picking::check_pick(line, *quantity, scanned.as_deref(), *over_confirmed)?;
                Ok(self.pick(line, quantity.value(), goods))
            }),
            FloorAction::Short {
                line_id,
                reason,
                text,
            } => self.line(*line_id).and_then(|line| {
                picking::check_short(line, *reason, text.as_deref())?;
                Ok(self.short(line, *reason, text.as_deref()))
            }),
            FloorAction::Undo { operation_id } => return self.undo(tx, *operation_id).await,
            FloorAction::Finish { partial_confirmed } => {
                picking::check_finish(&self.lines, *partial_confirmed)
                    .map(|status| self.finish(status))
            }
        })
    }

    /// What the scanned label says about the goods, judged on the day they were scanned.
    async fn goods(&self, tx: &mut Tx) -> Result<std::result::Result<Goods, Refusal>> {
        let (code, quantity) = match &self.request.action {
            FloorAction::Pick {
                scanned: Some(code),
                quantity,
                ..
            } if gs1::is_label(code) => (code, *quantity),
            _ => return Ok(Ok(Goods::default())),
        };
        let at = self.request.made_at.min(self.now);
        let day = store::warehouses::day(tx, self.task.warehouse_id, at).await?;
        Ok(scanning::check_goods(code, quantity, day))
    }

    fn check_holder(&self) -> std::result::Result<(), Refusal> {
        picking::check_task(self.task.state)?;
        let mine = self.task.worker_id == Some(self.caller.user_id);
        let my_team = self.task.team_id.is_some() && self.task.team_id == self.caller.team_id;
        if mine || my_team {
            return Ok(());
        }
        if self.caller.may(Permission::AssignTasks) {
            return Err(self.not_a_leads());
        }
        Err(Refusal::GivenAway {
            holder: self.task.holder().unwrap_or("nobody").to_owned(),
        })
    }

    /// A lead sees the task without being its worker.
    fn not_a_leads(&self) -> Refusal {
        match (&self.task.worker_name, self.task.state) {
            (Some(holder), TaskState::Claimed) => Refusal::HeldByOther {
                holder: holder.clone(),
            },
            _ => Refusal::NotYours,
        }
    }

    fn line(&self, id: LineId) -> std::result::Result<&TaskLine, Refusal> {
        self.lines
            .iter()
            .find(|line| line.id == id)
            .ok_or(Refusal::LineNotOnTask)
    }

    fn claim(&self) -> Effect {
        let timeline = (self.task.state == TaskState::Open)
            .then(|| (TimelineKind::Claimed, "Work began.".to_owned()));
        Effect {
            timeline,
            ..Effect::none(self.caller)
        }
    }

    fn pick(&self, line: &TaskLine, quantity: Decimal, goods: Goods) -> Effect {
        let done = (line.done + quantity).normalize();
        let label = match goods.is_empty() {
            true => String::new(),
            false => format!(" ({goods})"),
        };
        let text = format!(
            "{} {} of {} {}: {} of {}{label}.",
            quantity.normalize(),
            line.uom,
            line.item_code,
            line.item_name,
            done,
            line.requested
        );
        // A line that was short and is complete now needs no reason any more.
        let complete = line.done + quantity >= line.requested;
        Effect {
            line: Some(line.id),
            quantity,
            reason: line.reason.filter(|_| !complete),
            reason_text: line.reason_text.clone().filter(|_| !complete),
            goods,
            timeline: Some((TimelineKind::Picked, text)),
            ..Effect::none(self.caller)
        }
    }

    fn short(&self, line: &TaskLine, reason: ShortageReason, text: Option<&str>) -> Effect {
        let words = text.map(str::trim).filter(|text| !text.is_empty());
        let detail = words.map(|words| format!(" ({words})")).unwrap_or_default();
        let missing = line.remaining().normalize();
        let sentence = format!(
            "{missing} {} of {} missing: {}{detail}.",
            line.uom,
            line.item_code,
            reason.label()
        );
        Effect {
            line: Some(line.id),
            reason: Some(reason),
            reason_text: words.map(str::to_owned),
            timeline: Some((TimelineKind::Shortage, sentence)),
            ..Effect::none(self.caller)
        }
    }

    async fn undo(
        &self,
        tx: &mut Tx,
        id: OperationId,
    ) -> Result<std::result::Result<Effect, Refusal>> {
        let stored = store::floor::find(tx, id).await?;
        let undoable = stored.filter(|stored| {
            let mine = stored.user_id == self.caller.user_id;
            let kind = matches!(stored.kind.as_str(), "pick" | "short");
            stored.task_id == self.task.id && mine && kind && stored.accepted && !stored.undone
        });
        let Some((stored, line_id)) =
            undoable.and_then(|stored| stored.line_id.map(|line| (stored, line)))
        else {
            return Ok(Err(Refusal::NothingToUndo));
        };
        // Also of a line that the ERP took off meanwhile.
        let line = store::floor::any_line(tx, self.task.document_id, line_id).await?;
        let Some(line) = line else {
            return Ok(Err(Refusal::NothingToUndo));
        };
        if line.done < stored.quantity {
            return Ok(Err(Refusal::NothingToUndo));
        }
        let (reason, reason_text) = store::floor::standing_reason(tx, line.id, id).await?;
        let text = match stored.kind.as_str() {
            "pick" => format!(
                "{} {} of {} taken back.",
                stored.quantity.normalize(),
                line.uom,
                line.item_code
            ),
            _ => format!("Shortage of {} taken back.", line.item_code),
        };
        Ok(Ok(Effect {
            line: Some(line.id),
            quantity: -stored.quantity,
            reason,
            reason_text,
            reverses: Some(id),
            credited: stored.credited_user_id,
            timeline: Some((TimelineKind::Undone, text)),
            ..Effect::none(self.caller)
        }))
    }

    /// What waits for a lead can be taken back as long as nobody decided.
    async fn withdraw(&self, tx: &mut Tx, id: OperationId) -> Result<bool> {
        let Caller { user_id, name, .. } = self.caller;
        let document = self.task.document_id;
        let withdrawn =
            store::reviews::withdraw(tx, document, id, *user_id, name, self.now).await?;
        if withdrawn {
            reviews::notice(tx, self.caller, self.task.warehouse_id, self.now).await?;
        }
        Ok(withdrawn)
    }

    /// It counted for nothing, so nothing but the withdrawal is written, whoever has the task now.
    async fn withdrawn(&self, tx: &mut Tx) -> Result<OperationAnswer> {
        let (state, status) = (self.task.state, self.task.document_status);
        let answer = self
            .answer(tx, Outcome::Accepted, None, state, status)
            .await?;
        self.record(tx, &Effect::none(self.caller), &answer).await?;
        Ok(answer)
    }

    fn finish(&self, status: DocumentStatus) -> Effect {
        let text = match status {
            DocumentStatus::Done => "Finished in full.".to_owned(),
            _ => format!(
                "Finished with {} of {} lines complete.",
                self.task.lines_done,
                self.lines.len()
            ),
        };
        Effect {
            finished: Some(status),
            timeline: Some((TimelineKind::Finished, text)),
            ..Effect::none(self.caller)
        }
    }

    async fn accept(&self, tx: &mut Tx, effect: Effect) -> Result<OperationAnswer> {
        let (now, document) = (self.now, self.task.document_id);
        store::tasks::claim(tx, self.task.id, self.caller.user_id, now).await?;
        if let Some(id) = effect.line {
            let update = LineUpdate {
                id,
                quantity: effect.quantity,
                reason: effect.reason,
                reason_text: effect.reason_text.as_deref(),
                user: self.caller.user_id,
            };
            store::floor::update_line(tx, &update).await?;
            store::documents::recount(tx, &[document.0], now).await?;
        }
        let status = self.move_document(tx, &effect).await?;
        let task_state = if effect.finished.is_some() {
            TaskState::Done
        } else {
            TaskState::Claimed
        };
        let answer = self
            .answer(tx, Outcome::Accepted, effect.line, task_state, status)
            .await?;
        self.record(tx, &effect, &answer).await?;
        self.tell_endpoints(tx, &effect).await?;
        let finished = effect.finished.is_some();
        if let Some((kind, text)) = effect.timeline {
            let mut entries = NewEntries::default();
            entries.push(document, kind, text);
            let company = self.caller.company_id;
            store::timeline::record(tx, company, &entries, &self.caller.name, None, now).await?;
        }
        if finished {
            let (company, operation) = (self.caller.company_id, self.request.id);
            write_back::document_finished(tx, company, document, operation, now).await?;
        }
        self.tell(tx, finished).await?;
        Ok(answer)
    }

    /// Programs that want to know of shortages and of finished documents.
    async fn tell_endpoints(&self, tx: &mut Tx, effect: &Effect) -> Result<()> {
        let (company, document) = (self.caller.company_id, self.task.document_id);
        let (operation, now) = (self.request.id, self.now);
        if effect.finished.is_some() {
            return webhooks::document_finished(tx, company, document, operation, now).await;
        }
        match (&self.request.action, effect.line) {
            (FloorAction::Short { .. }, Some(line)) => {
                webhooks::shortage_reported(tx, company, document, line, operation, now).await
            }
            _ => Ok(()),
        }
    }

    async fn move_document(&self, tx: &mut Tx, effect: &Effect) -> Result<DocumentStatus> {
        let (document, task) = (self.task.document_id, self.task.id);
        let status = effect.finished.unwrap_or(DocumentStatus::InProgress);
        if effect.finished.is_some() {
            store::documents::record_end(tx, document, task, effect.credited, self.now).await?;
        }
        store::documents::set_status(tx, document, status, self.now).await?;
        if effect.finished.is_some() {
            store::tasks::finish(tx, task, self.now).await?;
        }
        Ok(status)
    }

    /// A refusal is kept too, so that the same id answers the same; a confirmed act carries a new id.
    async fn refuse(&self, tx: &mut Tx, refusal: Refusal) -> Result<OperationAnswer> {
        let message = refusal.to_string();
        let line = match &self.request.action {
            FloorAction::Pick { line_id, .. } | FloorAction::Short { line_id, .. } => {
                Some(*line_id)
            }
            _ => None,
        };
        let outcome = Outcome::Refused { refusal, message };
        let (state, status) = (self.task.state, self.task.document_status);
        let answer = self.answer(tx, outcome, line, state, status).await?;
        let known = line.filter(|id| self.lines.iter().any(|line| line.id == *id));
        let effect = Effect {
            line: known,
            ..Effect::none(self.caller)
        };
        self.record(tx, &effect, &answer).await?;
        Ok(answer)
    }

    async fn answer(
        &self,
        tx: &mut Tx,
        outcome: Outcome,
        line: Option<LineId>,
        task_state: TaskState,
        document_status: DocumentStatus,
    ) -> Result<OperationAnswer> {
        let line = match line {
            None => None,
            Some(id) => {
                let lines = store::floor::lines(tx, self.task.document_id).await?;
                lines.into_iter().find(|line| line.id == id)
            }
        };
        Ok(OperationAnswer {
            id: self.request.id,
            outcome,
            line,
            task_state,
            document_status,
        })
    }

    async fn record(&self, tx: &mut Tx, effect: &Effect, answer: &OperationAnswer) -> Result<()> {
        let operation = NewOperation {
            company_id: self.caller.company_id,
            warehouse_id: self.task.warehouse_id,
            request: self.request,
            answer,
            accepted: answer.outcome == Outcome::Accepted,
            line_id: effect.line,
            user_id: self.caller.user_id,
            credited_user_id: effect.credited,
            quantity: effect.quantity,
            reason: effect.reason,
            reason_text: effect.reason_text.as_deref(),
            scanned: self.request.action.scanned(),
            goods: &effect.goods,
            reverses: effect.reverses,
        };
        match store::floor::record(tx, &operation, self.now).await {
            Err(store::Error::Taken { .. }) => Err(Error::Conflict(
                "This operation id was used for something else.".to_owned(),
            )),
            other => Ok(other?),
        }
    }

    /// One event: the document, its lists and the board.
    async fn tell(&self, tx: &mut Tx, finished: bool) -> Result<()> {
        let task = &self.task;
        let mut topics = vec![
            Topic::Document(task.document_id.0),
            Topic::Documents,
            Topic::Tasks,
            Topic::Board(task.warehouse_id.0),
        ];
        topics.extend(tasks::holders(tx, task).await?);
        let what = if finished {
            "finished"
        } else {
            self.request.action.kind()
        };
        let company = self.caller.company_id;
        Ok(store::live::publish(tx, company, Some(task.warehouse_id), &topics, what).await?)
    }
}
