//! One worker on one task: what is on the screen, kept up with the server.

use super::act::{Act, Fate, with_acts};
use super::book;
use super::queue::Queue;
use super::varying::whenever;
use super::who::Worker;
use super::wire::Answer;
use crate::sound::{Cue, Feedback};
use crate::{AppError, ErrorCode};
use domain::live::Topic;
use domain::picking::{TaskLine, next_line};
use domain::task::TaskState;
use domain::{LineId, Quantity, TaskId, UserId};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// What lies over the instruction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sheet {
    Closed,
    Quantity,
    /// How much came of what is not on the receipt.
    Unexpected,
    Short,
    Code,
    Lines,
    /// What is wrong, for the lead.
    Trouble,
    Finish,
}

/// What covers the screen until the worker answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notice {
    /// The scan or entry is not accepted.
    Wrong {
        title: String,
        /// What was scanned.
        code: Option<String>,
        text: String,
        /// Where the scanned item belongs, if on this task.
        belongs_to: Option<LineId>,
        /// Nobody knows the code: it may be taught for this line's item.
        teach: Option<(LineId, String)>,
        /// What is on no line of a receipt: it may be taken in all the same.
        came: Option<String>,
    },
    /// More than is left: the worker decides.
    Over {
        line: Box<TaskLine>,
        quantity: Quantity,
        scanned: Option<String>,
    },
}

#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub task_id: TaskId,
    me: StoredValue<Worker>,
    pub detail: RwSignal<Option<domain::task::TaskDetail>>,
    pub problem: RwSignal<Option<AppError>>,
    /// With the acts under way.
    pub lines: Memo<Vec<TaskLine>>,
    pub current: RwSignal<Option<LineId>>,
    pub line: Memo<Option<TaskLine>>,
    pub sheet: RwSignal<Sheet>,
    pub notice: RwSignal<Option<Notice>>,
    /// Said once, until the next act.
    pub said: RwSignal<Option<String>>,
    pub queue: Queue,
    /// The code that proved the current line's item.
    pub scanned: RwSignal<Option<String>>,
    /// The code of goods that are not on the receipt, while their quantity is entered.
    pub came: RwSignal<Option<String>>,
    pub feedback: Feedback,
    reading: StoredValue<bool>,
    /// Something was read that may hold acts already whose answer is still on its way.
    behind: StoredValue<bool>,
    turn: StoredValue<u64>,
}

impl Desk {
    /// Opens a task; reads it again whenever something about it changed.
    pub fn open(task_id: TaskId, me: Worker, queue: Queue, feedback: Feedback) -> Self {
        let detail = RwSignal::new(None::<domain::task::TaskDetail>);
        let current = RwSignal::new(None);
        let lines = Memo::new(move |_| {
            detail.with(|detail| match detail {
                Some(detail) => queue.acts().with(|acts| with_acts(&detail.lines, acts)),
                None => Vec::new(),
            })
        });
        let line = Memo::new(move |_| {
            let id = current.get()?;
            lines.with(|lines| lines.iter().find(|line| line.id == id).cloned())
        });
        let desk = Self {
            task_id,
            me: StoredValue::new(me),
            detail,
            problem: RwSignal::new(None),
            lines,
            current,
            line,
            sheet: RwSignal::new(Sheet::Closed),
            notice: RwSignal::new(None),
            said: RwSignal::new(None),
            queue,
            scanned: RwSignal::new(None),
            came: RwSignal::new(None),
            feedback,
            reading: StoredValue::new(false),
            behind: StoredValue::new(false),
            turn: StoredValue::new(0),
        };
        desk.keep_up(desk.me.with_value(|me| me.id));
        desk.follow_colleagues();
        desk
    }

    fn keep_up(self, user: UserId) {
        let document =
            Memo::new(move |_| self.detail.with(|d| d.as_ref().map(|d| d.task.document_id)));
        let topics = Signal::derive(move || {
            let mut topics = vec![Topic::WorkerTasks(user.0)];
            topics.extend(document.get().map(|id| Topic::Document(id.0)));
            topics
        });
        let version = crate::live::use_live(topics);
        whenever(move || {
            version.track();
            self.read();
        });
        whenever(move || {
            if !self.has_waiting() && self.behind.get_value() {
                self.behind.set_value(false);
                self.read();
            }
        });
        self.queue.on_answer(Callback::new(move |(act, answer)| {
            self.answered(&act, answer);
        }));
    }

    /// Reads the task, first as the device knows it; an older answer never replaces a newer one.
    pub fn read(self) {
        let Some(turn) = self.next_turn() else { return };
        self.reading.set_value(true);
        let me = self.me.with_value(|me| me.id);
        spawn_local(async move {
            if self.detail.try_with_untracked(Option::is_none) == Some(true)
                && let Some(kept) = book::kept(me, self.task_id).await
            {
                self.show(kept);
            }
            let got = book::fetch(self.task_id).await;
            if self.turn.try_get_value() != Some(turn) {
                return;
            }
            self.reading.set_value(false);
            match got {
                Ok((detail, found)) => {
                    // Acts that wait may be in it already: shown together they would count twice.
                    let waiting = untrack(|| self.has_waiting());
                    self.behind.set_value(waiting);
                    if waiting && self.detail.with_untracked(Option::is_some) {
                        return;
                    }
                    self.show(detail);
                    if !waiting {
                        book::keep(me, self.task_id, &found).await;
                    }
                }
                Err(error) => self.not_read(error),
            }
        });
    }

    fn has_waiting(self) -> bool {
        let waits = |act: &Act| act.task_id() == self.task_id && act.is_waiting();
        self.queue.acts().with(|acts| acts.iter().any(waits))
    }

    fn show(self, detail: domain::task::TaskDetail) {
        self.problem.try_set(None);
        self.detail.try_set(Some(detail));
        if self.line.try_get_untracked() == Some(None) {
            self.go_to_next(0);
        }
    }

    /// Whether goods come in.
    pub fn is_receipt(self) -> bool {
        self.detail.with(|detail| {
            let kind = detail.as_ref().map(|detail| detail.task.kind);
            kind == Some(domain::document::DocumentKind::Receipt)
        })
    }

    /// What is to be done with the goods of a line.
    pub fn verb(self) -> &'static str {
        match self.is_receipt() {
            true => t!("to receive"),
            false => t!("to pick"),
        }
    }

    /// Who touched a line last, unless it was this worker.
    pub fn colleague(self, line: &TaskLine) -> Option<String> {
        line.last_worker
            .clone()
            .filter(|name| self.me.with_value(|me| me.name != *name))
    }

    /// A task given to somebody else cannot be read any more; anything else passes.
    fn not_read(self, error: AppError) {
        let known = self.detail.with_untracked(Option::is_some);
        // The header says that there is no network; the work goes on.
        let later = matches!(error.code, ErrorCode::Offline | ErrorCode::SignedOut);
        if known && later {
            return;
        }
        let gone = matches!(error.code, ErrorCode::NotFound | ErrorCode::Forbidden);
        let mut withdrawn = false;
        if gone {
            self.detail.update(|detail| {
                if let Some(task) = detail.as_mut().map(|detail| &mut detail.task) {
                    // What this worker finished may be somebody else's work by now.
                    if matches!(task.state, TaskState::Open | TaskState::Claimed) {
                        task.state = TaskState::Cancelled;
                    }
                    withdrawn = true;
                }
            });
        }
        if !withdrawn {
            self.problem.set(Some(error));
        }
    }

    /// When a colleague completes the line shown here, the next one takes its place, and nothing
    /// entered for the old one reaches the new one.
    fn follow_colleagues(self) {
        Effect::new(move |before: Option<Option<(LineId, bool)>>| {
            let now = self
                .line
                .with(|line| line.as_ref().map(|line| (line.id, line.is_open())));
            if let (Some(Some((old, true))), Some((id, false))) = (before, now)
                && old == id
            {
                let line = self.line.get_untracked();
                self.leave_if_handled(id);
                self.sheet.set(Sheet::Closed);
                self.feedback.give(Cue::Attention);
                self.said.set(line.map(|line| {
                    let who = self
                        .colleague(&line)
                        .unwrap_or_else(|| t!("Somebody").to_owned());
                    t!("{who} handled {item}.", who, item = line.item_code)
                }));
            }
            now
        });
    }

    fn next_turn(self) -> Option<u64> {
        self.turn.try_update_value(|turn| {
            *turn += 1;
            *turn
        })
    }

    fn answered(self, act: &Act, answer: Answer) {
        if act.task_id() != self.task_id {
            return;
        }
        let accepted = answer.fate == Fate::Sent;
        match &answer.fate {
            Fate::Refused(refused) if !refused.asks => self.feedback.give(Cue::Wrong),
            Fate::Refused(_) | Fate::Review { .. } => self.feedback.give(Cue::Attention),
            Fate::Sent | Fate::Waiting => {}
        }
        let undone = act.undoes().is_some() && accepted;
        if let (true, Some((line, _))) = (undone, &answer.line) {
            self.current.set(Some(line.id));
        }
        self.detail
            .update(|detail| take_in(detail.as_mut(), answer));
        // What is being read now may be older than this answer.
        if undone || self.reading.get_value() {
            self.read();
        }
    }

    pub(super) fn go_to_next(self, from: usize) {
        let lines = self.lines.get_untracked();
        let next = next_line(&lines, from).and_then(|index| lines.get(index));
        self.current.set(next.map(|line| line.id));
        self.scanned.set(None);
    }

    /// Where the current line is in the list.
    pub fn index(self) -> Option<usize> {
        let id = self.current.get()?;
        self.lines
            .with(|lines| lines.iter().position(|line| line.id == id))
    }
}

fn take_in(detail: Option<&mut domain::task::TaskDetail>, answer: Answer) {
    let Some(detail) = detail else { return };
    if let Some((state, status)) = answer.states {
        detail.task.state = state;
        detail.task.document_status = status;
    }
    let Some((line, _)) = answer.line else { return };
    match detail.lines.iter_mut().find(|slot| slot.id == line.id) {
        Some(slot) => *slot = line,
        None if line.is_unexpected() => detail.lines.push(line),
        None => {}
    }
}

/// A number without trailing zeros.
pub(super) fn plain(number: rust_decimal::Decimal) -> String {
    number.normalize().to_string()
}
