//! The worker's shift in the header.

use crate::api;
use crate::boards::clock::use_server_clock;
use crate::boards::figures::countdown;
use crate::boards::shifts::{named, next_words};
use domain::WarehouseId;
use domain::board::ShiftBoard;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Shifts change rarely; a new day has new ones.
const READ_AGAIN: Duration = Duration::from_secs(900);

/// The active shift and what comes next in it.
#[component]
pub(super) fn ShiftLine(warehouse: Option<WarehouseId>) -> impl IntoView {
    let board = RwSignal::new(None::<ShiftBoard>);
    let read = move || {
        let Some(warehouse) = warehouse else { return };
        spawn_local(async move {
            // The header does without when it cannot be read.
            if let Ok(answer) = api::boards::shift(warehouse).await {
                board.try_set(Some(answer));
            }
        });
    };
    Effect::new(move |_| {
        read();
        if let Ok(timer) = set_interval_with_handle(read, READ_AGAIN) {
            on_cleanup(move || timer.clear());
        }
    });
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
