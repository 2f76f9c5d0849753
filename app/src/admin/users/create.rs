//! A new login.

use super::fields::{Choices, Fields, choices};
use super::one_time::{Handover, use_handover};
use crate::api;
use crate::api::users::NewLogin;
use crate::session::viewer;
use crate::ui::act::use_act;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::load::loaded;
use domain::permission::Role;
use domain::user::UserChange;
use leptos::prelude::*;

/// Asks for what a login needs, then shows the password for its first sign-in.
#[component]
pub(super) fn CreateDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Grows when a login was created.
    version: RwSignal<u32>,
) -> impl IntoView {
    let handover = use_handover();
    view! {
        <Dialog open title=t!("New user") testid="user-dialog">
            {loaded(choices(), move |choices: Choices, _| form(choices, open, version, handover))}
        </Dialog>
        {handover.dialog()}
    }
}

fn form(
    choices: Choices,
    open: RwSignal<bool>,
    version: RwSignal<u32>,
    handover: Handover,
) -> AnyView {
    let login = RwSignal::new(String::new());
    let fields = Fields::of(&UserChange {
        name: String::new(),
        role: Role::Worker,
        team_id: None,
        warehouses: viewer().map(|viewer| viewer.warehouses).unwrap_or_default(),
    });
    let act = use_act();
    let create = move |()| {
        let entered = untrack(move || fields.entered());
        let new = NewLogin {
            login: login.get_untracked().trim().to_owned(),
            name: entered.name,
            role: entered.role,
            team_id: entered.team_id,
            warehouses: entered.warehouses,
        };
        act.run(api::users::create(new), t!("Created."), move |made| {
            let _ = open.try_set(false);
            let _ = version.try_update(|version| *version += 1);
            handover.show(made);
        });
    };
    let incomplete = Signal::derive(move || login.get().trim().is_empty() || !fields.complete());
    view! {
        <div class="flex flex-col gap-3">
            <TextField label=t!("Login") value=login hint=t!("What is typed to sign in.") testid="user-login" />
            {fields.show(choices)}
            <div class="flex justify-end gap-2 pt-2">
                <Button label=t!("Cancel") on_press=move |()| open.set(false) />
                <Button label=t!("Create user") kind=ButtonKind::Primary disabled=incomplete pending=act.pending() on_press=create testid="user-create" />
            </div>
        </div>
    }
    .into_any()
}
