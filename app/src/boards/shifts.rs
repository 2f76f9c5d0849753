//! The shifts under way, each with a countdown to what comes next in it.

use super::figures::countdown;
use chrono::{DateTime, Utc};
use domain::board::ShiftBoard;
use domain::shift::{ShiftDay, ShiftEvent, ShiftState, shown};
use leptos::prelude::*;

/// What a countdown counts to.
pub(crate) fn next_words(event: ShiftEvent) -> &'static str {
    match event {
        ShiftEvent::Start => t!("Starts in"),
        ShiftEvent::BreakStart => t!("Break in"),
        ShiftEvent::BreakEnd => t!("Back in"),
        ShiftEvent::End => t!("Ends in"),
    }
}

/// Names of one or two letters need the word.
pub(crate) fn named(shift: &ShiftDay) -> String {
    match shift.name.chars().count() {
        ..=2 => t!("Shift {name}", name = shift.name),
        _ => shift.name.clone(),
    }
}

/// The row of shifts.
#[component]
pub(super) fn Shifts(board: Signal<ShiftBoard>, now: Signal<DateTime<Utc>>) -> impl IntoView {
    let shifts = Memo::new(move |_| {
        board.with(|board| {
            let shown = shown(&board.shifts, None, now.get());
            shown.into_iter().cloned().collect::<Vec<_>>()
        })
    });
    view! {
        <section class="flex h-[11vh] shrink-0 gap-[1.2vw]" data-testid="board-shifts">
            {move || {
                let shifts = shifts.get();
                if shifts.is_empty() {
                    view! {
                        <p class="flex flex-1 items-center rounded-[1vw] bg-neutral-900 px-[1.6vw] text-[2.4vw] font-bold text-neutral-300">
                            {t!("No more shifts today")}
                        </p>
                    }
                        .into_any()
                } else {
                    shifts.into_iter().map(|shift| view! { <Shift shift now /> }).collect_view().into_any()
                }
            }}
        </section>
    }
}

#[component]
fn Shift(shift: ShiftDay, now: Signal<DateTime<Utc>>) -> impl IntoView {
    let name = named(&shift);
    let shift = StoredValue::new(shift);
    let state = Memo::new(move |_| shift.with_value(|shift| shift.state(now.get())));
    let next = Memo::new(move |_| {
        let now = now.get();
        shift.with_value(|shift| {
            let (event, at) = shift.next_event(now)?;
            Some((next_words(event), countdown(at - now)))
        })
    });
    let look = move || match state.get() {
        ShiftState::Working => (t!("Working"), "bg-emerald-500 text-black"),
        ShiftState::OnBreak => (t!("Break"), "bg-amber-400 text-black"),
        ShiftState::NotStarted => (t!("Up next"), "bg-sky-400 text-black"),
        ShiftState::Ended => (t!("Ended"), "bg-neutral-600 text-white"),
    };
    view! {
        <article class="flex min-w-0 flex-1 items-center gap-[1.2vw] rounded-[1vw] bg-neutral-900 px-[1.6vw]" data-testid="board-shift">
            <span class="truncate text-[2.8vw] font-black">{name}</span>
            <span class=move || {
                format!("whitespace-nowrap rounded-full px-[1.2vw] py-[0.4vh] text-[1.8vw] font-bold {}", look().1)
            }>{move || look().0}</span>
            <div class="ml-auto flex flex-col items-end gap-[0.6vh] leading-none">
                <span class="whitespace-nowrap text-[1.6vw] font-semibold text-neutral-300">
                    {move || next.get().map(|(words, _)| words)}
                </span>
                <span class="text-[3.6vw] font-black" data-testid="board-countdown">
                    {move || next.get().map(|(_, left)| left)}
                </span>
            </div>
        </article>
    }
}
