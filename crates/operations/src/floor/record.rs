//! Writing what came of an act, and telling whoever wants to know.

use super::{Act, Effect};
use crate::{Error, Result, rests, tasks, webhooks, write_back};
use domain::LineId;
use domain::document::DocumentStatus;
use domain::live::Topic;
use domain::operation::{FloorAction, OperationAnswer, Outcome};
use domain::picking::Refusal;
use domain::task::TaskState;
use store::Tx;
use store::floor::{LineUpdate, NewOperation};
use store::timeline::NewEntries;

impl Act<'_> {
    pub(super) async fn accept(&self, tx: &mut Tx, effect: Effect) -> Result<OperationAnswer> {
        let (now, document) = (self.now, self.task.document_id);
        store::tasks::claim(tx, self.task.id, self.caller.user_id, now).await?;
        if let Some(id) = effect.line {
            let update = LineUpdate {
                id,
                quantity: effect.quantity,
                reason: effect.reason,
                reason_text: effect.reason_text.as_deref(),
                user: self.caller.user_id,
                at: now,
            };
            store::floor::update_line(tx, &update).await?;
            store::documents::recount(tx, &[document.0], now).await?;
        }
        // Then only this person's part ends: the document is not finished yet, and nobody is told so.
        let goes_back = effect.finished == Some(DocumentStatus::Partial)
            && store::rests::goes_back(tx, document).await?;
        let status = match goes_back {
            true => DocumentStatus::Partial,
            false => self.move_document(tx, &effect).await?,
        };
        let task_state = if effect.finished.is_some() {
            TaskState::Done
        } else {
            TaskState::Claimed
        };
        let answer = self
            .answer(tx, Outcome::Accepted, effect.line, task_state, status)
            .await?;
        self.record(tx, &effect, &answer).await?;
        self.move_goods(tx, &effect).await?;
        self.doubt_stock(tx).await?;
        if !goes_back {
            self.tell_endpoints(tx, &effect).await?;
        }
        let finished = effect.finished.is_some();
        if let Some((kind, text)) = effect.timeline {
            let mut entries = NewEntries::default();
            entries.push(document, kind, text);
            let company = self.caller.company_id;
            store::timeline::record(tx, company, &entries, &self.caller.name, None, now).await?;
        }
        if goes_back {
            rests::open_again(tx, self.caller, document, now).await?;
        } else if finished {
            let (company, operation) = (self.caller.company_id, self.request.id);
            write_back::document_finished(tx, company, document, operation, now).await?;
        }
        self.tell(tx, finished).await?;
        Ok(answer)
    }

    /// What is picked leaves the location it was shown with; what is taken back lies there again.
    async fn move_goods(&self, tx: &mut Tx, effect: &Effect) -> Result<()> {
        let by = (self.request.id, self.caller.user_id);
        if let Some(undone) = effect.reverses {
            store::locations::reverse(tx, undone, by, self.happened_at()).await?;
            return self.reach_counts(tx).await;
        }
        let (FloorAction::Pick { quantity, .. }, Some(id)) = (&self.request.action, effect.line)
        else {
            return Ok(());
        };
        let line = self.lines.iter().find(|line| line.id == id);
        if let Some(location) = line.and_then(|line| line.location.as_deref()) {
            let quantity = quantity.value();
            store::locations::leave(tx, id, location, quantity, by, self.happened_at()).await?;
            self.reach_counts(tx).await?;
        }
        Ok(())
    }

    /// What is not found where it is on record is counted there.
    async fn doubt_stock(&self, tx: &mut Tx) -> Result<()> {
        match &self.request.action {
            FloorAction::Short { reason, .. } if reason.doubts_stock() => {
                Ok(store::counts::request_after(tx, self.request.id, self.now).await?)
            }
            _ => Ok(()),
        }
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
    pub(super) async fn refuse(&self, tx: &mut Tx, refusal: Refusal) -> Result<OperationAnswer> {
        let message = refusal.to_string();
        let line = self.line_id();
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

    pub(super) async fn answer(
        &self,
        tx: &mut Tx,
        outcome: Outcome,
        line: Option<LineId>,
        task_state: TaskState,
        document_status: DocumentStatus,
    ) -> Result<OperationAnswer> {
        let line = match line {
            None => None,
            Some(id) => store::floor::line(tx, self.task.document_id, id).await?,
        };
        Ok(OperationAnswer {
            id: self.request.id,
            outcome,
            line,
            task_state,
            document_status,
        })
    }

    pub(super) async fn record(
        &self,
        tx: &mut Tx,
        effect: &Effect,
        answer: &OperationAnswer,
    ) -> Result<()> {
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
            location: self.missing_at(effect.line),
        };
        match store::floor::record(tx, &operation, self.now).await {
            Err(store::Error::Taken { .. }) => Err(Error::Conflict(
                "This operation id was used for something else.".to_owned(),
            )),
            other => Ok(other?),
        }
    }

    /// Where goods reported short should have been: what the line was shown with.
    fn missing_at(&self, line: Option<LineId>) -> Option<&str> {
        let is_short = matches!(self.request.action, FloorAction::Short { .. });
        let id = line.filter(|_| is_short)?;
        let line = self.lines.iter().find(|line| line.id == id)?;
        line.location.as_deref()
    }

    /// One event: the document, its lists and the board.
    pub(super) async fn tell(&self, tx: &mut Tx, finished: bool) -> Result<()> {
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
