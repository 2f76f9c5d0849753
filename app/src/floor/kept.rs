//! How the device writes an act down: flat, because reading it back is code every handheld loads.

use super::act::{Act, Refused};
use chrono::DateTime;
use domain::operation::{FloorAction, OperationRequest};
use domain::shortage::ShortageReason;
use domain::{LineId, OperationId, Quantity, TaskId};
use serde::{Deserialize, Serialize};

/// An act as it is kept across reloads.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct KeptAct {
    id: uuid::Uuid,
    task: i64,
    made_at_ms: i64,
    device: String,
    kind: String,
    line: i64,
    quantity: Quantity,
    scanned: Option<String>,
    confirmed: bool,
    reason: String,
    words: Option<String>,
    undoes: uuid::Uuid,
    text: String,
    refused: Option<String>,
    asks: bool,
}

impl From<&Act> for KeptAct {
    fn from(act: &Act) -> Self {
        let request = &act.request;
        let mut kept = Self {
            id: request.id.0,
            task: request.task_id.0,
            made_at_ms: request.made_at.timestamp_millis(),
            device: request.device.clone(),
            kind: request.action.kind().to_owned(),
            text: act.text.clone(),
            refused: act.refused.as_ref().map(|refused| refused.message.clone()),
            asks: act.refused.as_ref().is_some_and(|refused| refused.asks),
            ..Self::default()
        };
        kept.put_action(&request.action);
        kept
    }
}

impl KeptAct {
    fn put_action(&mut self, action: &FloorAction) {
        match action {
            FloorAction::Claim => {}
            FloorAction::Pick {
                line_id,
                quantity,
                scanned,
                over_confirmed,
            } => {
                self.line = line_id.0;
                self.quantity = *quantity;
                self.scanned.clone_from(scanned);
                self.confirmed = *over_confirmed;
            }
            FloorAction::Short {
                line_id,
                reason,
                text,
            } => {
                self.line = line_id.0;
                reason.as_str().clone_into(&mut self.reason);
                self.words.clone_from(text);
            }
            FloorAction::Undo { operation_id } => self.undoes = operation_id.0,
            FloorAction::Finish { partial_confirmed } => self.confirmed = *partial_confirmed,
        }
    }

    fn action(&self) -> Option<FloorAction> {
        let line_id = LineId(self.line);
        Some(match self.kind.as_str() {
            "claim" => FloorAction::Claim,
            "pick" => FloorAction::Pick {
                line_id,
                quantity: self.quantity,
                scanned: self.scanned.clone(),
                over_confirmed: self.confirmed,
            },
            "short" => FloorAction::Short {
                line_id,
                reason: self.reason.parse::<ShortageReason>().ok()?,
                text: self.words.clone(),
            },
            "undo" => FloorAction::Undo {
                operation_id: OperationId(self.undoes),
            },
            "finish" => FloorAction::Finish {
                partial_confirmed: self.confirmed,
            },
            _ => return None,
        })
    }

    /// The act again; none when another version of the app wrote something else.
    pub(super) fn act(self) -> Option<Act> {
        let action = self.action()?;
        let asks = self.asks;
        Some(Act {
            request: OperationRequest {
                id: OperationId(self.id),
                task_id: TaskId(self.task),
                made_at: DateTime::from_timestamp_millis(self.made_at_ms)?,
                device: self.device,
                action,
            },
            text: self.text,
            refused: self.refused.map(|message| Refused { asks, message }),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn act(action: FloorAction) -> Act {
        Act {
            request: OperationRequest {
                id: OperationId(uuid::Uuid::from_u128(7)),
                task_id: TaskId(3),
                made_at: DateTime::from_timestamp_millis(1_795_248_309_123).expect("an instant"),
                device: "handheld-1a2b".into(),
                action,
            },
            text: "2 KOM of 85123A".into(),
            refused: None,
        }
    }

    #[test]
    fn every_act_comes_back_as_it_was() {
        let line_id = LineId(11);
        let mut refused = act(FloorAction::Finish {
            partial_confirmed: false,
        });
        refused.refused = Some(Refused {
            asks: true,
            message: "2 lines are not complete.".into(),
        });
        let acts = [
            refused,
            act(FloorAction::Claim),
            act(FloorAction::Pick {
                line_id,
                quantity: "2.5".parse().expect("a quantity"),
                scanned: Some("4006381333931".into()),
                over_confirmed: true,
            }),
            act(FloorAction::Short {
                line_id,
                reason: ShortageReason::Other,
                text: Some("shelf is blocked".into()),
            }),
            act(FloorAction::Undo {
                operation_id: OperationId(uuid::Uuid::from_u128(9)),
            }),
        ];
        for act in acts {
            let text = serde_json::to_string(&KeptAct::from(&act)).expect("it can be written");
            let kept: KeptAct = serde_json::from_str(&text).expect("it can be read");
            assert_eq!(kept.act(), Some(act));
        }
    }
}
