//! Work along the locations: received goods are brought there, and what lies there is counted. One
//! instruction, one scan.

use super::act::{Act, Fate};
use super::bridge;
use super::desk::plain;
use super::notice::{Answer, Screen};
use super::number_pad::{Entry, NumberPad};
use super::page;
use super::queue::Queue;
use super::sheet::BottomSheet;
use super::type_code::TypeCodeSheet;
use super::varying::{flag, option, part, press, text};
use super::who::{Session, Worker};
use super::wire;
use crate::json::Json;
use crate::live;
use crate::scan::ScanField;
use crate::sound::{Cue, Feedback};
use domain::counting::check_entry;
use domain::live::Topic;
use domain::operation::FloorAction;
use domain::picking::Refusal;
use domain::put_away::{PutAway, Step, check, step};
use domain::{CountLineId, LineId, Quantity, TaskId, UserId};
use leptos::prelude::*;
use leptos::task::spawn_local;
use rust_decimal::Decimal;

const META: &str = "meta";

/// What is done along the locations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Received goods are put away.
    PutAway,
    /// What is there is counted, without a hint of what should be.
    Count,
}

impl Kind {
    fn title(self) -> &'static str {
        match self {
            Self::PutAway => t!("Put away"),
            Self::Count => t!("Count"),
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::PutAway => "/api/v1/put-aways",
            Self::Count => "/api/v1/counts/waiting",
        }
    }

    /// What an act does to a row of the list.
    fn moved(self, act: &Act) -> Option<(LineId, Decimal)> {
        match (self, &act.request.action) {
            (
                Self::PutAway,
                FloorAction::PutAway {
                    line_id, quantity, ..
                },
            ) => Some((*line_id, quantity.value())),
            (Self::Count, FloorAction::Count { line, .. }) => Some((LineId(line.0), Decimal::ONE)),
            _ => None,
        }
    }

    fn rows(self, found: &Json) -> Vec<PutAway> {
        let read = match self {
            Self::PutAway => wire::put_away,
            Self::Count => wire::count,
        };
        found.get("rows").list().iter().filter_map(read).collect()
    }
}

/// What lies over the instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Over {
    Nothing,
    /// A code is typed.
    Code,
    /// How much of it is put away.
    Amount,
    /// Another location than was suggested.
    Other(String),
    /// Not accepted.
    Wrong(String),
}

/// What the page knows, behind one type: a signal per field would be compiled anew for each, and a
/// handheld downloads all of them.
struct State {
    /// As read; none until then.
    read: Option<Vec<PutAway>>,
    current: Option<LineId>,
    /// How much goes with the next scan; all of it when none.
    amount: Option<Quantity>,
    over: Over,
    /// What was read may hold acts whose answer is still on its way.
    behind: bool,
}

#[derive(Clone, Copy)]
struct Shelf {
    kind: Kind,
    me: UserId,
    state: StoredValue<State>,
    /// Grows with every change of the state.
    turn: RwSignal<u32>,
    /// Grows when something else lies over the instruction.
    opened: RwSignal<u32>,
    queue: Queue,
    feedback: Feedback,
}

/// The page.
#[component]
pub(super) fn AlongLocations(kind: Kind, worker: Worker) -> impl IntoView {
    let shelf = Shelf::open(kind, worker.id);
    let count = text(move || shelf.rows().len().to_string());
    let left =
        view! { <span class="text-xl font-bold tabular-nums" data-testid="left">{count}</span> }
            .into_any();
    view! {
        <div class="flex h-full flex-col">
            {page::bar(kind.title(), left)}
            <main class="min-h-0 flex-1 overflow-y-auto p-3">
                {part(move || match (shelf.row(), shelf.state.with_value(|state| state.read.is_some())) {
                    (Some(row), _) => instruction(kind, row),
                    (None, true) => nothing(kind),
                    (None, false) => view! { <div class="skeleton h-full rounded-2xl" aria-busy="true"></div> }.into_any(),
                })}
            </main>
            {footer(shelf)}
            {part(move || over(shelf))}
        </div>
    }
}

impl Shelf {
    fn open(kind: Kind, me: UserId) -> Self {
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
        Effect::new(move |_| {
            version.track();
            shelf.read();
        });
        Effect::new(move |_| {
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
    fn change(self, change: impl FnOnce(&mut State)) {
        if self.state.try_update_value(change).is_some() {
            self.turn.try_update(|turn| *turn += 1);
        }
    }

    fn open_over(self, over: Over) {
        if self
            .state
            .try_update_value(|state| state.over = over)
            .is_some()
        {
            self.opened.try_update(|opened| *opened += 1);
        }
    }

    /// With the acts under way, and without what is away.
    fn rows(self) -> Vec<PutAway> {
        self.turn.track();
        let read = self.state.with_value(|state| state.read.clone());
        let read = read.unwrap_or_default();
        self.queue
            .acts()
            .with(|acts| with_acts(self.kind, read, acts))
    }

    fn row(self) -> Option<PutAway> {
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
                    state.read = Some(rows);
                }
            });
            if !waiting {
                bridge::set(META, &key, &found).await;
            }
        });
    }

    fn answered(self, act: &Act, accepted: bool) {
        match self.kind.moved(act) {
            Some((line, amount)) if accepted => self.change(|state| {
                let mut rows = state.read.iter_mut().flatten();
                if let Some(row) = rows.find(|row| row.line.id == line) {
                    row.line.done += amount;
                }
            }),
            _ => self.read(),
        }
    }

    fn scan(self, code: String) {
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
            Step::Place => self.put(&row, &code, false),
            Step::Other(code) if row.suggested.is_none() => self.put(&row, &code, false),
            Step::Other(code) => {
                self.feedback.give(Cue::Attention);
                self.open_over(Over::Other(code));
            }
        }
    }

    fn put(self, row: &PutAway, location: &str, other_confirmed: bool) {
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
        };
        self.change(|state| state.amount = None);
        self.open_over(Over::Nothing);
        self.feedback.give(Cue::Ok);
        self.queue.add(row.task_id, action, text);
    }

    /// What was found goes to the server, which alone knows what should be there.
    fn count(self, row: &PutAway, quantity: Quantity) {
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
    fn skip(self) {
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
    fn undoable(self) -> Option<Act> {
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

    fn undo(self) {
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

/// The goods as they will be once the acts under way are accepted; what is away is left out.
fn with_acts(kind: Kind, mut rows: Vec<PutAway>, acts: &[Act]) -> Vec<PutAway> {
    for act in acts {
        let back = acts
            .iter()
            .any(|other| other.is_waiting() && other.undoes() == Some(act.id()));
        let away = match (&act.fate, back) {
            (Fate::Waiting, false) => true,
            (Fate::Sent, true) => false,
            _ => continue,
        };
        if let Some((line, amount)) = kind.moved(act)
            && let Some(row) = rows.iter_mut().find(|row| row.line.id == line)
        {
            match away {
                true => row.line.done += amount,
                false => row.line.done -= amount,
            }
        }
    }
    rows.retain(|row| !row.line.remaining().is_zero());
    rows
}

fn instruction(kind: Kind, row: PutAway) -> AnyView {
    let counts = kind == Kind::Count;
    let (location, why) = match &row.suggested {
        Some(place) if counts => (place.location.clone(), t!("Count what is there")),
        Some(place) => (
            place.location.clone(),
            crate::words::tr(place.reason.label()),
        ),
        None => (
            "?".to_owned(),
            t!("No location is empty. Scan where you put it."),
        ),
    };
    let id = row.line.id.to_string();
    view! {
        <article class="flex h-full flex-col rounded-2xl bg-base-100 p-4 shadow" data-testid="put-away" data-line=id>
            <div class="truncate text-lg font-semibold opacity-80">{row.number}</div>
            <div class="font-mono text-4xl font-black break-all" data-testid="item-code">{row.line.item_code.clone()}</div>
            <div class="line-clamp-2 text-xl leading-tight">{row.line.item_name.clone()}</div>
            <div class="flex items-baseline gap-3 pt-2">
                <span class="text-7xl font-black tabular-nums" class:hidden=counts data-testid="remaining">{plain(row.line.remaining())}</span>
                <span class="text-3xl font-bold">{row.line.uom}</span>
            </div>
            <div class="mt-auto text-2xl font-semibold">{if counts { t!("on location") } else { t!("to location") }}</div>
            <div class="font-mono text-6xl font-black break-all" data-testid="location">{location}</div>
            <div class="text-xl" data-testid="location-reason">{why}</div>
        </article>
    }
    .into_any()
}

fn nothing(kind: Kind) -> AnyView {
    let (title, words) = match kind {
        Kind::PutAway => (
            t!("Nothing to put away"),
            t!("Goods appear here as soon as they are received."),
        ),
        Kind::Count => (
            t!("Nothing to count"),
            t!("Counts appear here when your lead asks for them."),
        ),
    };
    view! {
        <div class="flex h-full flex-col items-center justify-center gap-2 text-center" data-testid="nothing-along">
            <p class="text-3xl font-bold">{title}</p>
            <p class="text-xl opacity-80">{words}</p>
        </div>
    }
    .into_any()
}

fn footer(shelf: Shelf) -> AnyView {
    let amount = move || {
        shelf.turn.track();
        shelf.state.with_value(|state| state.amount)
    };
    let hint = move || match amount() {
        Some(amount) => t!("{amount}: scan the location", amount),
        None => t!("Scan the location").to_owned(),
    };
    let idle = move || shelf.rows().is_empty();
    let (counts, part) = match shelf.kind {
        Kind::PutAway => (false, t!("A part")),
        Kind::Count => (true, t!("Enter")),
    };
    let button = "btn h-14 px-1 text-xl";
    view! {
        <footer class="flex shrink-0 flex-col gap-2 border-t-2 border-base-300 bg-base-100 p-3">
            <ScanField
                hint=Signal::derive(hint)
                on_scan=Callback::new(move |code| shelf.scan(code))
                on_type=Callback::new(move |()| shelf.open_over(Over::Code))
            />
            <div class="grid grid-cols-3 gap-2">
                <button type="button" class=button class:hidden=counts data-testid="undo" disabled=flag(move || shelf.undoable().is_none()) on:click=press(move || shelf.undo())>
                    {t!("Undo")}
                </button>
                <button type="button" class=button data-testid="skip" disabled=flag(idle) on:click=press(move || shelf.skip())>
                    {t!("Skip")}
                </button>
                <button type="button" class=button data-testid="part-of-it" disabled=flag(idle) on:click=press(move || shelf.open_over(Over::Amount))>
                    {part}
                </button>
            </div>
        </footer>
    }
    .into_any()
}

fn over(shelf: Shelf) -> AnyView {
    let close = Callback::new(move |()| shelf.open_over(Over::Nothing));
    shelf.opened.track();
    match shelf.state.with_value(|state| state.over.clone()) {
        Over::Nothing => ().into_any(),
        Over::Code => {
            let take = Callback::new(move |code| {
                close.run(());
                shelf.scan(code);
            });
            view! { <TypeCodeSheet on_close=close on_code=take /> }.into_any()
        }
        Over::Amount => option(untrack(|| shelf.row()).map(|row| amount(shelf, row))),
        Over::Other(code) => other(shelf, code),
        Over::Wrong(message) => view! {
            <Screen colour="bg-red-700 text-white" title=t!("Not accepted").to_owned() text=message name="refusal">
                <Answer label=t!("OK").to_owned() name="acknowledge" on_press=close />
            </Screen>
        }
        .into_any(),
    }
}

fn other(shelf: Shelf, code: String) -> AnyView {
    let place = untrack(|| shelf.row()).and_then(|row| row.suggested);
    let words = place.map_or_else(String::new, |place| {
        t!("It belongs on {location}.", location = place.location)
    });
    let shown = code.clone();
    let put = Callback::new(move |()| {
        if let Some(row) = untrack(|| shelf.row()) {
            shelf.put(&row, &code, true);
        }
    });
    let close = Callback::new(move |()| shelf.open_over(Over::Nothing));
    view! {
        <Screen colour="bg-amber-400 text-black" title=t!("Another location").to_owned() code=shown text=words name="other-location">
            <Answer label=t!("Put it there").to_owned() name="confirm-other" on_press=put />
            <Answer label=t!("Go back").to_owned() name="cancel-other" on_press=close />
        </Screen>
    }
    .into_any()
}

/// How much goes to the next location that is scanned.
fn amount(shelf: Shelf, row: PutAway) -> AnyView {
    let decimals = row.line.decimals;
    let counts = shelf.kind == Kind::Count;
    let proposed = match counts {
        true => String::new(),
        false => plain(row.line.remaining()),
    };
    let entry = RwSignal::new(Entry::proposing(proposed));
    let close = Callback::new(move |()| shelf.open_over(Over::Nothing));
    let take = move || {
        let typed = entry.with_untracked(|entry| entry.text.parse::<Quantity>());
        match typed {
            Ok(quantity) if counts => shelf.count(&row, quantity),
            typed => {
                let amount = typed.ok().filter(|amount| !amount.is_zero());
                shelf.change(|state| state.amount = amount);
                shelf.open_over(Over::Nothing);
            }
        }
    };
    let title = match counts {
        true => t!("How much is there?"),
        false => t!("How much do you put away?"),
    };
    let key = Callback::new(move |key| entry.update(|entry| entry.press(key, decimals)));
    view! {
        <BottomSheet title on_close=close>
            <div class="text-center text-6xl font-black tabular-nums" data-testid="part-entry">
                {text(move || entry.with(|entry| entry.text.clone()))}
            </div>
            <NumberPad decimals on_key=key />
            <button type="button" class="btn btn-success h-20 text-3xl font-bold" data-testid="confirm-part" on:click=press(take)>
                {t!("OK")}
            </button>
        </BottomSheet>
    }
    .into_any()
}
