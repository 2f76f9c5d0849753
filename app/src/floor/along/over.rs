//! What lies over the instruction: a code that is typed, an amount, a question, a refusal.

use super::super::desk::plain;
use super::super::notice::{Answer, Screen};
use super::super::number_pad::{Entry, NumberPad};
use super::super::sheet::BottomSheet;
use super::super::type_code::TypeCodeSheet;
use super::super::varying::{option, press, text};
use super::Kind;
use super::shelf::Shelf;
use domain::Quantity;
use domain::put_away::PutAway;
use leptos::prelude::*;

/// What lies over the instruction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Over {
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

/// What lies there now.
pub(super) fn over(shelf: Shelf) -> AnyView {
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
    // The goods that are asked about, whatever is read meanwhile: an answer is never about others.
    let Some(row) = untrack(|| shelf.row()) else {
        return ().into_any();
    };
    let place = row.suggested.as_ref();
    let location = place
        .map(|place| place.location.clone())
        .unwrap_or_default();
    let words = t!("It belongs on {location}.", location);
    let is_full = t!("{location} is full", location);
    let shown = code.clone();
    let put = move |full| {
        let (row, code) = (row.clone(), code.clone());
        Callback::new(move |()| shelf.put(&row, &code, true, full))
    };
    let (put, put_as_full) = (put(false), put(true));
    let close = Callback::new(move |()| shelf.open_over(Over::Nothing));
    view! {
        <Screen colour="bg-amber-400 text-black" title=t!("Another location").to_owned() code=shown text=words name="other-location">
            <Answer label=t!("Put it there").to_owned() name="confirm-other" on_press=put />
            <Answer label=is_full name="confirm-full" on_press=put_as_full />
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
