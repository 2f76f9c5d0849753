//! Who works on this device. Kept on it, so that work goes on without a network; the server decides
//! for whom it takes acts.

use super::bridge;
use super::wire;
use crate::json::Json;
use crate::live::{LinkState, device_now, use_link};
use crate::{AppError, ErrorCode};
use chrono::{DateTime, Utc};
use domain::UserId;
use domain::shift::ShiftDay;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

const META: &str = "meta";
const KEY: &str = "who";
/// Shifts change rarely; a new day has new ones.
const READ_AGAIN: Duration = Duration::from_secs(900);

/// A person at work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Identity.
    pub id: UserId,
    /// For signing in again.
    pub login: String,
    /// Shown to people.
    pub name: String,
}

/// The shifts of the day, and when the server said so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Today {
    /// The first of the person's sites.
    pub site: Option<i64>,
    pub as_of: DateTime<Utc>,
    pub shifts: Vec<ShiftDay>,
    /// The name of the person's own of them, by roster.
    pub own: Option<String>,
}

/// Who is at the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Who {
    /// The device's database was not read yet.
    Starting,
    /// Nobody: somebody has to sign in.
    Nobody,
    /// This person.
    Here(Worker),
}

/// The session of this device.
#[derive(Clone, Copy)]
pub(super) struct Session {
    pub who: RwSignal<Who>,
    pub today: RwSignal<Option<Today>>,
    /// The server does not know the person any more: what is done waits until they sign in again.
    pub expired: RwSignal<bool>,
    /// The person wants to sign in again.
    pub asks: RwSignal<bool>,
    /// Grows when the person signed in.
    pub turns: RwSignal<u32>,
    /// Grows when the person leaves: what was asked before that is not heard any more.
    left: StoredValue<u32>,
}

/// Shares the session with everything below; asks the server who is signed in.
pub(super) fn provide_session() -> Session {
    let session = Session {
        who: RwSignal::new(Who::Starting),
        today: RwSignal::new(None),
        expired: RwSignal::new(false),
        asks: RwSignal::new(false),
        turns: RwSignal::new(0),
        left: StoredValue::new(0),
    };
    provide_context(session);
    spawn_local(async move {
        if let Some(kept) = bridge::get(META, KEY).await {
            session.take_in(&kept);
        }
        session.check().await;
    });
    let link = use_link();
    Effect::new(move |before: Option<bool>| {
        let live = link.get() == LinkState::Live;
        if live && before == Some(false) {
            spawn_local(session.check());
        }
        live
    });
    set_interval(move || spawn_local(session.check()), READ_AGAIN);
    session
}

impl Session {
    /// Asks the server who is signed in.
    pub async fn check(self) {
        let asked = self.left.get_value();
        let found = bridge::call("GET", "/api/v1/session", None).await;
        if self.left.get_value() != asked {
            return;
        }
        match found {
            Ok(found) => {
                let kept = found.put_instant("heard_at", device_now());
                self.welcome(&kept).await;
            }
            Err(error) if error.code == ErrorCode::Forbidden => go("/"),
            Err(error) => {
                if error.code == ErrorCode::SignedOut {
                    self.expired.set(true);
                }
                if self.who.get_untracked() == Who::Starting {
                    self.who.set(Who::Nobody);
                }
            }
        }
    }

    /// Another person than before starts with a fresh page: nothing of the first stays in memory,
    /// and what the first did stays on the device under the first one's name.
    async fn welcome(self, found: &Json) {
        bridge::set(META, KEY, found).await;
        if let Some(user) = found.int("user_id") {
            bridge::badge_set(user, &found.get("badge")).await;
        }
        let before = self.who.get_untracked();
        match (before, worker(found)) {
            (Who::Here(old), Some(new)) if old.id != new.id => go(crate::routes::FLOOR),
            _ => {
                self.take_in(found);
                // Who signs in over a session that is good still is not put off by hearing of it.
                if self.expired.get_untracked() {
                    self.expired.set(false);
                    self.asks.set(false);
                }
            }
        }
    }

    fn take_in(self, found: &Json) {
        let Some(worker) = worker(found) else { return };
        let here = Who::Here(worker);
        if self.who.get_untracked() != here {
            self.who.set(here);
        }
        self.today.set(today(found));
    }

    /// Signs a person in.
    pub async fn sign_in(self, login: &str, password: &str) -> Result<(), AppError> {
        let typed = Json::object().put("login", login).put("password", password);
        let path = "/api/fn/session/sign_in";
        let arrival = bridge::call("POST", path, Some(typed))
            .await
            .map_err(not_signed_in)?;
        if arrival.flag("password_due") {
            go("/password");
            return Ok(());
        }
        if let Some(user) = arrival.int("user_id") {
            bridge::pin_open(user).await;
        }
        self.check().await;
        // Another person's page is loaded anew, and covered until then.
        let user = arrival.int("user_id").map(UserId);
        let same = |who: &Who| matches!(who, Who::Here(worker) if Some(worker.id) == user);
        if self.who.with_untracked(same) {
            self.asks.set(false);
        }
        self.turns.update(|turns| *turns += 1);
        Ok(())
    }

    /// Ends the session; acts that wait stay on the device under this person's name.
    pub async fn sign_out(self) -> Result<(), AppError> {
        self.left.update_value(|left| *left += 1);
        let ended = bridge::call("POST", "/api/fn/session/sign_out", None).await;
        self.left.update_value(|left| *left += 1);
        match ended {
            Err(error) if error.code != ErrorCode::SignedOut => Err(error),
            _ => {
                bridge::remove(META, KEY).await;
                go(crate::routes::FLOOR);
                Ok(())
            }
        }
    }
}

fn not_signed_in(error: AppError) -> AppError {
    match error.code {
        ErrorCode::Offline => AppError {
            message: t!("Signing in needs the network. Move to where there is some.").to_owned(),
            ..error
        },
        _ => error,
    }
}

fn worker(found: &Json) -> Option<Worker> {
    Some(Worker {
        id: UserId(found.int("user_id")?),
        login: found.text("login")?,
        name: found.text("name")?,
    })
}

/// The server's clock goes on by the device's since it was heard.
fn today(found: &Json) -> Option<Today> {
    let shifts = found.get("shifts").list();
    let passed = device_now() - found.instant("heard_at")?;
    Some(Today {
        site: found.int("warehouse_id"),
        as_of: found.instant("as_of")? + passed,
        shifts: shifts.iter().filter_map(wire::shift).collect(),
        own: found.text("own_shift"),
    })
}

/// Loads a page from the server.
pub(super) fn go(path: &str) {
    let _ = window().location().replace(path);
}
