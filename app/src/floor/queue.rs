//! Acts go to the server in the order they were done. Each is on the device's disk before it is
//! sent, stays there under its id until the server answered, and is sent again until then.

mod send;

use super::act::{Act, Fate, last_undoable};
use super::varying::whenever;
use super::who::{Session, Worker};
use super::wire::{self, Answer};
use super::{bridge, device};
use crate::AppError;
use crate::json::Json;
use crate::live::{LinkState, device_now, use_link};
use domain::operation::{FloorAction, OperationRequest};
use domain::{OperationId, TaskId};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Sent acts that stay on the device, to be shown and taken back.
const REMEMBERED: usize = 200;

/// The acts of one worker on this device.
#[derive(Clone, Copy)]
pub struct Queue {
    worker: StoredValue<Worker>,
    acts: RwSignal<Vec<Act>>,
    /// Acts of other people on this device that wait, by name.
    others: RwSignal<Vec<(String, usize)>>,
    sending: RwSignal<Vec<OperationId>>,
    trouble: RwSignal<Option<AppError>>,
    sent: RwSignal<u32>,
    /// Words of an act that the device had no room for.
    no_room: RwSignal<Option<String>>,
    link: Signal<LinkState>,
    session: Session,
    busy: StoredValue<bool>,
    tries_again: StoredValue<bool>,
    on_answer: StoredValue<Option<Callback<(Act, Answer)>>>,
}

/// How many acts are where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Answered since the page was opened.
    pub sent: u32,
    /// To be sent.
    pub waiting: usize,
    /// Not accepted, not seen yet.
    pub refused: usize,
}

/// Shares the worker's queue with everything below; goes on where the last page stopped.
pub(super) fn provide_queue(worker: Worker) -> Queue {
    let queue = Queue {
        worker: StoredValue::new(worker),
        acts: RwSignal::new(Vec::new()),
        others: RwSignal::new(Vec::new()),
        sending: RwSignal::new(Vec::new()),
        trouble: RwSignal::new(None),
        sent: RwSignal::new(0),
        no_room: RwSignal::new(None),
        link: use_link(),
        session: expect_context::<Session>(),
        busy: StoredValue::new(false),
        tries_again: StoredValue::new(false),
        on_answer: StoredValue::new(None),
    };
    provide_context(queue);
    spawn_local(async move {
        queue.read_again().await;
        queue.forget_old().await;
        queue.send();
    });
    bridge::listen(move || spawn_local(queue.read_again()));
    whenever(move || {
        // Whenever the link comes back.
        queue.link.track();
        queue.send();
    });
    queue
}

impl Queue {
    /// The worker's acts, oldest first, also those sent lately.
    pub fn acts(self) -> Signal<Vec<Act>> {
        self.acts.into()
    }

    /// Acts of other people that wait on this device: who, and how many.
    pub fn others(self) -> Signal<Vec<(String, usize)>> {
        self.others.into()
    }

    /// Whether this act is being sent.
    pub fn is_sending(self, id: OperationId) -> bool {
        self.sending.with(|sending| sending.contains(&id))
    }

    /// Why nothing goes out, if so.
    pub fn trouble(self) -> Signal<Option<AppError>> {
        self.trouble.into()
    }

    /// An act that was not recorded, because the device is full.
    pub fn no_room(self) -> RwSignal<Option<String>> {
        self.no_room
    }

    /// Acts by where they are.
    pub fn counts(self) -> Signal<Counts> {
        Signal::derive(move || {
            let acts = self.acts.read();
            Counts {
                sent: self.sent.get(),
                waiting: acts.iter().filter(|act| act.is_waiting()).count(),
                refused: acts.iter().filter(|act| act.refused().is_some()).count(),
            }
        })
    }

    /// The act that undo would take back.
    pub fn undoable(self, task: TaskId) -> Option<Act> {
        self.acts.with(|acts| last_undoable(acts, task).cloned())
    }

    /// Is called with each answer while the current page lives.
    pub fn on_answer(self, callback: Callback<(Act, Answer)>) {
        self.on_answer.set_value(Some(callback));
        on_cleanup(move || {
            self.on_answer.try_update_value(|slot| *slot = None);
        });
    }

    /// Does an act: shown at once, kept on the device, then sent.
    pub fn add(self, task_id: TaskId, action: FloorAction, text: String) {
        self.add_act(Act {
            request: OperationRequest {
                id: device::new_operation_id(),
                task_id,
                made_at: device_now(),
                device: device::name(),
                offline: self.link.get_untracked() != LinkState::Live,
                action,
            },
            text,
            fate: Fate::Waiting,
        });
    }

    /// Sends a refused act again as the person confirmed it.
    pub fn confirm(self, refused: &Act) {
        self.dismiss(refused.id());
        if let Some(act) = refused.confirmed(device::new_operation_id()) {
            self.add_act(act);
        }
    }

    /// The person has seen that it was refused.
    pub fn dismiss(self, id: OperationId) {
        self.acts.update(|acts| acts.retain(|act| act.id() != id));
        note(news(id).put("gone", true));
    }

    /// The person knows that a lead decides.
    pub fn seen(self, id: OperationId) {
        self.acts.update(|acts| {
            let act = acts.iter_mut().find(|act| act.id() == id);
            if let Some(Fate::Review { seen, .. }) = act.map(|act| &mut act.fate) {
                *seen = true;
            }
        });
        note(news(id).put("seen", true));
    }

    /// Tries again now.
    pub fn retry(self) {
        self.trouble.set(None);
        self.send();
    }

    fn add_act(self, act: Act) {
        let kept = self
            .worker
            .with_value(|worker| wire::keep_act(&act, worker.id, &worker.name));
        self.acts.update(|acts| acts.push(act.clone()));
        spawn_local(async move {
            if self.keep(&kept).await {
                self.send();
            } else {
                self.acts
                    .try_update(|acts| acts.retain(|other| other.id() != act.id()));
                self.no_room.try_set(Some(act.text));
            }
        });
    }

    /// What was sent makes room for what was not.
    async fn keep(self, act: &Json) -> bool {
        if bridge::keep(act).await.is_ok() {
            return true;
        }
        self.forget_sent(0).await;
        bridge::keep(act).await.is_ok()
    }

    async fn forget_old(self) {
        self.forget_sent(REMEMBERED).await;
    }

    async fn forget_sent(self, but: usize) {
        let Some(sent) = self.acts.try_with_untracked(|acts| {
            let known =
                |act: &&Act| matches!(act.fate, Fate::Sent | Fate::Review { seen: true, .. });
            // What is being taken back has to be known until that is answered.
            let undone = |id| {
                acts.iter()
                    .any(|act| act.is_waiting() && act.undoes() == Some(id))
            };
            let sent = acts.iter().filter(known).map(Act::id);
            let sent: Vec<_> = sent.filter(|id| !undone(*id)).collect();
            let old = sent.len().saturating_sub(but);
            sent.into_iter().take(old).collect::<Vec<_>>()
        }) else {
            return;
        };
        if sent.is_empty() {
            return;
        }
        let gone: Vec<_> = sent.iter().map(|id| news(*id).put("gone", true)).collect();
        if bridge::settle(&gone).await.is_ok() {
            self.acts
                .try_update(|acts| acts.retain(|act| !sent.contains(&act.id())));
        }
    }

    /// Takes in what the device keeps, also what another tab did. Acts that are on their way to the
    /// disk stay at the end.
    async fn read_again(self) {
        let (Some(kept), Some(me)) = (
            bridge::acts().await,
            self.worker.try_with_value(|worker| worker.id.0),
        ) else {
            return;
        };
        let (mine, others): (Vec<_>, Vec<_>) = kept
            .into_iter()
            .partition(|act| act.int("user") == Some(me));
        self.others.try_set(waiting_of(&others));
        let mut mine: Vec<Act> = mine.iter().filter_map(wire::act).collect();
        self.acts.try_update(|acts| {
            let known: Vec<_> = mine.iter().map(Act::id).collect();
            let coming = acts
                .drain(..)
                .filter(|act| act.is_waiting() && !known.contains(&act.id()));
            mine.extend(coming);
            *acts = mine;
        });
    }
}

/// What is lost of it is said to the person once more.
fn note(news: Json) {
    spawn_local(async move {
        let _ = bridge::settle(&[news]).await;
    });
}

fn news(id: OperationId) -> Json {
    Json::object().put("id", id.to_string())
}

fn waiting_of(acts: &[Json]) -> Vec<(String, usize)> {
    let mut counted: Vec<(String, usize)> = Vec::new();
    for act in acts {
        if act.text("state").as_deref() == Some("waiting") {
            let name = act.text("name").unwrap_or_default();
            match counted.iter_mut().find(|(known, _)| *known == name) {
                Some((_, count)) => *count += 1,
                None => counted.push((name, 1)),
            }
        }
    }
    counted
}
