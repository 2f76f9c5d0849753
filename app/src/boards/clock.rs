//! The server's clock on a screen whose own clock may be wrong.

use crate::live::device_now;
use chrono::{DateTime, SubsecRound, Utc};
use leptos::prelude::*;
use std::time::Duration;

/// Short enough that no second is skipped on the screen.
const TICK: Duration = Duration::from_millis(250);

/// The server's time in whole seconds: `as_of` when it was received, going on from there by this
/// device's clock. The first render shows `as_of` itself, so that server and browser agree.
pub(crate) fn use_server_clock(
    as_of: Signal<Option<DateTime<Utc>>>,
) -> Signal<Option<DateTime<Utc>>> {
    let now = RwSignal::new(as_of.get_untracked().map(|at| at.trunc_subsecs(0)));
    // This instant of the server, at that instant of the device.
    let anchor = StoredValue::new(None::<(DateTime<Utc>, DateTime<Utc>)>);
    Effect::new(move |_| {
        anchor.set_value(as_of.get().map(|at| (at, device_now())));
    });
    Effect::new(move |_| {
        let tick = move || {
            let Some(Some((server, device))) = anchor.try_get_value() else {
                return;
            };
            let at = (server + (device_now() - device)).trunc_subsecs(0);
            if now.try_get_untracked() != Some(Some(at)) {
                now.try_set(Some(at));
            }
        };
        if let Ok(timer) = set_interval_with_handle(tick, TICK) {
            on_cleanup(move || timer.clear());
        }
    });
    now.into()
}
