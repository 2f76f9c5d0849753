//! Taking an act back: a reversal of its own, or the withdrawal of what waits for a lead.

use super::{Act, Effect};
use crate::{Result, reviews};
use domain::OperationId;
use domain::operation::{OperationAnswer, Outcome};
use domain::picking::Refusal;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use store::Tx;

impl Act<'_> {
    pub(super) async fn undo(
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
                line.unit(stored.quantity),
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
    pub(super) async fn withdraw(&self, tx: &mut Tx, id: OperationId) -> Result<bool> {
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
    pub(super) async fn withdrawn(&self, tx: &mut Tx) -> Result<OperationAnswer> {
        let (state, status) = (self.task.state, self.task.document_status);
        let answer = self
            .answer(tx, Outcome::Accepted, None, state, status)
            .await?;
        self.record(tx, &Effect::none(self.caller), &answer).await?;
        Ok(answer)
    }
}
