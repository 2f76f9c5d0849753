//! A sentence that says what came of an act, and goes away by itself.

use super::icon::{Icon, icon};
use crate::AppError;
use crate::words::tell;
use leptos::prelude::*;
use leptos_router::hooks::use_location;
use std::time::Duration;

const SHOWN: Duration = Duration::from_secs(5);
/// What is said while a page is left is read on the next one.
const FRESH: Duration = Duration::from_millis(1_500);

#[derive(Clone)]
struct Toast {
    id: u32,
    good: bool,
    /// Said a moment ago.
    fresh: bool,
    text: String,
}

/// The sentences shown now.
#[derive(Clone, Copy)]
pub struct Toasts {
    shown: RwSignal<Vec<Toast>>,
    last: StoredValue<u32>,
}

/// Puts the toasts in context, once, at the root.
pub(crate) fn provide_toasts() {
    provide_context(Toasts {
        shown: RwSignal::new(Vec::new()),
        last: StoredValue::new(0),
    });
}

/// The page's toasts.
pub fn use_toasts() -> Toasts {
    expect_context::<Toasts>()
}

impl Toasts {
    /// It worked. What was said before of a try that failed is over.
    pub fn good(&self, text: impl Into<String>) {
        let _ = self.shown.try_update(mended);
        self.show(true, text.into());
    }

    /// It did not.
    pub fn bad(&self, text: impl Into<String>) {
        self.show(false, text.into());
    }

    /// Says what came of an act; an empty `done` says nothing when it worked.
    pub fn outcome(&self, answer: &Result<(), AppError>, done: &str) {
        match answer {
            Ok(()) if done.is_empty() => (),
            Ok(()) => self.good(done),
            Err(error) => self.bad(tell(&error.message)),
        }
    }

    /// What was said of the page before is over.
    fn leave(&self) {
        let _ = self
            .shown
            .try_update(|shown| shown.retain(|toast| toast.fresh));
    }

    fn show(&self, good: bool, text: String) {
        let id = self.last.get_value() + 1;
        self.last.set_value(id);
        let fresh = true;
        self.shown.update(|shown| {
            shown.push(Toast {
                id,
                good,
                fresh,
                text,
            });
        });
        let shown = self.shown;
        let settle = move |shown: &mut Vec<Toast>| {
            for toast in shown.iter_mut().filter(|toast| toast.id == id) {
                toast.fresh = false;
            }
        };
        set_timeout(
            move || {
                // Nothing on the screen changes by it.
                let _ = shown.try_update_untracked(settle);
            },
            FRESH,
        );
        set_timeout(
            move || {
                let _ = shown.try_update(|shown| shown.retain(|toast| toast.id != id));
            },
            SHOWN,
        );
    }
}

/// Leaves out refusals that could be read; what failed a moment ago may be another thing.
fn mended(shown: &mut Vec<Toast>) {
    shown.retain(|toast| toast.good || toast.fresh);
}

/// Where they appear; once per shell.
pub fn toast_area() -> AnyView {
    let toasts = use_toasts();
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let now = path.get();
        if before.is_some_and(|before| before != now) {
            toasts.leave();
        }
        now
    });
    let list = move || toasts.shown.get().into_iter().map(one).collect::<Vec<_>>();
    view! { <div class="toast toast-end z-50" role="status" aria-live="polite">{list}</div> }
        .into_any()
}

fn one(toast: Toast) -> AnyView {
    let (class, drawing) = if toast.good {
        (
            "alert alert-success rounded-md py-2.5 shadow-md",
            Icon::Check,
        )
    } else {
        (
            "alert alert-error rounded-md py-2.5 shadow-md",
            Icon::Warning,
        )
    };
    view! {
        <div class=class data-testid="toast">
            {icon(drawing, "size-4")}
            <span class="text-sm">{toast.text}</span>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_does_not_stand_beside_the_success_that_follows_it() {
        let toast = |id, good, fresh| Toast {
            id,
            good,
            fresh,
            text: String::new(),
        };
        let mut shown = vec![
            toast(1, false, false),
            toast(2, true, false),
            toast(3, false, true),
        ];
        mended(&mut shown);
        let left: Vec<u32> = shown.iter().map(|toast| toast.id).collect();
        assert_eq!(left, [2, 3], "what was just said stays");
    }
}
