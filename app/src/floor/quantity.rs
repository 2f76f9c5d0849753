//! Entering how much was taken.

use super::desk::{Desk, Sheet, plain};
use super::number_pad::{Entry, NumberPad};
use super::sheet::{BottomSheet, focus, focus_when_drawn};
use super::varying::{press, text};
use crate::words::{say, tell};
use domain::{LineId, Quantity, word};
use leptos::prelude::*;

/// More digits than a quantity has: such an entry is a scan that landed here.
const BARCODE_DIGITS: usize = 8;
/// Decimals of the finest unit.
const MOST_DECIMALS: u8 = 3;

/// What is counted: goods of the current line, or such as are not on the receipt.
struct Subject {
    line: Option<LineId>,
    code: String,
    uom: String,
    decimals: u8,
    /// Still to do.
    proposed: String,
}

fn subject(desk: Desk) -> Option<Subject> {
    let came = desk.sheet.get_untracked() == Sheet::Unexpected;
    if let Some(code) = desk.came.get_untracked().filter(|_| came) {
        return Some(Subject {
            line: None,
            code,
            uom: String::new(),
            // Its unit is not known here; the server refuses what the unit does not allow.
            decimals: MOST_DECIMALS,
            proposed: "1".to_owned(),
        });
    }
    desk.line.get_untracked().map(|line| Subject {
        line: Some(line.id),
        proposed: plain(line.remaining()),
        code: line.item_code,
        uom: line.uom,
        decimals: line.decimals,
    })
}

/// The number pad for the current line; proposes what is left.
#[component]
pub(super) fn QuantitySheet(desk: Desk) -> impl IntoView {
    let close = Callback::new(move |()| desk.sheet.set(Sheet::Closed));
    subject(desk).map(|subject| {
        let title = t!("How much of {item}?", item = subject.code);
        let Subject {
            line,
            code,
            uom,
            decimals,
            proposed,
        } = subject;
        let left = match line {
            Some(_) => format!("{proposed} {uom} {}", untrack(|| desk.verb())),
            None => t!("Not on the document").to_owned(),
        };
        let take = match untrack(|| desk.is_receipt()) {
            true => word!("Receive {quantity} {uom}"),
            false => word!("Take {quantity} {uom}"),
        };
        let code = StoredValue::new(code);
        let entry = RwSignal::new(Entry::proposing(proposed));
        let problem = RwSignal::new(None::<String>);
        let field = NodeRef::<leptos::html::Input>::new();
        let confirm = move || match read(&entry.read_untracked().text) {
            Entered::Quantity(quantity) => match line {
                Some(line) => desk.pick_entered(line, quantity),
                None => desk.receive_unexpected(code.get_value(), quantity),
            },
            Entered::Code(code) => desk.scan(code),
            Entered::Neither(message) => problem.set(Some(message)),
        };
        let type_key = Callback::new(move |key| {
            problem.set(None);
            entry.update(|entry| entry.press(key, decimals));
            // So that a device's own keys still reach the entry.
            focus(field);
        });
        view! {
            <BottomSheet title on_close=close>
                <div class="flex items-baseline justify-between text-xl font-semibold">
                    <span>{left}</span>
                    <span class="text-error" role="alert" data-testid="quantity-problem">
                        {text(move || problem.get().unwrap_or_default())}
                    </span>
                </div>
                <Typed entry field on_enter=Callback::new(move |()| confirm()) />
                <NumberPad decimals on_key=type_key />
                <button
                    type="button"
                    class="btn btn-success h-20 text-3xl font-bold"
                    data-testid="confirm-pick"
                    on:click=press(confirm)
                >
                    {text(move || say(take, None, &[("quantity", shown(&entry.read().text).to_owned()), ("uom", uom.clone())]))}
                </button>
            </BottomSheet>
        }
    })
}

/// The entry; also takes keys of devices that have them. No keyboard pops up.
#[component]
fn Typed(
    entry: RwSignal<Entry>,
    field: NodeRef<leptos::html::Input>,
    on_enter: Callback<()>,
) -> impl IntoView {
    focus_when_drawn(field);
    view! {
        <input
            node_ref=field
            class="input h-20 w-full text-center text-6xl font-black tabular-nums"
            type="text"
            inputmode="none"
            autocomplete="off"
            aria-label=t!("Quantity")
            data-testid="quantity-input"
            prop:value=text(move || entry.read().text.clone())
            on:input=move |event| {
                let typed = event_target_value(&event).replace(',', ".");
                entry.set(Entry { text: typed, proposed: false });
            }
            on:keydown=move |event| {
                if event.key() == "Enter" {
                    event.prevent_default();
                    on_enter.run(());
                }
            }
        />
    }
}

enum Entered {
    Quantity(Quantity),
    Code(String),
    Neither(String),
}

fn read(text: &str) -> Entered {
    match text.parse::<Quantity>() {
        Ok(quantity) => Entered::Quantity(quantity),
        Err(_) if is_code(text.trim()) => Entered::Code(text.trim().to_owned()),
        Err(error) => Entered::Neither(sentence(&tell(&error.to_string()))),
    }
}

fn is_code(text: &str) -> bool {
    text.len() >= BARCODE_DIGITS || text.chars().any(|letter| letter.is_ascii_alphabetic())
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

fn shown(text: &str) -> &str {
    if text.is_empty() { "0" } else { text }
}
