//! What a board shows, read again and again for as long as it hangs there.

use super::frame::Panel;
use crate::live::{LinkState, device_now, use_link, use_live, use_new_build};
use crate::{AppError, ErrorCode};
use chrono::{DateTime, NaiveDate, Utc};
use domain::WarehouseId;
use domain::board::BoardSite;
use domain::live::Topic;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;
use std::time::Duration;

/// Also read without an event: the floor under the live link.
const READ_AGAIN: Duration = Duration::from_secs(30);
/// Boards of days and weeks are read this often, and not at every event.
const READ_SLOWLY: Duration = Duration::from_secs(10);
/// The next try after a failed reading.
const TRY_AGAIN: Duration = Duration::from_secs(3);
/// From this age of the link on, a board says that it is behind, seconds.
const STALE_AFTER: i64 = 10;

/// A call to the server.
pub(super) type Call<T> = Pin<Box<dyn Future<Output = Result<T, AppError>>>>;

/// How often a board follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// With every change of the site's figures.
    Live,
    /// Every few seconds.
    Slow,
}

/// The newest answer, and whether the last try failed.
pub(super) struct Reading<T: Send + Sync + 'static> {
    /// None until the first answer; the inner signal follows from then on.
    pub(super) data: RwSignal<Option<ArcRwSignal<T>>>,
    /// Why the last try failed.
    pub(super) error: RwSignal<Option<AppError>>,
}

impl<T: Send + Sync + 'static> Clone for Reading<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Reading<T> {}

impl<T: Send + Sync + 'static> Reading<T> {
    fn take(self, answer: Result<T, AppError>) {
        match answer {
            Ok(answer) => {
                self.error.try_set(None);
                match self.data.try_get_untracked().flatten() {
                    Some(known) => known.set(answer),
                    None => {
                        self.data.try_set(Some(ArcRwSignal::new(answer)));
                    }
                }
            }
            // Signed out or revoked: the page knows what to do.
            Err(error) if error.code == ErrorCode::SignedOut => reload(),
            Err(error) => {
                self.error.try_set(Some(error));
            }
        }
    }
}

impl<T: Clone + Send + Sync + 'static> Reading<T> {
    /// A board of what is read: where that is, and a body made anew with every answer.
    pub(super) fn panel(self, site: fn(&T) -> BoardSite, body: fn(&T) -> AnyView) -> Panel {
        let at = Signal::derive(move || Some(self.data.get()?.with(site)));
        let body = move || self.data.get().map(|data| body(&data.get()));
        Panel {
            site: at,
            error: self.error.into(),
            body: view! { {body} }.into_any(),
        }
    }
}

/// Reads while the board is shown: at once, with what happens, and every few seconds.
pub(super) fn keep_reading<T: Clone + Send + Sync + 'static>(
    site: WarehouseId,
    shown: Signal<bool>,
    pace: Pace,
    fetch: fn(WarehouseId) -> Call<T>,
) -> Reading<T> {
    let reading = Reading {
        data: RwSignal::new(None),
        error: RwSignal::new(None),
    };
    let (asked, taken) = (StoredValue::new(0_u64), StoredValue::new(0_u64));
    let under_way = StoredValue::new(0_u32);
    let read = move || {
        let Some(last) = asked.try_get_value() else {
            return;
        };
        asked.set_value(last + 1);
        under_way.update_value(|calls| *calls += 1);
        spawn_local(async move {
            let answer = fetch(site).await;
            under_way.try_update_value(|calls| *calls -= 1);
            // An older answer never replaces a newer one; a newer question discards no answer.
            if taken.try_get_value().is_some_and(|taken| taken <= last) {
                taken.set_value(last + 1);
                reading.take(answer);
            }
        });
    };
    let version = match pace {
        Pace::Live => use_live(Signal::stored(vec![Topic::Board(site.0)])),
        Pace::Slow => Signal::stored(0),
    };
    Effect::new(move |_| {
        version.track();
        if shown.get() {
            read();
        }
    });
    let every = match pace {
        Pace::Live => READ_AGAIN,
        Pace::Slow => READ_SLOWLY,
    };
    repeat(every, move || {
        if shown.get_untracked() {
            read();
        }
    });
    repeat(TRY_AGAIN, move || {
        // Not while the last try is still under way.
        if under_way.get_value() == 0 && reading.error.with_untracked(Option::is_some) {
            read();
        }
    });
    reading
}

fn repeat(every: Duration, act: impl Fn() + Copy + 'static) {
    Effect::new(move |_| {
        if let Ok(timer) = set_interval_with_handle(act, every) {
            on_cleanup(move || timer.clear());
        }
    });
}

/// Whether what is shown may be older than a board promises. False in the first render.
pub(super) fn use_behind(failed: Signal<bool>, now: Signal<Option<DateTime<Utc>>>) -> Signal<bool> {
    let link = use_link();
    let loaded_at = StoredValue::new(None::<DateTime<Utc>>);
    let behind = Memo::new(move |_| {
        now.track();
        let quiet_since = match link.get() {
            LinkState::Live => None,
            LinkState::Stale { since } => Some(since),
            LinkState::Connecting => loaded_at.get_value(),
        };
        let silent =
            quiet_since.is_some_and(|since| (device_now() - since).num_seconds() > STALE_AFTER);
        silent || failed.get()
    });
    Effect::new(move |_| loaded_at.set_value(Some(device_now())));
    behind.into()
}

/// Nobody works on a board, so a newer build is taken at once; and with each new day the page
/// begins anew, so that nothing piles up over weeks. Both only when the server just answered.
pub(super) fn reload_in_time(site: Signal<Option<BoardSite>>) {
    let new_build = use_new_build();
    let first = StoredValue::new(None::<NaiveDate>);
    Effect::new(move |_| {
        let day = site.with(|site| site.as_ref().map(|site| site.day));
        match (first.get_value(), day) {
            (None, Some(day)) => first.set_value(Some(day)),
            (Some(began), Some(day)) if began != day => reload(),
            _ => {}
        }
        if new_build.get() {
            reload();
        }
    });
}

fn reload() {
    let _ = window().location().reload();
}
