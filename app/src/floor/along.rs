//! Work along the locations: received goods are brought there, and what lies there is counted. One
//! instruction, one scan.

mod over;
mod shelf;

use super::act::{Act, Fate};
use super::desk::plain;
use super::page;
use super::varying::{flag, part, press, text};
use super::who::Worker;
use super::wire;
use crate::json::Json;
use crate::scan::ScanField;
use domain::LineId;
use domain::operation::FloorAction;
use domain::put_away::PutAway;
use leptos::prelude::*;
use over::{Over, over};
use rust_decimal::Decimal;
use shelf::Shelf;

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
    page::nothing(title, words, "nothing-along")
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
        Kind::Count => (true, t!("Enter quantity")),
    };
    let button = "btn h-14 flex-1 px-1 text-xl";
    view! {
        <footer class="flex shrink-0 flex-col gap-2 border-t-2 border-base-300 bg-base-100 p-3">
            <ScanField
                hint=Signal::derive(hint)
                on_scan=Callback::new(move |code| shelf.scan(code))
                on_type=Callback::new(move |()| shelf.open_over(Over::Code))
            />
            <div class="flex gap-2">
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
