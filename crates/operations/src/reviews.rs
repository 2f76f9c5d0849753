//! What a lead decides about work that was done without a network.

use crate::{Error, Result, audit, counts, require, tasks, webhooks, write_back};
use chrono::{DateTime, Utc};
use domain::document::DocumentStatus;
use domain::exception::{Exception, ExceptionKind};
use domain::live::Topic;
use domain::operation::{FloorAction, OperationAnswer, OperationRequest, Outcome};
use domain::permission::Permission;
use domain::picking::TaskLine;
use domain::scanning::{Goods, Scan};
use domain::shortage::ShortageReason;
use domain::task::TaskState;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::{DocumentId, ExceptionId, OperationId, UserId, WarehouseId};
use rust_decimal::Decimal;
use serde_json::json;
use store::floor::{LineUpdate, NewOperation};
use store::reviews::Waiting;
use store::timeline::NewEntries;
use store::{Scope, Store, Tx};

/// Raises and ends the exceptions of waiting acts at once, instead of within a minute.
pub(crate) async fn notice(
    tx: &mut Tx,
    caller: &Caller,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<()> {
    store::exceptions::detect::run(tx, ExceptionKind::Review, now).await?;
    let company = caller.company_id;
    let topics = [Topic::Exceptions];
    Ok(store::live::publish(tx, company, Some(warehouse), &topics, "review").await?)
}

/// Decides about the acts behind an exception: they count for the person who did them, or for nothing.
/// What counts is appended under identities of its own.
pub async fn decide(
    store: &Store,
    caller: &Caller,
    id: ExceptionId,
    accept: bool,
    now: DateTime<Utc>,
) -> Result<()> {
    require(caller, Permission::AssignTasks)?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let document = store::reviews::document_of(&mut tx, caller.company_id, id).await?;
    let document = document.ok_or(Error::NotFound("exception"))?;
    store::documents::lock(&mut tx, &[document.0]).await?;
    let found = store::exceptions::lock(&mut tx, caller, id, now).await?;
    let acts = store::reviews::waiting(&mut tx, id).await?;
    if found.ended_at.is_some() || acts.is_empty() {
        return Err(Error::Conflict("This is over already.".to_owned()));
    }
    let decision = Decision {
        caller,
        document,
        found: &found,
        accept,
        now,
    };
    let ids = store::reviews::fresh_ids(&mut tx, acts.len()).await?;
    for (act, id) in acts.iter().zip(&ids) {
        decision.carry_out(&mut tx, act, *id).await?;
    }
    let decided: Vec<_> = acts.iter().map(|act| act.request.id).collect();
    store::reviews::decide(&mut tx, &decided, accept, &caller.name, now).await?;
    store::documents::recount(&mut tx, &[document.0], now).await?;
    if let (true, Some(last)) = (accept, ids.last()) {
        decision.move_document(&mut tx, *last).await?;
        decision.ask_about_removed(&mut tx, &acts, *last).await?;
    }
    decision.finish(&mut tx, id, &acts).await?;
    Ok(tx.commit().await?)
}

struct Decision<'a> {
    caller: &'a Caller,
    document: DocumentId,
    found: &'a Exception,
    accept: bool,
    now: DateTime<Utc>,
}

impl Decision<'_> {
    async fn carry_out(&self, tx: &mut Tx, act: &Waiting, id: OperationId) -> Result<()> {
        let line = store::floor::any_line(tx, self.document, act.line_id).await?;
        let line = line.ok_or(Error::NotFound("line"))?;
        let words = words(&act.request.action, &line);
        let mut entries = NewEntries::default();
        let (kind, text) = if self.accept {
            self.apply(tx, act, &line, id).await?;
            let text = format!(
                "{words} Done by {} without a network, accepted.",
                act.user_name
            );
            (TimelineKind::Picked, text)
        } else {
            let text = format!(
                "{words} Done by {} without a network, not accepted.",
                act.user_name
            );
            (TimelineKind::Resolved, text)
        };
        entries.push(self.document, kind, text);
        let (company, name) = (self.caller.company_id, &self.caller.name);
        Ok(store::timeline::record(tx, company, &entries, name, None, self.now).await?)
    }

    /// What was accepted changes what the document has become, and what the ERP has of it.
    async fn move_document(&self, tx: &mut Tx, last: OperationId) -> Result<()> {
        let (status, _) = store::documents::status(tx, self.document).await?;
        match status {
            DocumentStatus::New => {
                let begun = DocumentStatus::InProgress;
                store::documents::set_status(tx, self.document, begun, self.now).await?;
            }
            DocumentStatus::Partial | DocumentStatus::Done => {
                store::documents::settle_status(tx, self.document, self.now).await?;
                store::documents::set_entered(tx, self.document, None).await?;
                let (company, document, now) = (self.caller.company_id, self.document, self.now);
                webhooks::document_finished(tx, company, document, last, now).await?;
                write_back::document_finished(tx, company, document, last, now).await?;
            }
            DocumentStatus::InProgress | DocumentStatus::Cancelled => {}
        }
        Ok(())
    }

    /// What was accepted of a line that the ERP took off contradicts the ERP, as if it had been done
    /// in time.
    async fn ask_about_removed(
        &self,
        tx: &mut Tx,
        acts: &[Waiting],
        last: OperationId,
    ) -> Result<()> {
        let mut asked = false;
        for act in acts {
            asked |= store::reviews::ask_about_removed(tx, act.line_id, self.now).await?;
        }
        if !asked {
            return Ok(());
        }
        store::documents::recount(tx, &[self.document.0], self.now).await?;
        let (company, cause) = (self.caller.company_id, last.to_string());
        webhooks::conflicts_found(tx, company, &[self.document], &cause, self.now).await
    }

    /// As if it had been sent in time, under an identity of its own.
    async fn apply(
        &self,
        tx: &mut Tx,
        act: &Waiting,
        line: &TaskLine,
        id: OperationId,
    ) -> Result<()> {
        let (quantity, reason, text) = match &act.request.action {
            FloorAction::Pick { quantity, .. } | FloorAction::Unexpected { quantity, .. } => {
                let complete = line.done + quantity.value() >= line.requested;
                let reason = line.reason.filter(|_| !complete);
                let text = line.reason_text.clone().filter(|_| !complete);
                (quantity.value(), reason, text)
            }
            FloorAction::Short { reason, text, .. } => {
                let missing = !line.remaining().is_zero();
                (
                    Decimal::ZERO,
                    Some(*reason).filter(|_| missing),
                    text.clone(),
                )
            }
            _ => return Ok(()),
        };
        let update = LineUpdate {
            id: line.id,
            quantity,
            reason,
            reason_text: text.as_deref(),
            user: act.user_id,
            at: self.now,
        };
        store::floor::update_line(tx, &update).await?;
        let request = OperationRequest {
            id,
            ..act.request.clone()
        };
        let answer = self.answer(tx, act, id).await?;
        let operation = NewOperation {
            company_id: self.caller.company_id,
            warehouse_id: act.warehouse_id,
            request: &request,
            answer: &answer,
            accepted: true,
            line_id: Some(line.id),
            user_id: act.user_id,
            credited_user_id: act.user_id,
            quantity,
            reason,
            reason_text: text.as_deref(),
            scanned: act.request.action.scanned(),
            goods: &goods(&request),
            reverses: None,
            location: line.location.as_deref(),
        };
        store::floor::record(tx, &operation, self.now).await?;
        self.move_goods(tx, &request, line, act.user_id).await?;
        if reason.is_some() && matches!(act.request.action, FloorAction::Short { .. }) {
            let company = self.caller.company_id;
            webhooks::shortage_reported(tx, company, self.document, line.id, id, self.now).await?;
            if reason.is_some_and(ShortageReason::doubts_stock) {
                store::counts::request_after(tx, id, self.now).await?;
            }
        }
        Ok(())
    }

    /// What was picked left the location the line is shown with, when it was picked.
    async fn move_goods(
        &self,
        tx: &mut Tx,
        request: &OperationRequest,
        line: &TaskLine,
        user: UserId,
    ) -> Result<()> {
        let (FloorAction::Pick { quantity, .. }, Some(location)) =
            (&request.action, line.location.as_deref())
        else {
            return Ok(());
        };
        let (by, at) = ((request.id, user), request.happened_at(self.now));
        store::locations::leave(tx, line.id, location, quantity.value(), by, at).await?;
        counts::reckon_again(tx, request.id, user, self.now).await
    }

    async fn answer(&self, tx: &mut Tx, act: &Waiting, id: OperationId) -> Result<OperationAnswer> {
        let task = store::tasks::of_document(tx, self.caller.company_id, self.document).await?;
        let task = task.ok_or(Error::NotFound("task"))?;
        Ok(OperationAnswer {
            id,
            outcome: Outcome::Accepted,
            line: store::floor::any_line(tx, self.document, act.line_id).await?,
            task_state: task.state,
            document_status: task.document_status,
        })
    }

    async fn finish(&self, tx: &mut Tx, id: ExceptionId, acts: &[Waiting]) -> Result<()> {
        let word = if self.accept {
            "Accepted"
        } else {
            "Not accepted"
        };
        if self.found.resolved.is_none() {
            store::exceptions::resolve(tx, id, &self.caller.name, word, self.now).await?;
        }
        store::exceptions::detect::run(tx, ExceptionKind::Review, self.now).await?;
        let facts = json!({
            "detail": self.found.detail,
            "accepted": self.accept,
            "operations": acts.iter().map(|act| act.request.id).collect::<Vec<_>>(),
        });
        let subject = &self.found.subject;
        audit::by_person(
            tx,
            self.caller,
            "OFFLINE_WORK_DECIDED",
            subject,
            facts,
            self.now,
        )
        .await?;
        self.tell(tx).await
    }

    async fn tell(&self, tx: &mut Tx) -> Result<()> {
        let company = self.caller.company_id;
        let mut topics = vec![
            Topic::Document(self.document.0),
            Topic::Documents,
            Topic::Tasks,
            Topic::Exceptions,
        ];
        let task = store::tasks::of_document(tx, company, self.document).await?;
        if let Some(task) = &task {
            topics.push(Topic::Board(task.warehouse_id.0));
            if matches!(task.state, TaskState::Open | TaskState::Claimed) {
                topics.extend(tasks::holders(tx, task).await?);
            }
        }
        let warehouse = self.found.warehouse_id;
        Ok(store::live::publish(tx, company, warehouse, &topics, "reviewed").await?)
    }
}

fn words(action: &FloorAction, line: &TaskLine) -> String {
    match action {
        FloorAction::Pick { quantity, .. } => {
            format!(
                "{quantity} {} of {} {}.",
                line.unit(quantity.value()),
                line.item_code,
                line.item_name
            )
        }
        FloorAction::Unexpected { quantity, .. } => {
            format!(
                "{quantity} {} of {} {}, not on the document.",
                line.unit(quantity.value()),
                line.item_code,
                line.item_name
            )
        }
        FloorAction::Short { reason, .. } => {
            format!("{} short: {}.", line.item_code, reason.label())
        }
        _ => String::new(),
    }
}

/// What the scanned label said about the goods; the worker was told on the device what is wrong with it.
fn goods(request: &OperationRequest) -> Goods {
    let read = request.action.scanned().map(Scan::read);
    let today = request.made_at.date_naive();
    read.and_then(|scan| scan.ok())
        .map(|scan| scan.goods(today))
        .unwrap_or_default()
}
