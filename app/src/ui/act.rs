//! Doing something on the server because a button was pressed, and saying what came of it.

use super::toast::{Toasts, use_toasts};
use crate::AppError;
use leptos::prelude::*;
use leptos::task::spawn_local;

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
        let Self { pending, toasts } = *self;
        pending.set(true);
        spawn_local(async move {
            let answer = call.await;
            // The page may be gone by now; its signals are too.
            let _ = pending.try_set(false);
            if !done.is_empty() || answer.is_err() {
                toasts.outcome(&answer, done);
            }
            if let Ok(value) = answer {
                then(value);
            }
        });
    }
}
