//! The worker's shift in the header.

use super::varying::text;
use super::who::Session;
use crate::boards::clock::use_server_clock;
use crate::boards::figures::countdown;
use crate::boards::shifts::{named, next_words};
use chrono::{DateTime, Utc};
use domain::shift::{ShiftDay, shown};
use leptos::prelude::*;

/// The worker's own shift by roster and what comes next in it; who is on no roster, such as a lead, sees
/// those under way, the second of them below the first. Also without a network, by the device's clock. There
/// is room for two lines: a name that does not fit beside its countdown takes the second one, or goes where
/// others need it.
#[component]
pub(super) fn ShiftLine() -> impl IntoView {
    let board = expect_context::<Session>().today;
    let as_of = Signal::derive(move || board.with(|board| board.as_ref().map(|b| b.as_of)));
    let now = use_server_clock(as_of);
    let words = move |others: bool| {
        board.with(|board| {
            let (board, now) = (board.as_ref()?, now.get()?);
            let shown = shown(&board.shifts, board.own.as_deref(), now);
            let (first, rest) = shown.split_at(shown.len().min(1));
            let part = if others { rest } else { first };
            let told: Vec<String> = part.iter().map(|shift| said(shift, now)).collect();
            Some(told.join(", "))
        })
    };
    view! {
        <div class="flex max-h-9 flex-col text-sm leading-tight tabular-nums opacity-90">
            <div class="overflow-hidden" data-testid="shift">
                {text(move || words(false).unwrap_or_default())}
            </div>
            <div class="max-h-4.5 shrink-0 overflow-hidden" data-testid="other-shifts">
                {text(move || words(true).unwrap_or_default())}
            </div>
        </div>
    }
}

/// The countdown before the name, which goes to another line as a whole: where a language has no room for
/// both, the countdown is what is read.
fn said(shift: &ShiftDay, now: DateTime<Utc>) -> String {
    let told = match shift.next_event(now) {
        Some((event, at)) => format!("{} {}", next_words(event), countdown(at - now)),
        None => t!("Ended").to_owned(),
    };
    format!("{told} ·\u{a0}{}", named(shift))
}
