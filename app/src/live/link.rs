//! The socket in the browser: opened again for ever, watched for silence.

use super::feed::{Feed, ListenerId};
use super::{LinkState, device_now, words};
use chrono::{DateTime, Utc};
use domain::live::Topic;
use leptos::prelude::*;
use std::cell::RefCell;
use std::rc::{Rc, Weak};
use std::time::Duration;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{MessageEvent, WebSocket};

/// The server says something every 20 s; twice missed and a little more is a dead link.
const SILENCE_SECONDS: i64 = 45;
/// How often silence is looked for.
const WATCH: Duration = Duration::from_secs(5);
/// First wait before opening again; doubles up to [`LONGEST_WAIT_MS`].
const FIRST_WAIT_MS: f64 = 250.0;
const LONGEST_WAIT_MS: f64 = 8_000.0;
/// Latest moment after a change at which listeners are told, for pages that paint no frames.
const TELL_AFTER: Duration = Duration::from_millis(80);

/// A handle on the page's link.
#[derive(Clone)]
pub(super) struct Link(Rc<RefCell<Page>>);

struct Page {
    feed: Feed,
    versions: Vec<(ListenerId, RwSignal<u64>)>,
    to_tell: Vec<ListenerId>,
    open: Option<Open>,
    failures: i32,
    waiting: bool,
    watched: bool,
    heard_at: DateTime<Utc>,
    quiet_from: DateTime<Utc>,
    subscribed_to: Vec<Topic>,
    state: RwSignal<LinkState>,
    new_build: RwSignal<bool>,
}

/// A socket with the closures it calls; both go together.
struct Open {
    socket: WebSocket,
    _on_open: Closure<dyn FnMut()>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut()>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.socket.set_onopen(None);
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        let _ = self.socket.close();
    }
}

impl Link {
    pub(super) fn new(state: RwSignal<LinkState>, new_build: RwSignal<bool>) -> Self {
        Self(Rc::new(RefCell::new(Page {
            feed: Feed::default(),
            versions: Vec::new(),
            to_tell: Vec::new(),
            open: None,
            failures: 0,
            waiting: false,
            watched: false,
            heard_at: device_now(),
            quiet_from: device_now(),
            subscribed_to: Vec::new(),
            state,
            new_build,
        })))
    }

    /// Adds a listener in the place of `before`; its number grows when it should read again. What
    /// `before` was about to be told, the new one is told.
    pub(super) fn listen(
        &self,
        before: Option<ListenerId>,
        topics: Vec<Topic>,
        version: RwSignal<u64>,
    ) -> ListenerId {
        self.forget(before);
        let id = {
            let mut page = self.0.borrow_mut();
            let id = page.feed.listen(topics);
            page.versions.push((id, version));
            if before.is_some_and(|before| page.to_tell.contains(&before)) {
                page.to_tell.push(id);
            }
            id
        };
        self.watch();
        self.topics_changed();
        id
    }

    /// Removes a listener. What it asked for is unsubscribed with the next change of topics.
    pub(super) fn forget(&self, id: Option<ListenerId>) {
        if let Some(id) = id {
            let mut page = self.0.borrow_mut();
            page.feed.forget(id);
            page.versions.retain(|(listener, _)| *listener != id);
        }
    }

    fn topics_changed(&self) {
        let idle = {
            let page = self.0.borrow();
            page.feed.topics().is_empty() || page.waiting
        };
        if idle {
            return;
        }
        let has_socket = self.0.borrow().open.is_some();
        if has_socket {
            self.subscribe();
        } else {
            self.connect();
        }
    }

    /// Sends the subscription if the socket is open and the topics are other ones than before.
    fn subscribe(&self) {
        let mut page = self.0.borrow_mut();
        let topics = page.feed.topics();
        let Some(open) = &page.open else { return };
        if open.socket.ready_state() != WebSocket::OPEN || topics == page.subscribed_to {
            return;
        }
        let text = words::write(&page.feed.subscription());
        if open.socket.send_with_str(&text).is_ok() {
            page.subscribed_to = topics;
        }
    }

    fn connect(&self) {
        let Some(socket) = address().and_then(|url| WebSocket::new(&url).ok()) else {
            return self.lost();
        };
        let on_open = Closure::<dyn FnMut()>::new(with(self, |link| link.subscribe()));
        let weak = Rc::downgrade(&self.0);
        let on_message = Closure::<dyn FnMut(MessageEvent)>::new(move |message: MessageEvent| {
            if let (Some(link), Some(text)) = (upgrade(&weak), message.data().as_string()) {
                link.hear(&text);
            }
        });
        // Not inside the callback: dropping the socket drops the closure that is running.
        let on_close = Closure::<dyn FnMut()>::new(with(self, |link| {
            let link = link.clone();
            set_timeout(move || link.lost(), Duration::ZERO);
        }));
        socket.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        let mut page = self.0.borrow_mut();
        page.subscribed_to.clear();
        page.quiet_from = device_now();
        page.open = Some(Open {
            socket,
            _on_open: on_open,
            _on_message: on_message,
            _on_close: on_close,
        });
    }

    fn hear(&self, text: &str) {
        let Some(message) = words::read(text) else {
            leptos::logging::warn!("live: a message that is none of ours");
            return;
        };
        let mut page = self.0.borrow_mut();
        page.heard_at = device_now();
        page.quiet_from = page.heard_at;
        page.failures = 0;
        if page.feed.is_new_build(&message) {
            page.new_build.set(true);
        }
        let again = page.feed.hear(message);
        let first = page.to_tell.is_empty() && !again.is_empty();
        page.to_tell.extend(again);
        let state = page.state;
        drop(page);
        if state.get_untracked() != LinkState::Live {
            state.set(LinkState::Live);
        }
        if first {
            self.tell_soon();
        }
    }

    /// With the next frame, or after a moment where no frames are painted.
    fn tell_soon(&self) {
        let (frame, timer) = (self.clone(), self.clone());
        request_animation_frame(move || frame.tell());
        set_timeout(move || timer.tell(), TELL_AFTER);
    }

    fn tell(&self) {
        let versions: Vec<_> = {
            let mut page = self.0.borrow_mut();
            let told = std::mem::take(&mut page.to_tell);
            page.versions
                .iter()
                .filter(|(id, _)| told.contains(id))
                .map(|(_, version)| *version)
                .collect()
        };
        for version in versions {
            version.try_update(|version| *version += 1);
        }
    }

    /// The socket is gone: says so, and opens another one after a growing, uneven wait.
    fn lost(&self) {
        let wait = {
            let mut page = self.0.borrow_mut();
            page.open = None;
            if page.waiting {
                return;
            }
            page.waiting = true;
            let longest = (FIRST_WAIT_MS * 2_f64.powi(page.failures)).min(LONGEST_WAIT_MS);
            page.failures = (page.failures + 1).min(10);
            // So that a thousand screens do not all come back in the same instant.
            longest * (0.5 + js_sys::Math::random() / 2.0)
        };
        let (state, since) = {
            let page = self.0.borrow();
            (page.state, page.heard_at)
        };
        if state.get_untracked() == LinkState::Live {
            state.set(LinkState::Stale { since });
        }
        let link = self.clone();
        set_timeout(
            move || link.open_again(),
            Duration::from_secs_f64(wait / 1_000.0),
        );
    }

    fn open_again(&self) {
        let wanted = {
            let mut page = self.0.borrow_mut();
            page.waiting = false;
            page.open.is_none() && !page.feed.topics().is_empty()
        };
        if wanted {
            self.connect();
        }
    }

    /// Looks for silence now and then, and hurries when the device wakes up or is back in the
    /// network.
    fn watch(&self) {
        if std::mem::replace(&mut self.0.borrow_mut().watched, true) {
            return;
        }
        let look = with(self, Self::look_for_silence);
        set_interval(look, WATCH);
        for event in ["online", "visibilitychange"] {
            let hurry = with(self, |link| {
                link.look_for_silence();
                link.open_again();
            });
            window_event_listener_untyped(event, move |_| hurry());
        }
        // The device itself has no network: no need to wait for the silence.
        let gone = with(self, |link| {
            if link.0.borrow().open.is_some() {
                link.lost();
            }
        });
        window_event_listener_untyped("offline", move |_| gone());
    }

    fn look_for_silence(&self) {
        let silent = {
            let page = self.0.borrow();
            let quiet = (device_now() - page.quiet_from).num_seconds();
            page.open.is_some() && quiet > SILENCE_SECONDS
        };
        if silent {
            self.lost();
        }
    }
}

/// A closure on the link that does not keep it alive.
fn with(link: &Link, act: impl Fn(&Link) + 'static) -> impl Fn() + 'static {
    let weak = Rc::downgrade(&link.0);
    move || {
        if let Some(link) = upgrade(&weak) {
            act(&link);
        }
    }
}

fn upgrade(weak: &Weak<RefCell<Page>>) -> Option<Link> {
    weak.upgrade().map(Link)
}

fn address() -> Option<String> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" {
        "wss"
    } else {
        "ws"
    };
    Some(format!("{scheme}://{}/live", location.host().ok()?))
}
