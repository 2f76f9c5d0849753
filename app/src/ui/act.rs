//! Doing something on the server because a button was pressed, and saying what came of it.

use super::toast::{Toasts, use_toasts};
use crate::AppError;
use crate::words::tell;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;

/// One thing at a time; while it runs, `pending` is true.
#[derive(Clone, Copy)]
pub struct Act {
    pending: RwSignal<bool>,
    toasts: Toasts,
}

/// An act of the page that calls it.
pub fn use_act() -> Act {
    Act {
        pending: RwSignal::new(false),
        toasts: use_toasts(),
    }
}

impl Act {
    /// Whether it is under way.
    pub fn pending(&self) -> Signal<bool> {
        self.pending.into()
    }

    /// Calls the server, shows `done` or the error, and hands the answer on when it worked.
    pub fn run<T: 'static>(
        &self,
        call: impl Future<Output = Result<T, AppError>> + 'static,
        done: &'static str,
        then: impl FnOnce(T) + 'static,
    ) {
        self.start(done, true, Box::pin(async move { call.await.map(then) }));
    }

    /// The same because another value was chosen in a field of the page; when that is refused, the field shows
    /// again what stands: nothing changed, so nothing is drawn anew.
    pub fn choose(
        &self,
        shown: RwSignal<String>,
        chosen: String,
        call: impl Future<Output = Result<(), AppError>> + 'static,
        done: &'static str,
    ) {
        let before = shown.get_untracked();
        shown.set(chosen);
        let call = async move {
            let answer = call.await;
            if answer.is_err() {
                let _ = shown.try_set(before);
            }
            answer
        };
        self.run(call, done, |()| ());
    }

    /// The same for a form, which tells what was refused beside its fields; `refused` gets the sentence.
    pub fn submit<T: 'static>(
        &self,
        call: impl Future<Output = Result<T, AppError>> + 'static,
        done: &'static str,
        then: impl FnOnce(T) + 'static,
        refused: impl FnOnce(String) + 'static,
    ) {
        let answered = async move {
            let answer = call.await;
            if let Err(error) = &answer {
                refused(tell(&error.message));
            }
            answer.map(then)
        };
        self.start(done, false, Box::pin(answered));
    }

    // Compiled once for all calls.
    fn start(
        self,
        done: &'static str,
        errors: bool,
        call: Pin<Box<dyn Future<Output = Result<(), AppError>>>>,
    ) {
        let Self { pending, toasts } = self;
        pending.set(true);
        spawn_local(async move {
            let answer = call.await;
            // The page may be gone by now; its signals are too.
            let _ = pending.try_set(false);
            if errors || answer.is_ok() {
                toasts.outcome(&answer, done);
            }
        });
    }
}
