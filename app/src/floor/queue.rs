//! Acts go to the server in the order they were done. Each is on the device's disk before it is
//! sent, stays there under its id until the server answered, and is sent again until then.

use super::act::{Act, Fate, last_undoable};
use super::who::{Session, Worker};
use super::wire::{self, Answer};
use super::{bridge, device};
use crate::json::Json;
use crate::live::{LinkState, device_now, use_link};
use crate::{AppError, ErrorCode};
use domain::operation::{FloorAction, OperationRequest};
use domain::{OperationId, TaskId};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Wait before acts are tried again by themselves.
const TRY_AGAIN: Duration = Duration::from_secs(4);
/// Acts of one request; few enough that a slow link gets an answer in time.
const AT_ONCE: usize = 100;
/// Sent acts that stay on the device, to be shown and taken back.
const REMEMBERED: usize = 200;
/// What lay longer than this was done without the server's word, seconds.
const LATE_AFTER: i64 = 30;
/// One tab sends at a time.
const SENDER: &str = "crossdock-send";

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
    Effect::new(move |_| {
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
        let gone = news(id).put("gone", true);
        spawn_local(async move {
            let _ = bridge::settle(&[gone]).await;
        });
    }

    /// The person knows that a lead decides.
    pub fn seen(self, id: OperationId) {
        self.acts.update(|acts| {
            let act = acts.iter_mut().find(|act| act.id() == id);
            if let Some(Fate::Review { seen, .. }) = act.map(|act| &mut act.fate) {
                *seen = true;
            }
        });
        let seen = news(id).put("seen", true);
        spawn_local(async move {
            let _ = bridge::settle(&[seen]).await;
        });
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

    fn send(self) {
        if self.busy.try_get_value() != Some(false) {
            return;
        }
        self.busy.set_value(true);
        spawn_local(async move {
            let mine = bridge::hold(SENDER).await;
            if mine {
                self.send_all().await;
                self.forget_old().await;
                bridge::release(SENDER);
            } else {
                self.try_again_later();
            }
            self.sending.try_set(Vec::new());
            self.busy.try_set_value(false);
            // An act that was kept while the last answer came.
            let well = self.trouble.try_with_untracked(Option::is_none) == Some(true);
            if mine && well && !self.next().await.is_empty() {
                self.send();
            }
        });
    }

    /// The next acts to send, as the device keeps them: also those this version cannot read.
    async fn next(self) -> Vec<Json> {
        let Some(me) = self.worker.try_with_value(|worker| worker.id.0) else {
            return Vec::new();
        };
        let mut kept = bridge::acts().await.unwrap_or_default();
        kept.retain(|act| {
            act.int("user") == Some(me) && act.text("state").as_deref() == Some("waiting")
        });
        kept.truncate(AT_ONCE);
        kept
    }

    async fn send_all(self) {
        let mut at_once = AT_ONCE;
        loop {
            let mut next = self.next().await;
            next.truncate(at_once);
            let Some(first) = next.first() else { return };
            let ids = next.iter().filter_map(wire::act).map(|act| act.id());
            self.sending.try_set(ids.collect());
            let answers = match self.submit(&next).await {
                Ok(answers) => answers,
                // One of them makes the request unreadable: only that one may suffer for it.
                Err(error) if error.code == ErrorCode::Invalid && next.len() > 1 => {
                    at_once = 1;
                    continue;
                }
                Err(error) if error.code == ErrorCode::Invalid => {
                    wire::unreadable(first, error.message).into_iter().collect()
                }
                Err(error) => return self.stop(error),
            };
            if answers.is_empty() {
                return self.stop(bridge::trouble());
            }
            if !self.answered(answers).await {
                return self.stop(full());
            }
        }
    }

    fn stop(self, error: AppError) {
        match error.code {
            ErrorCode::SignedOut => self.session.expired.set(true),
            // Somebody else signed in, in another tab: this one follows.
            ErrorCode::Conflict => spawn_local(self.session.check()),
            _ => {}
        }
        self.trouble.try_set(Some(error));
        self.try_again_later();
    }

    async fn submit(self, next: &[Json]) -> Result<Vec<Answer>, AppError> {
        let me = self.worker.try_with_value(|worker| worker.id.0);
        let operations: js_sys::Array = next.iter().map(|act| as_sent(act).0).collect();
        let batch = Json::object()
            .put_int("user_id", me.unwrap_or_default())
            .put("operations", operations);
        let body = bridge::call("POST", "/api/v1/operations/batch", Some(batch)).await?;
        let answers = body.get("answers").list();
        Ok(answers.iter().filter_map(wire::answer).collect())
    }

    /// Whether the answers are on the disk; what is not is sent again, and answered the same.
    async fn answered(self, answers: Vec<Answer>) -> bool {
        let settled: Vec<_> = answers
            .iter()
            .map(|answer| wire::put_fate(news(answer.id), &answer.fate))
            .collect();
        let mut kept = bridge::settle(&settled).await.is_ok();
        if !kept {
            self.forget_sent(0).await;
            kept = bridge::settle(&settled).await.is_ok();
        }
        if kept {
            self.trouble.try_set(None);
            self.take_in(answers).await;
        }
        kept
    }

    async fn take_in(self, answers: Vec<Answer>) {
        self.keep_lines(&answers).await;
        let sent = answers.iter().filter(|answer| answer.fate == Fate::Sent);
        let sent = u32::try_from(sent.count()).unwrap_or(u32::MAX);
        self.sent.try_update(|all| *all = all.saturating_add(sent));
        let answered = self.acts.try_update(|acts| {
            let mut answered = Vec::with_capacity(answers.len());
            for answer in answers {
                if let Some(act) = acts.iter_mut().find(|act| act.id() == answer.id) {
                    act.fate = answer.fate.clone();
                    answered.push((act.clone(), answer));
                }
            }
            answered
        });
        for answered in answered.unwrap_or_default() {
            if let Some(Some(callback)) = self.on_answer.try_get_value() {
                callback.run(answered);
            }
        }
    }

    /// The lines as they are now, for the next time without a network.
    async fn keep_lines(self, answers: &[Answer]) {
        let Some(me) = self.worker.try_with_value(|worker| worker.id) else {
            return;
        };
        let by_task = self.acts.try_with_untracked(|acts| {
            let mut by_task: Vec<(TaskId, Vec<&Answer>)> = Vec::new();
            for answer in answers {
                let Some(act) = acts.iter().find(|act| act.id() == answer.id) else {
                    continue;
                };
                match by_task.iter_mut().find(|(task, _)| *task == act.task_id()) {
                    Some((_, known)) => known.push(answer),
                    None => by_task.push((act.task_id(), vec![answer])),
                }
            }
            by_task
        });
        for (task, answers) in by_task.unwrap_or_default() {
            super::book::take_in(me, task, &answers).await;
        }
    }

    fn try_again_later(self) {
        if self.tries_again.try_get_value() != Some(false) {
            return;
        }
        self.tries_again.set_value(true);
        set_timeout(
            move || {
                if self.tries_again.try_set_value(false).is_none() {
                    self.send();
                }
            },
            TRY_AGAIN,
        );
    }
}

fn full() -> AppError {
    let message = "This device is full. Tell your lead; do not clear its data.";
    AppError {
        code: ErrorCode::Internal,
        message: message.to_owned(),
    }
}

fn news(id: OperationId) -> Json {
    Json::object().put("id", id.to_string())
}

/// What is sent of a kept act; what lay for a while was done without the server's word.
fn as_sent(act: &Json) -> Json {
    let request = act.get("request");
    let late = request
        .instant("made_at")
        .is_some_and(|made| (device_now() - made).num_seconds() > LATE_AFTER);
    let offline = late || request.flag("offline");
    request.put("offline", offline)
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
