//! Acts go to the server one after the other, in the order they were done. What cannot be sent
//! stays on the device, under its id, and is sent again until the server answered.

use super::act::{Act, Refused};
use super::device;
use crate::live::device_now;
use crate::{AppError, ErrorCode, api};
use domain::operation::{FloorAction, OperationAnswer, OperationRequest, Outcome};
use domain::{OperationId, TaskId, UserId};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Wait before an act is tried again by itself.
const TRY_AGAIN: Duration = Duration::from_secs(4);

/// The acts of one worker on this device.
#[derive(Clone, Copy)]
pub struct Queue {
    user: UserId,
    acts: RwSignal<Vec<Act>>,
    under_way: RwSignal<Option<OperationId>>,
    trouble: RwSignal<Option<AppError>>,
    sent: RwSignal<u32>,
    unkept: RwSignal<bool>,
    tries_again: StoredValue<bool>,
    on_answer: StoredValue<Option<Callback<(Act, OperationAnswer)>>>,
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
pub fn provide_queue(user: UserId) -> Queue {
    let queue = Queue {
        user,
        acts: RwSignal::new(Vec::new()),
        under_way: RwSignal::new(None),
        trouble: RwSignal::new(None),
        sent: RwSignal::new(0),
        unkept: RwSignal::new(false),
        tries_again: StoredValue::new(false),
        on_answer: StoredValue::new(None),
    };
    provide_context(queue);
    let link = crate::live::use_link();
    Effect::new(move |started: Option<bool>| {
        if !started.unwrap_or(false) {
            queue.acts.set(device::kept(user));
        }
        // Also whenever the link comes back.
        link.track();
        queue.send();
        true
    });
    queue
}

impl Queue {
    /// Acts that are not answered, or refused and not seen.
    pub fn acts(self) -> Signal<Vec<Act>> {
        self.acts.into()
    }

    /// The act being sent.
    pub fn under_way(self) -> Signal<Option<OperationId>> {
        self.under_way.into()
    }

    /// Why nothing goes out, if so.
    pub fn trouble(self) -> Signal<Option<AppError>> {
        self.trouble.into()
    }

    /// Whether the device could not keep an act: a reload would lose it.
    pub fn unkept(self) -> Signal<bool> {
        self.unkept.into()
    }

    /// Acts by where they are.
    pub fn counts(self) -> Signal<Counts> {
        Signal::derive(move || {
            let (sent, acts) = (self.sent.get(), self.acts.read());
            let waiting = acts.iter().filter(|act| act.is_waiting()).count();
            Counts {
                sent,
                waiting,
                refused: acts.len() - waiting,
            }
        })
    }

    /// Is called with each answer while the current page lives.
    pub fn on_answer(self, callback: Callback<(Act, OperationAnswer)>) {
        self.on_answer.set_value(Some(callback));
        on_cleanup(move || {
            self.on_answer.try_update_value(|slot| *slot = None);
        });
    }

    /// Does an act: kept on the device first, then sent.
    pub fn add(self, task_id: TaskId, action: FloorAction, text: String) {
        self.add_act(Act {
            request: OperationRequest {
                id: device::new_operation_id(),
                task_id,
                made_at: device_now(),
                device: device::name(),
                action,
            },
            text,
            refused: None,
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
        device::forget(self.user, id);
        self.acts.update(|acts| acts.retain(|act| act.id() != id));
    }

    /// Takes back the last act of a task that was not sent yet; answers its words.
    pub fn take_back_unsent(self, task_id: TaskId) -> Option<Act> {
        let under_way = self.under_way.get_untracked();
        let act = self
            .acts
            .read_untracked()
            .iter()
            .rfind(|act| act.task_id() == task_id && act.is_waiting())
            .cloned()?;
        // Once tried, the server may have it although its answer was lost.
        let tried = under_way == Some(act.id()) || self.trouble.read_untracked().is_some();
        if tried || act.line_id().is_none() {
            return None;
        }
        self.dismiss(act.id());
        Some(act)
    }

    /// Tries again now.
    pub fn retry(self) {
        self.trouble.set(None);
        self.send();
    }

    fn add_act(self, act: Act) {
        if !device::keep(self.user, &act) {
            self.unkept.set(true);
        }
        self.acts.update(|acts| acts.push(act));
        self.send();
    }

    fn send(self) {
        let busy = self.under_way.try_get_untracked() != Some(None);
        let next = self
            .acts
            .try_read_untracked()
            .and_then(|acts| acts.iter().find(|act| act.is_waiting()).cloned());
        let Some(act) = next.filter(|_| !busy) else {
            return;
        };
        self.under_way.set(Some(act.id()));
        spawn_local(async move {
            let answer = api::tasks::submit(act.request.clone()).await;
            self.under_way.try_set(None);
            match answer {
                Ok(answer) => self.answered(act, answer),
                Err(error) => self.failed(act, error),
            }
        });
    }

    fn answered(self, act: Act, answer: OperationAnswer) {
        self.trouble.try_set(None);
        match &answer.outcome {
            Outcome::Accepted => {
                device::forget(self.user, act.id());
                self.sent.try_update(|sent| *sent += 1);
                self.acts
                    .try_update(|acts| acts.retain(|other| other.id() != act.id()));
            }
            Outcome::Refused { refusal, message } => {
                self.refuse(&act, Refused::by(refusal, message.clone()));
            }
        }
        if let Some(Some(callback)) = self.on_answer.try_get_value() {
            callback.run((act, answer));
        }
        self.send();
    }

    fn failed(self, act: Act, error: AppError) {
        let later = matches!(
            error.code,
            ErrorCode::Offline | ErrorCode::Internal | ErrorCode::SignedOut
        );
        if later {
            self.trouble.try_set(Some(error));
            self.try_again_later();
        } else {
            let refused = Refused {
                asks: false,
                message: error.message,
            };
            self.refuse(&act, refused);
            self.send();
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

    fn refuse(self, act: &Act, refused: Refused) {
        let mut kept = act.clone();
        kept.refused = Some(refused);
        device::keep(self.user, &kept);
        self.acts.try_update(|acts| {
            if let Some(slot) = acts.iter_mut().find(|other| other.id() == kept.id()) {
                *slot = kept;
            }
        });
    }
}
