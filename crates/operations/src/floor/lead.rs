//! Work done without a network that does not fit what happened meanwhile: a lead decides.

use super::{Act, Effect};
use crate::{Result, reviews};
use domain::LineId;
use domain::operation::{FloorAction, OperationAnswer, Outcome};
use domain::picking::{self, Refusal, TaskLine};
use domain::shortage::ShortageReason;
use store::Tx;
use store::reviews::NewReview;

impl Act<'_> {
    /// Work done without a network on a line that somebody else took meanwhile, or that a rule would
    /// refuse for what happened meanwhile, waits for a lead instead of being lost.
    pub(super) async fn for_a_lead(
        &self,
        tx: &mut Tx,
        refusal: Option<&Refusal>,
    ) -> Result<Option<(LineId, String)>> {
        let Some(line_id) = self.line_id().filter(|_| self.request.offline) else {
            return Ok(None);
        };
        let holder = store::reviews::holder(tx, line_id).await?;
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
        let line = store::floor::any_line(tx, self.task.document_id, line_id).await?;
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
            FloorAction::Unexpected { quantity, .. } => {
                picking::check_unexpected(line, *quantity).is_ok()
            }
            FloorAction::Short { reason, text, .. } => {
                let words = text.as_deref().is_some_and(|text| !text.trim().is_empty());
                *reason != ShortageReason::Other || words
            }
            _ => false,
        }
    }

    /// The act is stored, counts for nothing yet, and appears in the lead's inbox.
    pub(super) async fn put_before_lead(
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
}
