//! Received goods come to a location: whoever of the site brings them, also after the receipt ended.

use super::{Act, Effect};
use crate::Result;
use domain::OperationId;
use domain::document::DocumentKind;
use domain::operation::{FloorAction, OperationAnswer, Outcome};
use domain::picking::{Refusal, TaskLine};
use domain::put_away;
use domain::timeline::TimelineKind;
use store::Tx;
use store::floor::StoredOperation;
use store::locations::Arrival;
use store::timeline::NewEntries;

/// A location: its identity, and its code as on the label.
type Place = (i64, String);

impl Act<'_> {
    pub(super) async fn put_away(&self, tx: &mut Tx) -> Result<OperationAnswer> {
        match self.check_put_away(tx).await? {
            Ok((line, place)) => self.accept_put_away(tx, &line, &place).await,
            Err(refusal) => self.refuse(tx, refusal).await,
        }
    }

    async fn check_put_away(
        &self,
        tx: &mut Tx,
    ) -> Result<std::result::Result<(TaskLine, Place), Refusal>> {
        let FloorAction::PutAway {
            line_id,
            quantity,
            location,
            suggested,
            other_confirmed,
            ..
        } = &self.request.action
        else {
            return Ok(Err(Refusal::LineNotOnTask));
        };
        if self.task.kind != DocumentKind::Receipt {
            return Ok(Err(Refusal::LineNotOnTask));
        }
        let document = self.task.document_id;
        let Some(line) = store::put_aways::line(tx, document, *line_id).await? else {
            return Ok(Err(Refusal::LineNotOnTask));
        };
        let place = store::locations::find(tx, self.task.warehouse_id, location).await?;
        let Some(place) = place else {
            let scanned = location.trim().to_owned();
            return Ok(Err(Refusal::UnknownLocation { scanned }));
        };
        let suggested = suggested.as_deref();
        let checked = put_away::check(&line, *quantity, &place.1, suggested, *other_confirmed);
        Ok(checked.map(|()| (line, place)))
    }

    async fn accept_put_away(
        &self,
        tx: &mut Tx,
        line: &TaskLine,
        (location, code): &Place,
    ) -> Result<OperationAnswer> {
        let FloorAction::PutAway { quantity, .. } = &self.request.action else {
            return self.refuse(tx, Refusal::LineNotOnTask).await;
        };
        let effect = Effect {
            line: Some(line.id),
            quantity: quantity.value(),
            ..Effect::none(self.caller)
        };
        let answer = self.moved(tx, &effect).await?;
        let arrival = Arrival {
            operation: self.request.id,
            line: line.id,
            location: *location,
            quantity: quantity.value(),
            user: self.caller.user_id,
        };
        store::locations::arrive(tx, arrival, self.happened_at()).await?;
        self.reach_counts(tx).await?;
        self.note_full(tx).await?;
        let text = format!(
            "{quantity} {} of {} put on {code}.",
            line.unit(quantity.value()),
            line.item_code
        );
        self.say(tx, TimelineKind::PutAway, text).await?;
        Ok(answer)
    }

    /// Whoever brings goods elsewhere because the suggested location is full spares others the way.
    async fn note_full(&self, tx: &mut Tx) -> Result<()> {
        let FloorAction::PutAway {
            location,
            suggested: Some(suggested),
            full: true,
            ..
        } = &self.request.action
        else {
            return Ok(());
        };
        if put_away::is_same(suggested, location) {
            return Ok(());
        }
        let (site, id, at) = (self.task.warehouse_id, self.request.id, self.happened_at());
        Ok(store::locations::note_full(tx, site, suggested, id, at).await?)
    }

    /// The put-away that an undo means; none when it means another act.
    pub(super) async fn put_away_of(
        &self,
        tx: &mut Tx,
        id: OperationId,
    ) -> Result<Option<StoredOperation>> {
        let stored = store::floor::find(tx, id).await?;
        Ok(stored.filter(|stored| stored.kind == "put_away"))
    }

    /// Takes goods off their location again; the receipt is as it was.
    pub(super) async fn take_off(
        &self,
        tx: &mut Tx,
        stored: StoredOperation,
    ) -> Result<OperationAnswer> {
        let mine = stored.user_id == self.caller.user_id && stored.task_id == self.task.id;
        let document = self.task.document_id;
        let line = match stored
            .line_id
            .filter(|_| mine && stored.accepted && !stored.undone)
        {
            Some(id) => store::floor::any_line(tx, document, id).await?,
            None => None,
        };
        let Some(line) = line else {
            return self.refuse(tx, Refusal::NothingToUndo).await;
        };
        let effect = Effect {
            line: Some(line.id),
            reverses: Some(stored.request.id),
            ..Effect::none(self.caller)
        };
        let answer = self.moved(tx, &effect).await?;
        let by = (self.request.id, self.caller.user_id);
        store::locations::reverse(tx, stored.request.id, by, self.happened_at()).await?;
        self.reach_counts(tx).await?;
        store::locations::forget_full(tx, stored.request.id, self.task.warehouse_id).await?;
        let quantity = stored.quantity.normalize();
        let text = format!(
            "{quantity} {} of {} taken off their location.",
            line.unit(quantity),
            line.item_code
        );
        self.say(tx, TimelineKind::Undone, text).await?;
        Ok(answer)
    }

    /// Keeps an act that moves goods and changes neither line nor task.
    async fn moved(&self, tx: &mut Tx, effect: &Effect) -> Result<OperationAnswer> {
        let (state, status) = (self.task.state, self.task.document_status);
        let outcome = Outcome::Accepted;
        let answer = self.answer(tx, outcome, effect.line, state, status).await?;
        self.record(tx, effect, &answer).await?;
        self.tell(tx, false).await?;
        Ok(answer)
    }

    async fn say(&self, tx: &mut Tx, kind: TimelineKind, text: String) -> Result<()> {
        let mut entries = NewEntries::default();
        entries.push(self.task.document_id, kind, text);
        let (company, name) = (self.caller.company_id, &self.caller.name);
        Ok(store::timeline::record(tx, company, &entries, name, None, self.now).await?)
    }
}
