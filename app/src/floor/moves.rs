//! What each touch or scan does. The rules are asked here first, and again by the server.

use super::act::serials;
use super::bridge;
use super::desk::{Desk, Notice, Sheet, plain};
use crate::ErrorCode;
use crate::json::Json;
use crate::sound::Cue;
use crate::words;
use domain::operation::{FloorAction, UndoableOperation};
use domain::picking::{Refusal, TaskLine, check_finish, check_pick, check_short};
use domain::scanning::{self, Step, Stop, check_goods, check_serial};
use domain::shortage::ShortageReason;
use domain::{LineId, Quantity};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Where a lead is asked to let a code be the barcode of an item.
const TEACH: &str = "/api/fn/taught-barcodes/teach";

impl Desk {
    /// A code was scanned or typed.
    pub fn scan(self, code: String) {
        if self.notice.read_untracked().is_some() {
            return self.feedback.give(Cue::Wrong);
        }
        let asks = self.sheet.get_untracked() == Sheet::Quantity;
        let line = self.line.get_untracked();
        let lines = self.lines.get_untracked();
        let step = scanning::step(&lines, line.as_ref(), &code, asks, today());
        match (step, line) {
            (Step::Take(quantity), Some(line)) => {
                self.scanned.set(Some(code.clone()));
                self.pick(&line, quantity, Some(code), false);
            }
            (Step::Stop(stop), _) => self.stop(stop, &code),
            (Step::AskQuantity | Step::Take(_), _) => {
                self.scanned.set(Some(code));
                self.feedback.give(Cue::Ok);
                self.sheet.set(Sheet::Quantity);
            }
        }
    }

    fn stop(self, stop: Stop, code: &str) {
        let receives = stop.is_foreign && untrack(|| self.is_receipt());
        let mut text = match receives {
            true => t!("It is not on this receipt. Put it aside, or receive it all the same.")
                .to_owned(),
            false => words::message(&stop.text),
        };
        if let Some(now) = stop.now {
            text = format!("{text} {}", t!("Now: {now}.", now));
        }
        self.refuse(
            words::tr(stop.title),
            Some(&stop.code),
            text,
            stop.belongs_to,
        );
        let line = self.current.get_untracked().filter(|_| stop.may_be_taught);
        self.notice.update(|notice| {
            if let Some(Notice::Wrong { teach, came, .. }) = notice {
                *teach = line.map(|line| (line, code.to_owned()));
                *came = receives.then(|| code.to_owned());
            }
        });
    }

    /// Asks how much came of what is not on the receipt.
    pub fn ask_unexpected(self, code: String) {
        self.notice.set(None);
        self.came.set(Some(code));
        self.sheet.set(Sheet::Unexpected);
    }

    /// Takes in what is not on the receipt; the server knows which item it is.
    pub fn receive_unexpected(self, scanned: String, quantity: Quantity) {
        let checked = match quantity.is_zero() {
            true => Err(Refusal::ZeroQuantity),
            false => check_goods(&scanned, quantity, today()).map(drop),
        };
        match checked {
            Ok(()) => {
                let text = t!(
                    "{quantity} of {code}, not on the document",
                    quantity,
                    code = scanned
                );
                self.act(FloorAction::Unexpected { scanned, quantity }, text, Cue::Ok);
            }
            Err(refusal) => {
                let text = crate::words::tell(&refusal.to_string());
                self.refuse(t!("Not accepted"), None, text, None);
            }
        }
    }

    /// Asks the lead to let a code be the barcode of a line's item.
    pub fn teach(self, line_id: LineId, scanned: String) {
        self.notice.set(None);
        let task_id = self.task_id;
        spawn_local(async move {
            let teaching = Json::object()
                .put_int("task_id", task_id.0)
                .put_int("line_id", line_id.0)
                .put("scanned", scanned);
            let body = Json::object().put("teaching", teaching);
            let asked = bridge::call("POST", TEACH, Some(body)).await;
            let (said, cue) = match asked {
                Ok(_) => (
                    t!("Your lead was asked. Until then, type the item's code.").to_owned(),
                    Cue::Ok,
                ),
                Err(error) if error.code == ErrorCode::Offline => (
                    t!("No network: the lead was not asked. Type the item's code.").to_owned(),
                    Cue::Wrong,
                ),
                Err(error) => (error.message, Cue::Wrong),
            };
            self.feedback.give(cue);
            let _ = self.said.try_set(Some(said));
        });
    }

    /// Takes some of a line, or asks when it is more than is left.
    pub fn pick(
        self,
        line: &TaskLine,
        quantity: Quantity,
        scanned: Option<String>,
        confirmed: bool,
    ) {
        let goods = match &scanned {
            Some(scanned) => check_goods(scanned, quantity, today())
                .and_then(|goods| check_serial(&goods, &self.serials(line.id))),
            None => Ok(()),
        };
        let checked =
            goods.and_then(|()| check_pick(line, quantity, scanned.as_deref(), confirmed));
        match checked {
            Ok(()) => {
                let text = t!(
                    "{quantity} {uom} of {item}",
                    quantity,
                    uom = line.unit(quantity.value()),
                    item = line.item_code
                );
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
                let text = words::tell(&refusal.to_string());
                self.refuse(t!("Not accepted"), None, text, None);
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

    fn serials(self, line: LineId) -> Vec<String> {
        let acts = self.queue.acts();
        acts.with_untracked(|acts| serials(acts, line, today()))
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
        let words = t!(
            "{quantity} {uom} of {item} short: {reason}",
            quantity = plain(line.remaining()),
            uom = line.unit(line.remaining()),
            item = line.item_code,
            reason = words::tr(reason.label()).to_ascii_lowercase()
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

    /// Reports everything that is still to do missing, for one reason.
    pub fn short_rest(self, reason: ShortageReason) {
        let open: Vec<LineId> = self.lines.with_untracked(|lines| {
            let open = lines.iter().filter(|line| line.is_open());
            open.map(|line| line.id).collect()
        });
        for id in open {
            // An open line can always be reported for a reason that needs no words.
            let _ = self.short(id, reason, None);
        }
    }

    /// What undo would take back: the newest act this device knows, else the one the server knows.
    pub fn undoable(self) -> Option<UndoableOperation> {
        if let Some(act) = self.queue.undoable(self.task_id) {
            return Some(UndoableOperation {
                id: act.id(),
                text: act.text,
            });
        }
        let known = self
            .detail
            .with(|detail| detail.as_ref().and_then(|d| d.undoable.clone()))?;
        let ours = |acts: &Vec<super::act::Act>| {
            acts.iter()
                .any(|act| act.id() == known.id || act.undoes() == Some(known.id))
        };
        (!self.queue.acts().with(ours)).then_some(known)
    }

    /// Takes the last act back.
    pub fn undo(self) {
        let Some(undoable) = untrack(|| self.undoable()) else {
            return self.feedback.give(Cue::Wrong);
        };
        let line = self.queue.acts().with_untracked(|acts| {
            let act = acts.iter().find(|act| act.id() == undoable.id);
            act.and_then(super::act::Act::line_id)
        });
        let action = FloorAction::Undo {
            operation_id: undoable.id,
        };
        let text = t!("Taken back: {act}", act = words::tell(&undoable.text));
        self.act(action, text.clone(), Cue::Attention);
        if line.is_some() {
            self.current.set(line);
        }
        self.said.set(Some(text));
    }

    /// Tells the lead what is wrong with the line at hand.
    pub fn report(self, text: String) {
        let line_id = self.current.get_untracked();
        let words = t!("For your lead: {text}", text);
        let report = FloorAction::Report { line_id, text };
        self.act(report, words.clone(), Cue::Ok);
        self.said.set(Some(words));
    }

    /// Closes the task, or asks when lines are missing.
    pub fn finish(self, partial_confirmed: bool) {
        let checked = check_finish(&self.lines.read_untracked(), partial_confirmed);
        match checked {
            Ok(_) => {
                let action = FloorAction::Finish { partial_confirmed };
                self.act(action, t!("Finish").to_owned(), Cue::Ok);
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
                .set(Some(t!("This is the last open line.").to_owned()));
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
            teach: None,
            came: None,
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

/// The day, as the device knows it; the server asks again with the site's.
fn today() -> chrono::NaiveDate {
    crate::live::device_now().date_naive()
}
