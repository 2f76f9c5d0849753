//! An act on its way to the server, and what the lines look like with the acts under way.

use domain::document::LineStatus;
use domain::operation::{FloorAction, OperationRequest};
use domain::picking::{Refusal, TaskLine};
use domain::{LineId, OperationId, TaskId};

/// An act the worker did on this device. Kept on the device until the server answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// What is sent; its id stays the same however often it is sent.
    pub request: OperationRequest,
    /// What it is, in words.
    pub text: String,
    /// Set when the server did not accept it; stays until the worker has seen it.
    pub refused: Option<Refused>,
}

/// Why an act was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The worker may confirm it: more than is left, or lines missing.
    pub asks: bool,
    /// One sentence.
    pub message: String,
}

impl Refused {
    /// What a broken rule means here.
    pub fn by(refusal: &Refusal, message: String) -> Self {
        let asks = matches!(
            refusal,
            Refusal::MoreThanRequested { .. } | Refusal::LinesMissing { .. }
        );
        Self { asks, message }
    }
}

impl Act {
    /// Its identity.
    pub fn id(&self) -> OperationId {
        self.request.id
    }

    /// The task it works on.
    pub fn task_id(&self) -> TaskId {
        self.request.task_id
    }

    /// The line it works on.
    pub fn line_id(&self) -> Option<LineId> {
        match self.request.action {
            FloorAction::Pick { line_id, .. } | FloorAction::Short { line_id, .. } => Some(line_id),
            FloorAction::Claim | FloorAction::Undo { .. } | FloorAction::Finish { .. } => None,
        }
    }

    /// Whether it still has to be sent.
    pub fn is_waiting(&self) -> bool {
        self.refused.is_none()
    }

    /// The same act, confirmed by the person, under another id; none where nothing can be
    /// confirmed.
    pub fn confirmed(&self, id: OperationId) -> Option<Self> {
        if !self.refused.as_ref()?.asks {
            return None;
        }
        let mut action = self.request.action.clone();
        match &mut action {
            FloorAction::Pick { over_confirmed, .. } => *over_confirmed = true,
            FloorAction::Finish { partial_confirmed } => *partial_confirmed = true,
            FloorAction::Claim | FloorAction::Short { .. } | FloorAction::Undo { .. } => {
                return None;
            }
        }
        Some(Self {
            request: OperationRequest {
                id,
                action,
                ..self.request.clone()
            },
            text: self.text.clone(),
            refused: None,
        })
    }
}

/// The lines as they will be once the acts under way are accepted.
pub fn with_acts(lines: &[TaskLine], acts: &[Act]) -> Vec<TaskLine> {
    let mut lines = lines.to_vec();
    for act in acts.iter().filter(|act| act.is_waiting()) {
        let line = act
            .line_id()
            .and_then(|id| lines.iter_mut().find(|line| line.id == id));
        let Some(line) = line else { continue };
        match &act.request.action {
            FloorAction::Pick { quantity, .. } => line.done += quantity.value(),
            FloorAction::Short { reason, text, .. } => {
                line.reason = Some(*reason);
                line.reason_text.clone_from(text);
            }
            FloorAction::Claim | FloorAction::Undo { .. } | FloorAction::Finish { .. } => {}
        }
        line.status = LineStatus::of(line.requested, line.done, line.reason);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Quantity;
    use domain::shortage::ShortageReason;

    fn line(requested: i64) -> TaskLine {
        TaskLine {
            id: LineId(1),
            item_code: "85123A".into(),
            item_name: "HANGING HEART".into(),
            uom: "KOM".into(),
            decimals: 0,
            requested: requested.into(),
            done: 0.into(),
            status: LineStatus::New,
            reason: None,
            reason_text: None,
            conflict: None,
            last_worker: None,
            barcodes: Vec::new(),
            packs: Vec::new(),
        }
    }

    fn act(action: FloorAction) -> Act {
        Act {
            request: OperationRequest {
                id: OperationId(uuid::Uuid::from_u128(1)),
                task_id: TaskId(1),
                made_at: chrono::DateTime::UNIX_EPOCH,
                device: "handheld".into(),
                action,
            },
            text: "Picked".into(),
            refused: None,
        }
    }

    fn pick(quantity: u32) -> Act {
        act(FloorAction::Pick {
            line_id: LineId(1),
            quantity: Quantity::from(quantity),
            scanned: None,
            over_confirmed: false,
        })
    }

    fn refused(mut act: Act, refusal: Refusal) -> Act {
        act.refused = Some(Refused::by(&refusal, refusal.to_string()));
        act
    }

    #[test]
    fn a_pick_under_way_counts_and_a_refused_one_does_not() {
        let refused = refused(pick(1), Refusal::TaskClosed);
        let lines = with_acts(&[line(3)], &[pick(2), refused]);
        assert_eq!(lines[0].done, 2.into());
        assert_eq!(lines[0].status, LineStatus::Partial);
        assert!(lines[0].is_open());
    }

    #[test]
    fn a_shortage_under_way_closes_the_line() {
        let short = act(FloorAction::Short {
            line_id: LineId(1),
            reason: ShortageReason::Damaged,
            text: None,
        });
        assert!(!with_acts(&[line(3)], &[short])[0].is_open());
    }

    #[test]
    fn only_what_asks_can_be_confirmed() {
        let id = OperationId(uuid::Uuid::from_u128(2));
        assert_eq!(refused(pick(9), Refusal::TaskClosed).confirmed(id), None);
        let over = Refusal::MoreThanRequested {
            remaining: 1.into(),
            asked: Quantity::from(9),
        };
        let again = refused(pick(9), over).confirmed(id).expect("it asks");
        assert_eq!(again.id(), id);
        assert!(again.is_waiting());
        assert!(matches!(
            again.request.action,
            FloorAction::Pick {
                over_confirmed: true,
                ..
            }
        ));
    }
}
