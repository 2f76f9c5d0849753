//! What the page knows of its goods, and what each scan or touch does to it.

use super::super::act::{Act, Fate};
use super::super::bridge;
use super::super::queue::Queue;
use super::super::varying::whenever;
use super::super::who::Session;
use super::super::wire;
use super::over::Over;
use super::{Kind, with_acts};
use crate::live;
use crate::sound::{Cue, Feedback};
use domain::counting::check_entry;
use domain::live::Topic;
use domain::operation::FloorAction;
use domain::picking::Refusal;
use domain::put_away::{PutAway, Step, check, step};
use domain::{CountLineId, LineId, Quantity, TaskId, UserId};
use leptos::prelude::*;
use leptos::task::spawn_local;

const META: &str = "meta";

/// What the page knows, behind one type: a signal per field would be compiled anew for each, and a
/// handheld downloads all of them.
pub(super) struct State {
    /// As read; none until then.
    pub(super) read: Option<Vec<PutAway>>,
    current: Option<LineId>,
    /// How much goes with the next scan; all of it when none.
    pub(super) amount: Option<Quantity>,
    pub(super) over: Over,
    /// What was read may hold acts whose answer is still on its way.
    behind: bool,
}

/// The goods of one page.
#[derive(Clone, Copy)]
pub(super) struct Shelf {
    pub(super) kind: Kind,
    me: UserId,
    pub(super) state: StoredValue<State>,
    /// Grows with every change of the state.
    pub(super) turn: RwSignal<u32>,
    /// Grows when something else lies over the instruction.
    pub(super) opened: RwSignal<u32>,
    queue: Queue,
    feedback: Feedback,
}

impl Shelf {
    pub(super) fn open(kind: Kind, me: UserId) -> Self {
        let (queue, feedback) = (expect_context::<Queue>(), expect_context::<Feedback>());
        let state = State {
            read: None,
            current: None,
            amount: None,
            over: Over::Nothing,
            behind: false,
        };
        let shelf = Self {
            kind,
            me,
            state: StoredValue::new(state),
            turn: RwSignal::new(0),
            opened: RwSignal::new(0),
            queue,
            feedback,
        };
        let site = expect_context::<Session>()
            .today
            .with_untracked(|today| today.as_ref().and_then(|today| today.site));
        let mut topics = vec![Topic::WorkerTasks(me.0)];
        topics.extend(site.map(Topic::Board));
        let version = live::use_live(Signal::stored(topics));
        whenever(move || {
            version.track();
            shelf.read();
        });
        whenever(move || {
            if !shelf.has_waiting() && shelf.state.with_value(|state| state.behind) {
                shelf.read();
            }
        });
        queue.on_answer(Callback::new(move |(act, answer): (Act, wire::Answer)| {
            shelf.answered(&act, answer.fate == Fate::Sent);
        }));
        shelf
    }

    /// Changes what the page knows; also when the page is gone meanwhile.
    pub(super) fn change(self, change: impl FnOnce(&mut State)) {
        if self.state.try_update_value(change).is_some() {
            self.turn.try_update(|turn| *turn += 1);
        }
    }

    pub(super) fn open_over(self, over: Over) {
        if self
            .state
            .try_update_value(|state| state.over = over)
            .is_some()
        {
            self.opened.try_update(|opened| *opened += 1);
        }
    }

    /// With the acts under way, and without what is away.
    pub(super) fn rows(self) -> Vec<PutAway> {
        self.turn.track();
        let read = self.state.with_value(|state| state.read.clone());
        let read = read.unwrap_or_default();
        self.queue
            .acts()
            .with(|acts| with_acts(self.kind, read, acts))
    }

    pub(super) fn row(self) -> Option<PutAway> {
        let rows = self.rows();
        let current = self.state.with_value(|state| state.current);
        let chosen = rows.iter().find(|row| Some(row.line.id) == current);
        chosen.or_else(|| rows.first()).cloned()
    }

    fn has_waiting(self) -> bool {
        let waits = |act: &Act| act.is_waiting();
        self.queue.acts().with(|acts| acts.iter().any(waits))
    }

    /// What the device keeps first, then what the server says.
    fn read(self) {
        self.state.update_value(|state| state.behind = false);
        spawn_local(async move {
            let key = format!("{}/{}", self.kind.path(), self.me);
            let known = move || self.state.try_with_value(|state| state.read.is_some());
            if known() == Some(false)
                && let Some(kept) = bridge::get(META, &key).await
            {
                let rows = self.kind.rows(&kept);
                self.change(|state| state.read = Some(rows));
            }
            let Ok(found) = bridge::call("GET", self.kind.path(), None).await else {
                return;
            };
            // Acts that wait may be in it already: shown together they would count twice.
            let waiting = untrack(|| self.has_waiting());
            let shown = known() != Some(false);
            let rows = self.kind.rows(&found);
            self.change(|state| {
                state.behind = waiting;
                if !(waiting && shown) {
                    let before = state.read.take().unwrap_or_default();
                    state.read = Some(untrack(|| self.with_done(before, rows)));
                }
            });
            if !waiting {
                bridge::set(META, &key, &found).await;
            }
        });
    }

    /// What was read, and what this device put away: it is off the list of the server, and comes back as soon
    /// as that is taken back.
    fn with_done(self, before: Vec<PutAway>, mut rows: Vec<PutAway>) -> Vec<PutAway> {
        self.queue.acts().with(|acts| {
            for mut row in before {
                let id = row.line.id;
                let ours = |act: &Act| {
                    act.fate == Fate::Sent
                        && self.kind.moved(act).is_some_and(|moved| moved.0 == id)
                };
                if acts.iter().any(ours) && rows.iter().all(|listed| listed.line.id != id) {
                    row.line.done = row.line.requested;
                    rows.push(row);
                }
            }
        });
        rows
    }

    fn answered(self, act: &Act, accepted: bool) {
        let sent = |back| {
            self.queue.acts().with(|acts| {
                let act = acts.iter().find(|act| act.id() == back);
                let act = act.filter(|act| act.fate == Fate::Sent);
                act.and_then(|act| self.kind.moved(act))
            })
        };
        let moved = match act.undoes() {
            Some(back) => untrack(|| sent(back)).map(|(line, amount)| (line, -amount)),
            None => self.kind.moved(act),
        };
        let mut known = false;
        if let Some((line, amount)) = moved
            && accepted
        {
            self.change(|state| {
                let mut rows = state.read.iter_mut().flatten();
                if let Some(row) = rows.find(|row| row.line.id == line) {
                    row.line.done += amount;
                    known = true;
                }
            });
        }
        if !known {
            self.read();
        }
    }

    pub(super) fn scan(self, code: String) {
        let Some(row) = untrack(|| self.row()) else {
            return self.feedback.give(Cue::Wrong);
        };
        let rows = untrack(|| self.rows());
        match step(&rows, &row, &code) {
            Step::Turn(index) => {
                let id = rows.get(index).map(|row| row.line.id);
                self.change(|state| state.current = id);
                self.feedback.give(Cue::Ok);
            }
            Step::Place if self.kind == Kind::Count => self.open_over(Over::Amount),
            Step::Other(_) if self.kind == Kind::Count => {
                self.feedback.give(Cue::Wrong);
                let text = t!("This is not what is to be counted now.");
                self.open_over(Over::Wrong(text.to_owned()));
            }
            Step::Place => self.put(&row, &code, false, false),
            Step::Other(code) if row.suggested.is_none() => self.put(&row, &code, false, false),
            Step::Other(code) => {
                self.feedback.give(Cue::Attention);
                self.open_over(Over::Other(code.clone()));
                self.look_for(code);
            }
        }
    }

    /// Refuses the location that is asked about when the server knows none such. Without an answer the
    /// question stands, and the server judges the act.
    fn look_for(self, code: String) {
        spawn_local(async move {
            let path = String::from(js_sys::encode_uri_component(&code));
            let path = format!("/api/v1/locations?code={path}");
            let Ok(found) = bridge::call("GET", &path, None).await else {
                return;
            };
            let asks = |state: &State| matches!(&state.over, Over::Other(asked) if *asked == code);
            if found.get("rows").list().is_empty() && self.state.try_with_value(asks) == Some(true)
            {
                self.refuse(&Refusal::UnknownLocation { scanned: code });
            }
        });
    }

    /// Puts it on a location; another one than was suggested is confirmed, perhaps because that one is full.
    pub(super) fn put(self, row: &PutAway, location: &str, other_confirmed: bool, full: bool) {
        let all = Quantity::new(row.line.remaining()).unwrap_or_default();
        let quantity = self.state.with_value(|state| state.amount).unwrap_or(all);
        let suggested = row.suggested.as_ref().map(|place| place.location.clone());
        let checked = check(
            &row.line,
            quantity,
            location,
            suggested.as_deref(),
            other_confirmed,
        );
        if let Err(refusal) = checked {
            return self.refuse(&refusal);
        }
        let text = format!(
            "{quantity} {} {} → {location}",
            row.line.uom, row.line.item_code
        );
        let action = FloorAction::PutAway {
            line_id: row.line.id,
            quantity,
            location: location.to_owned(),
            suggested,
            other_confirmed,
            full,
        };
        self.change(|state| state.amount = None);
        self.open_over(Over::Nothing);
        self.feedback.give(Cue::Ok);
        self.queue.add(row.task_id, action, text);
    }

    /// What was found goes to the server, which alone knows what should be there.
    pub(super) fn count(self, row: &PutAway, quantity: Quantity) {
        let line = &row.line;
        if let Err(refusal) = check_entry(&line.uom, line.decimals, quantity) {
            return self.refuse(&refusal);
        }
        let location = row.suggested.as_ref().map(|place| place.location.as_str());
        let text = t!(
            "{quantity} {uom} {item} counted on {location}",
            quantity,
            uom = line.uom,
            item = line.item_code,
            location = location.unwrap_or_default()
        );
        let action = FloorAction::Count {
            line: CountLineId(line.id.0),
            quantity,
        };
        self.open_over(Over::Nothing);
        self.feedback.give(Cue::Ok);
        self.queue.add(TaskId(0), action, text);
    }

    fn refuse(self, refusal: &Refusal) {
        self.feedback.give(Cue::Wrong);
        self.open_over(Over::Wrong(crate::words::tell(&refusal.to_string())));
    }

    /// The next of the list.
    pub(super) fn skip(self) {
        let rows = untrack(|| self.rows());
        let here = untrack(|| self.row()).map(|row| row.line.id);
        let index = rows.iter().position(|row| Some(row.line.id) == here);
        let next = index.map_or(0, |index| (index + 1) % rows.len().max(1));
        let next = rows.get(next).map(|row| row.line.id);
        self.change(|state| {
            state.amount = None;
            state.current = next;
        });
    }

    /// The newest of these acts that stands.
    pub(super) fn undoable(self) -> Option<Act> {
        self.queue.acts().with(|acts| {
            let back = |id| {
                acts.iter()
                    .any(|act| act.undoes() == Some(id) && act.refused().is_none())
            };
            let stands = |act: &&Act| {
                matches!(act.request.action, FloorAction::PutAway { .. })
                    && matches!(act.fate, Fate::Waiting | Fate::Sent)
                    && !back(act.id())
            };
            acts.iter().rev().find(stands).cloned()
        })
    }

    pub(super) fn undo(self) {
        if let Some(act) = untrack(|| self.undoable()) {
            self.feedback.give(Cue::Attention);
            let action = FloorAction::Undo {
                operation_id: act.id(),
            };
            self.change(|state| state.current = act.line_id());
            self.queue.add(
                act.task_id(),
                action,
                t!("Taken back: {act}", act = act.text),
            );
        }
    }
}
