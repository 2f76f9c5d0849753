//! The live link: one WebSocket per page, shared by everything on it that can change.
//!
//! A page asks for topics and gets a number that grows when it should read again. Losing the link
//! loses nothing: it is opened again for ever, and resumed where it was lost.

#[cfg(any(feature = "hydrate", test))]
mod feed;
#[cfg(feature = "hydrate")]
mod link;
#[cfg(feature = "hydrate")]
mod words;

use chrono::{DateTime, Utc};
use domain::live::Topic;
use leptos::prelude::*;

/// How fresh the page's data can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkState {
    /// Not open yet.
    Connecting,
    /// Open, and heard from lately.
    Live,
    /// Lost; being opened again.
    Stale {
        /// When the server was last heard, by this device's clock.
        since: DateTime<Utc>,
    },
}

#[derive(Clone, Copy)]
struct Live {
    state: RwSignal<LinkState>,
    new_build: RwSignal<bool>,
    #[cfg(feature = "hydrate")]
    link: StoredValue<link::Link, LocalStorage>,
}

/// Shares one live link among everything below. Called once, at the root.
pub fn provide_live() {
    let state = RwSignal::new(LinkState::Connecting);
    let new_build = RwSignal::new(false);
    provide_context(Live {
        state,
        new_build,
        #[cfg(feature = "hydrate")]
        link: StoredValue::new_local(link::Link::new(state, new_build)),
    });
}

/// A number that grows when something of these topics changed, and when changes may have been
/// missed. Many changes at once grow it once.
pub fn use_live(topics: Signal<Vec<Topic>>) -> Signal<u64> {
    let version = RwSignal::new(0_u64);
    #[cfg(feature = "hydrate")]
    if let Some(live) = use_context::<Live>() {
        let listener = StoredValue::new(None);
        Effect::new(move |_| {
            let topics = topics.get();
            live.link.try_with_value(|link| {
                listener.set_value(Some(link.listen(listener.get_value(), topics, version)));
            });
        });
        on_cleanup(move || {
            live.link
                .try_with_value(|link| link.forget(listener.try_get_value().flatten()));
        });
    }
    #[cfg(not(feature = "hydrate"))]
    let _ = topics;
    version.into()
}

/// Where the link stands; [`LinkState::Connecting`] on the server.
pub fn use_link() -> Signal<LinkState> {
    match use_context::<Live>() {
        Some(live) => live.state.into(),
        None => Signal::stored(LinkState::Connecting),
    }
}

/// Whether the server runs another build than the one this page was first connected to: reload
/// when nobody is working on it.
pub fn use_new_build() -> Signal<bool> {
    match use_context::<Live>() {
        Some(live) => live.new_build.into(),
        None => Signal::stored(false),
    }
}

/// This device's clock; never asked during the first render, where the server has another one.
pub(crate) fn device_now() -> DateTime<Utc> {
    #[cfg(feature = "hydrate")]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole milliseconds of our age fit an i64"
    )]
    let millis = js_sys::Date::now() as i64;
    #[cfg(not(feature = "hydrate"))]
    let millis = 0;
    DateTime::from_timestamp_millis(millis).unwrap_or_default()
}
