//! What each touch or scan does. The rules are asked here first, and again by the server.

use super::act::Act;
use super::desk::{Desk, Notice, Sheet, plain};
use crate::sound::Cue;
use domain::operation::{FloorAction, UndoableOperation};
use domain::picking::{Refusal, TaskLine, check_finish, check_pick, check_short, line_of_scan};
use domain::shortage::ShortageReason;
use domain::{LineId, OperationId, Quantity};
use leptos::prelude::*;

impl Desk {
    /// A code was scanned or typed.
    pub fn scan(self, code: String) {
        if self.notice.read_untracked().is_some() {
            return self.feedback.give(Cue::Wrong);
        }
        let at_quantity = self.sheet.get_untracked() == Sheet::Quantity;
        let Some(line) = self.line.get_untracked() else {
            return self.wrong_scan(&code, None);
        };
        if !line.answers_to(&code) {
            return self.wrong_scan(&code, Some(&line));
        }
        self.scanned.set(Some(code.clone()));
        if at_quantity || line.decimals > 0 {
            self.feedback.give(Cue::Ok);
            self.sheet.set(Sheet::Quantity);
        } else {
            self.pick(&line, Quantity::from(1), Some(code), false);
        }
    }

    fn wrong_scan(self, code: &str, current: Option<&TaskLine>) {
        let lines = self.lines.get_untracked();
        let belongs = line_of_scan(&lines, code).and_then(|index| Some((index, lines.get(index)?)));
        let text = match belongs {
            Some((index, line)) if line.is_open() => {
                format!("It belongs to line {}: {}.", index + 1, line.item_name)
            }
            Some((index, line)) => format!(
                "It belongs to line {}, which has {} of {} {} already.",
                index + 1,
                plain(line.done),
                plain(line.requested),
                line.uom
            ),
            None => "It is not on this task. Put it back.".to_owned(),
        };
        let (title, text) = match current {
            Some(current) => ("Wrong item", format!("{text} Now: {}.", current.item_code)),
            None => ("Not needed now", text),
        };
        self.refuse(title, Some(code), text, belongs.map(|(_, line)| line.id));
    }

    /// Takes some of a line, or asks when it is more than is left.
    pub fn pick(
        self,
        line: &TaskLine,
        quantity: Quantity,
        scanned: Option<String>,
        confirmed: bool,
    ) {
        match check_pick(line, quantity, scanned.as_deref(), confirmed) {
            Ok(()) => {
                let text = format!("{quantity} {} of {}", line.uom, line.item_code);
                let action = FloorAction::Pick {
                    line_id: line.id,
                    quantity,
                    scanned,
                    over_confirmed: confirmed,
                };
                self.act(action, text, Cue::Ok);
                self.leave_if_handled(line.id);
            }
            Err(Refusal::MoreThanRequested { .. }) => {
                self.feedback.give(Cue::Attention);
                self.sheet.set(Sheet::Closed);
                self.notice.set(Some(Notice::Over {
                    line: Box::new(line.clone()),
                    quantity,
                    scanned,
                }));
            }
            Err(refusal) => {
                self.refuse("Not accepted", None, refusal.to_string(), None);
            }
        }
    }

    /// Takes what was entered on the number pad for a line.
    pub fn pick_entered(self, id: LineId, quantity: Quantity) {
        if let Some(line) = self.line_with(id) {
            let scanned = self.scanned.get_untracked();
            self.pick(&line, quantity, scanned, false);
        }
    }

    fn line_with(self, id: LineId) -> Option<TaskLine> {
        self.lines
            .with_untracked(|lines| lines.iter().find(|line| line.id == id).cloned())
    }

    /// Reports the rest of a line missing.
    pub fn short(
        self,
        id: LineId,
        reason: ShortageReason,
        text: Option<String>,
    ) -> Result<(), Refusal> {
        let line = self.line_with(id).ok_or(Refusal::LineNotOnTask)?;
        check_short(&line, reason, text.as_deref())?;
        let words = format!(
            "{} {} of {} short: {}",
            plain(line.remaining()),
            line.uom,
            line.item_code,
            reason.label().to_ascii_lowercase()
        );
        let action = FloorAction::Short {
            line_id: line.id,
            reason,
            text,
        };
        self.act(action, words, Cue::Ok);
        self.leave_if_handled(line.id);
        Ok(())
    }

    /// What undo would take back.
    pub fn undoable(self) -> Option<UndoableOperation> {
        let undoing: Vec<OperationId> = self.queue.acts().with(|acts| {
            acts.iter()
                .filter_map(|act| match act.request.action {
                    FloorAction::Undo { operation_id } => Some(operation_id),
                    _ => None,
                })
                .collect()
        });
        let under_way = self.queue.acts().with(|acts| {
            let mine = |act: &&Act| {
                act.task_id() == self.task_id && act.is_waiting() && act.line_id().is_some()
            };
            acts.iter().rev().find(mine).map(|act| UndoableOperation {
                id: act.id(),
                text: act.text.clone(),
            })
        });
        under_way
            .or_else(|| {
                self.detail
                    .with(|detail| detail.as_ref().and_then(|d| d.undoable.clone()))
            })
            .filter(|undoable| !undoing.contains(&undoable.id))
    }

    /// Takes the last act back.
    pub fn undo(self) {
        if let Some(act) = self.queue.take_back_unsent(self.task_id) {
            self.current
                .set(act.line_id().or(self.current.get_untracked()));
            self.feedback.give(Cue::Attention);
            return self.said.set(Some(format!("Taken back: {}", act.text)));
        }
        let Some(undoable) = untrack(|| self.undoable()) else {
            return self.feedback.give(Cue::Wrong);
        };
        let action = FloorAction::Undo {
            operation_id: undoable.id,
        };
        let text = format!("Taken back: {}", undoable.text);
        self.act(action, text.clone(), Cue::Attention);
        self.said.set(Some(text));
    }

    /// Closes the task, or asks when lines are missing.
    pub fn finish(self, partial_confirmed: bool) {
        let checked = check_finish(&self.lines.read_untracked(), partial_confirmed);
        match checked {
            Ok(_) => {
                let action = FloorAction::Finish { partial_confirmed };
                self.act(action, "Finish".to_owned(), Cue::Ok);
            }
            Err(_) => self.sheet.set(Sheet::Finish),
        }
    }

    /// The next open line; this one waits.
    pub fn skip(self) {
        let here = self.index();
        self.go_to_next(here.map_or(0, |index| index + 1));
        if here.is_some() && here == self.index() {
            self.said
                .set(Some("This is the last open line.".to_owned()));
            self.feedback.give(Cue::Attention);
        }
    }

    /// Makes a line the current one.
    pub fn go_to(self, line: Option<LineId>) {
        self.current.set(line);
        self.scanned.set(None);
        self.sheet.set(Sheet::Closed);
        self.notice.set(None);
    }

    fn act(self, action: FloorAction, text: String, cue: Cue) {
        self.said.set(None);
        self.sheet.set(Sheet::Closed);
        self.notice.set(None);
        self.feedback.give(cue);
        self.queue.add(self.task_id, action, text);
    }

    fn refuse(self, title: &str, code: Option<&str>, text: String, belongs_to: Option<LineId>) {
        self.feedback.give(Cue::Wrong);
        self.sheet.set(Sheet::Closed);
        self.notice.set(Some(Notice::Wrong {
            title: title.to_owned(),
            code: code.map(str::to_owned),
            text,
            belongs_to,
        }));
    }

    /// Goes on to the next open line once this one needs nothing more.
    pub fn leave_if_handled(self, id: LineId) {
        let lines = self.lines.get_untracked();
        let index = lines.iter().position(|line| line.id == id);
        if let Some(index) = index
            && !lines.get(index).is_some_and(TaskLine::is_open)
        {
            self.go_to_next(index + 1);
        }
    }
}
