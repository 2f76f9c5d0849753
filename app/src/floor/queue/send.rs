//! Sending what is kept, and taking in what the server answers.

use super::super::act::Fate;
use super::super::wire::{self, Answer};
use super::super::{book, bridge};
use super::{Queue, news};
use crate::json::Json;
use crate::live::device_now;
use crate::{AppError, ErrorCode};
use domain::TaskId;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// Wait before acts are tried again by themselves.
const TRY_AGAIN: Duration = Duration::from_secs(4);
/// Acts of one request; few enough that a slow link gets an answer in time.
const AT_ONCE: usize = 100;
/// What lay longer than this was done without the server's word, seconds.
const LATE_AFTER: i64 = 30;
/// One tab sends at a time.
const SENDER: &str = "crossdock-send";

impl Queue {
    pub(super) fn send(self) {
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
            book::take_in(me, task, &answers).await;
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
    let message = t!("This device is full. Tell your lead; do not clear its data.");
    AppError {
        code: ErrorCode::Internal,
        message: message.to_owned(),
    }
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
