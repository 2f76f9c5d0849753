//! An act on its way to the server, and what the lines look like with the acts under way.

use chrono::NaiveDate;
use domain::document::LineStatus;
use domain::operation::{FloorAction, OperationRequest};
use domain::picking::TaskLine;
use domain::scanning::Scan;
use domain::{LineId, OperationId, TaskId};

/// An act the worker did on this device. Kept on the device; what was sent stays a while, so that it
/// can be taken back without a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// What is sent; its id stays the same however often it is sent.
    pub request: OperationRequest,
    /// What it is, in words.
    pub text: String,
    /// What became of it.
    pub fate: Fate,
}

/// What became of an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The server has not answered yet.
    Waiting,
    /// It counts.
    Sent,
    /// A lead decides.
    Review {
        /// Why, in one sentence.
        message: String,
        /// Whether the worker knows.
        seen: bool,
    },
    /// It does not count; stays until the worker has seen it.
    Refused(Refused),
}

/// Why an act was not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The worker may confirm it: more than is left, or lines missing.
    pub asks: bool,
    /// One sentence.
    pub message: String,
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
            FloorAction::Pick { line_id, .. }
            | FloorAction::PutAway { line_id, .. }
            | FloorAction::Short { line_id, .. } => Some(line_id),
            FloorAction::Claim
            | FloorAction::Count { .. }
            | FloorAction::Unexpected { .. }
            | FloorAction::Undo { .. }
            | FloorAction::Finish { .. }
            | FloorAction::Report { .. } => None,
        }
    }

    /// Whether goods were handled or reported missing: what can be taken back.
    fn is_work(&self) -> bool {
        self.line_id().is_some() || matches!(self.request.action, FloorAction::Unexpected { .. })
    }

    /// The act it takes back.
    pub fn undoes(&self) -> Option<OperationId> {
        match self.request.action {
            FloorAction::Undo { operation_id } => Some(operation_id),
            _ => None,
        }
    }

    /// Whether it still has to be sent.
    pub fn is_waiting(&self) -> bool {
        self.fate == Fate::Waiting
    }

    /// Whether it was not accepted and the worker has not seen that.
    pub fn refused(&self) -> Option<&Refused> {
        match &self.fate {
            Fate::Refused(refused) => Some(refused),
            _ => None,
        }
    }

    /// The same act, confirmed by the person, under another id; none where nothing can be
    /// confirmed.
    pub fn confirmed(&self, id: OperationId) -> Option<Self> {
        if !self.refused()?.asks {
            return None;
        }
        let mut action = self.request.action.clone();
        match &mut action {
            FloorAction::Pick { over_confirmed, .. } => *over_confirmed = true,
            FloorAction::Finish { partial_confirmed } => *partial_confirmed = true,
            FloorAction::PutAway {
                other_confirmed, ..
            } => *other_confirmed = true,
            FloorAction::Claim
            | FloorAction::Count { .. }
            | FloorAction::Unexpected { .. }
            | FloorAction::Short { .. }
            | FloorAction::Undo { .. }
            | FloorAction::Report { .. } => return None,
        }
        Some(Self {
            request: OperationRequest {
                id,
                action,
                ..self.request.clone()
            },
            text: self.text.clone(),
            fate: Fate::Waiting,
        })
    }
}

/// The lines as they will be once the acts under way are accepted.
pub fn with_acts(lines: &[TaskLine], acts: &[Act]) -> Vec<TaskLine> {
    let mut lines = lines.to_vec();
    let taken_back = |act: &Act| {
        acts.iter()
            .any(|other| other.is_waiting() && other.undoes() == Some(act.id()))
    };
    let counts =
        |act: &&Act| matches!(act.fate, Fate::Waiting | Fate::Sent) && act.line_id().is_some();
    for act in acts.iter().filter(counts) {
        let back = taken_back(act);
        // What was sent is in the lines already, what waits is not.
        let sign = match (&act.fate, back) {
            (Fate::Waiting, false) => 1,
            (Fate::Sent, true) => -1,
            _ => continue,
        };
        let line = act
            .line_id()
            .and_then(|id| lines.iter_mut().find(|line| line.id == id));
        if let Some(line) = line {
            apply(line, &act.request.action, sign > 0);
        }
    }
    lines
}

fn apply(line: &mut TaskLine, action: &FloorAction, forward: bool) {
    match action {
        FloorAction::Pick { quantity, .. } if forward => line.done += quantity.value(),
        FloorAction::Pick { quantity, .. } => line.done -= quantity.value(),
        FloorAction::Short { reason, text, .. } => {
            line.reason = forward.then_some(*reason);
            line.reason_text = text.clone().filter(|_| forward);
        }
        FloorAction::Claim
        | FloorAction::Count { .. }
        | FloorAction::Unexpected { .. }
        | FloorAction::PutAway { .. }
        | FloorAction::Undo { .. }
        | FloorAction::Finish { .. }
        | FloorAction::Report { .. } => {}
    }
    if line.done >= line.requested {
        line.reason = None;
    }
    line.status = LineStatus::of(line.requested, line.done, line.reason);
}

/// The newest act of a task that can be taken back: sent or not, and not taken back already.
pub fn last_undoable(acts: &[Act], task: TaskId) -> Option<&Act> {
    let taken_back = |id| {
        let fits = |act: &Act| act.undoes() == Some(id) && act.refused().is_none();
        acts.iter().any(fits)
    };
    acts.iter().rev().find(|act| {
        let counts = matches!(act.fate, Fate::Waiting | Fate::Sent);
        act.task_id() == task && counts && act.is_work() && !taken_back(act.id())
    })
}

/// Serial numbers that this device scanned on a line and did not take back.
pub fn serials(acts: &[Act], line: LineId, today: NaiveDate) -> Vec<String> {
    let stands = |act: &&Act| {
        let counts = matches!(act.fate, Fate::Waiting | Fate::Sent);
        let back = |other: &Act| other.undoes() == Some(act.id()) && other.refused().is_none();
        counts && act.line_id() == Some(line) && !acts.iter().any(back)
    };
    let serial = |act: &Act| {
        let scan = Scan::read(act.request.action.scanned()?).ok()?;
        scan.goods(today).serial
    };
    acts.iter().filter(stands).filter_map(serial).collect()
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
            location: None,
        }
    }

    fn act(action: FloorAction) -> Act {
        Act {
            request: OperationRequest {
                id: OperationId(uuid::Uuid::from_u128(1)),
                task_id: TaskId(1),
                made_at: chrono::DateTime::UNIX_EPOCH,
                device: "handheld".into(),
                offline: false,
                action,
            },
            text: "Picked".into(),
            fate: Fate::Waiting,
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

    fn refused(mut act: Act, asks: bool) -> Act {
        let message = "Not accepted.".to_owned();
        act.fate = Fate::Refused(Refused { asks, message });
        act
    }

    fn numbered(mut act: Act, id: u128) -> Act {
        act.request.id = OperationId(uuid::Uuid::from_u128(id));
        act
    }

    fn undo(id: u128) -> Act {
        let operation_id = OperationId(uuid::Uuid::from_u128(id));
        numbered(act(FloorAction::Undo { operation_id }), id + 100)
    }

    #[test]
    fn a_pick_under_way_counts_and_a_refused_one_does_not() {
        let refused = refused(numbered(pick(1), 2), false);
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
    fn an_act_taken_back_before_it_was_sent_counts_for_nothing() {
        let acts = [numbered(pick(2), 1), numbered(pick(1), 2), undo(1)];
        assert_eq!(with_acts(&[line(3)], &acts)[0].done, 1.into());
    }

    #[test]
    fn a_sent_act_can_be_taken_back_without_a_network() {
        let mut sent = numbered(pick(2), 1);
        sent.fate = Fate::Sent;
        let mut known = line(3);
        known.done = 2.into();
        let lines = with_acts(&[known], &[sent, undo(1)]);
        assert_eq!(lines[0].done, 0.into());
        assert_eq!(lines[0].status, LineStatus::New);
    }

    #[test]
    fn each_act_is_taken_back_once_newest_first() {
        let mut acts = vec![numbered(pick(1), 1), numbered(pick(1), 2)];
        let id = |n| OperationId(uuid::Uuid::from_u128(n));
        assert_eq!(last_undoable(&acts, TaskId(1)).map(Act::id), Some(id(2)));
        acts.push(undo(2));
        assert_eq!(last_undoable(&acts, TaskId(1)).map(Act::id), Some(id(1)));
        acts.push(undo(1));
        assert_eq!(last_undoable(&acts, TaskId(1)), None);
        assert_eq!(last_undoable(&acts, TaskId(2)), None);
    }

    #[test]
    fn a_serial_number_stands_until_its_scan_is_taken_back() {
        let today = NaiveDate::default();
        let scan = |id, serial: &str| {
            let mut act = numbered(pick(1), id);
            if let FloorAction::Pick { scanned, .. } = &mut act.request.action {
                *scanned = Some(format!("(01)04006381333931(21){serial}"));
            }
            act
        };
        let mut acts = vec![scan(1, "S1"), refused(scan(2, "S2"), false), pick(1)];
        assert_eq!(serials(&acts, LineId(1), today), ["S1"]);
        assert!(serials(&acts, LineId(2), today).is_empty());
        acts.push(undo(1));
        assert!(serials(&acts, LineId(1), today).is_empty());
    }

    #[test]
    fn what_came_unexpected_changes_no_line_here_and_can_be_taken_back() {
        let came = act(FloorAction::Unexpected {
            scanned: "96385074".into(),
            quantity: Quantity::from(2),
        });
        assert_eq!(
            with_acts(&[line(3)], std::slice::from_ref(&came)),
            [line(3)]
        );
        assert_eq!(
            last_undoable(&[came], TaskId(1)).map(Act::task_id),
            Some(TaskId(1))
        );
    }

    #[test]
    fn a_report_changes_no_line_and_cannot_be_taken_back() {
        let told = act(FloorAction::Report {
            line_id: Some(LineId(1)),
            text: "The shelf is broken.".into(),
        });
        let told = std::slice::from_ref(&told);
        assert_eq!(with_acts(&[line(3)], told), [line(3)]);
        assert_eq!(last_undoable(told, TaskId(1)), None);
    }

    #[test]
    fn only_what_asks_can_be_confirmed() {
        let id = OperationId(uuid::Uuid::from_u128(2));
        assert_eq!(refused(pick(9), false).confirmed(id), None);
        let again = refused(pick(9), true).confirmed(id).expect("it asks");
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
