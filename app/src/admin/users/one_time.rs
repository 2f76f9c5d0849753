//! The password for a first sign-in: shown once, to be handed over.

use crate::api::users::OneTime;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use leptos::prelude::*;

/// What is shown, until the dialog is closed.
#[derive(Clone, Copy)]
pub(super) struct Handover {
    open: RwSignal<bool>,
    password: RwSignal<String>,
}

/// Nothing to hand over yet.
pub(super) fn use_handover() -> Handover {
    let open = RwSignal::new(false);
    let password = RwSignal::new(String::new());
    // Closed is gone: it cannot be shown again.
    Effect::new(move || {
        if !open.get() {
            password.set(String::new());
        }
    });
    Handover { open, password }
}

impl Handover {
    /// Shows a password.
    pub(super) fn show(self, made: OneTime) {
        self.open.set(true);
        self.password.set(made.password);
    }

    /// Where it appears.
    pub(super) fn dialog(self) -> AnyView {
        let Self { open, password } = self;
        view! {
            <Dialog open title=t!("Password for one sign-in") testid="one-time">
                <div class="flex flex-col gap-3">
                    <p class="text-sm">
                        {t!("Hand it over now. It is shown only here, and its owner must choose another at the first sign-in.")}
                    </p>
                    <p class="rounded-md border border-base-300 bg-base-200 px-4 py-3 text-center font-mono text-lg select-all" data-testid="one-time-password">
                        {move || password.get()}
                    </p>
                    <div class="flex justify-end">
                        <Button label=t!("I have handed it over") kind=ButtonKind::Primary on_press=move |()| open.set(false) testid="one-time-close" />
                    </div>
                </div>
            </Dialog>
        }
        .into_any()
    }
}
