//! The worker's shift in the header.

use super::who::Session;
use crate::boards::clock::use_server_clock;
use crate::boards::figures::countdown;
use crate::boards::shifts::{named, next_words};
use leptos::prelude::*;

/// The active shift and what comes next in it; also without a network, by the device's clock.
#[component]
pub(super) fn ShiftLine() -> impl IntoView {
    let board = expect_context::<Session>().today;
    let as_of = Signal::derive(move || board.with(|board| board.as_ref().map(|b| b.as_of)));
    let now = use_server_clock(as_of);
    let words = move || {
        let now = now.get()?;
        board.with(|board| {
            let shifts = &board.as_ref()?.shifts;
            let shift = shifts
                .iter()
                .find(|shift| shift.is_active(now))
                .or_else(|| shifts.iter().find(|shift| shift.starts_at > now))?;
            let (event, at) = shift.next_event(now)?;
            Some(format!(
                "{} · {} {}",
                named(shift),
                next_words(event).to_ascii_lowercase(),
                countdown(at - now)
            ))
        })
    };
    view! {
        <div class="truncate text-base tabular-nums opacity-90" data-testid="shift">
            {super::varying::text(move || words().unwrap_or_default())}
        </div>
    }
}
