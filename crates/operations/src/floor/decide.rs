//! The rules: whether an act may be done.

use super::{Act, Effect};
use crate::Result;
use domain::LineId;
use domain::gs1;
use domain::operation::FloorAction;
use domain::permission::Permission;
use domain::picking::{self, Refusal, TaskLine};
use domain::scanning::{self, Goods};
use domain::task::TaskState;
use store::Tx;

impl Act<'_> {
    pub(super) async fn decide(&self, tx: &mut Tx) -> Result<std::result::Result<Effect, Refusal>> {
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
            FloorAction::Unexpected { quantity, .. } => self
                .unexpected
                .ok_or(Refusal::LineNotOnTask)
                .and_then(|id| self.line(id))
                .and_then(|line| {
                    picking::check_unexpected(line, *quantity)?;
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
            // Handled on their own: they change neither line nor task.
            FloorAction::PutAway { .. }
            | FloorAction::Count { .. }
            | FloorAction::Report { .. } => Err(Refusal::LineNotOnTask),
            FloorAction::Undo { operation_id } => return self.undo(tx, *operation_id).await,
            FloorAction::Finish { partial_confirmed } => {
                picking::check_finish(&self.lines, *partial_confirmed)
                    .map(|status| self.finish(status))
            }
        })
    }

    /// What the scanned label says about the goods, judged on the day they were scanned.
    pub(super) async fn goods(&self, tx: &mut Tx) -> Result<std::result::Result<Goods, Refusal>> {
        let (code, quantity) = match &self.request.action {
            FloorAction::Pick {
                scanned: Some(code),
                quantity,
                ..
            }
            | FloorAction::Unexpected {
                scanned: code,
                quantity,
            } if gs1::is_label(code) => (code, *quantity),
            _ => return Ok(Ok(Goods::default())),
        };
        let at = self.request.made_at.min(self.now);
        let day = store::warehouses::day(tx, self.task.warehouse_id, at).await?;
        let goods = match scanning::check_goods(code, quantity, day) {
            Ok(goods) if goods.serial.is_some() => goods,
            other => return Ok(other),
        };
        let taken = self.serials(tx).await?;
        Ok(scanning::check_serial(&goods, &taken).map(|()| goods))
    }

    /// Serial numbers taken on the document of the item the act is about.
    async fn serials(&self, tx: &mut Tx) -> Result<Vec<String>> {
        let (Some(id), document) = (self.line_id(), self.task.document_id) else {
            return Ok(Vec::new());
        };
        match store::floor::any_line(tx, document, id).await? {
            Some(line) => Ok(store::unexpected::serials(tx, document, &line.item_code).await?),
            None => Ok(Vec::new()),
        }
    }

    pub(super) fn check_holder(&self) -> std::result::Result<(), Refusal> {
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

    pub(super) fn line(&self, id: LineId) -> std::result::Result<&TaskLine, Refusal> {
        self.lines
            .iter()
            .find(|line| line.id == id)
            .ok_or(Refusal::LineNotOnTask)
    }
}
