//! Passwords of a connection: which are set, and the way to replace one. None is ever shown.

use super::detail::Labels;
use crate::api;
use crate::session::viewer_may;
use crate::ui::act::use_act;
use crate::ui::button::{Button, ButtonKind, Press};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::words::tell;
use domain::ConnectionId;
use domain::permission::Permission;
use leptos::prelude::*;

/// The secret being replaced, and whether the dialog asks.
#[derive(Clone, Copy)]
pub(super) struct Replacing {
    open: RwSignal<bool>,
    name: RwSignal<String>,
    value: RwSignal<String>,
}

/// The dialog of the page that calls it.
pub(super) fn use_replacing() -> Replacing {
    Replacing {
        open: RwSignal::new(false),
        name: RwSignal::new(String::new()),
        value: RwSignal::new(String::new()),
    }
}

/// The names of the secrets that are set, each with the way to replace it.
pub(super) fn secrets(names: &[String], labels: &Labels, replacing: Replacing) -> AnyView {
    let each = names
        .iter()
        .map(|name| {
            let label = labels.get(name).map(|words| tell(&words.label));
            one(
                name.clone(),
                &label.unwrap_or_else(|| name.clone()),
                replacing,
            )
        })
        .collect::<Vec<_>>();
    view! { <span class="inline-flex flex-wrap items-center gap-2">{each}</span> }.into_any()
}

fn one(name: String, label: &str, replacing: Replacing) -> AnyView {
    let testid = format!("secret-replace-{name}");
    let shown = t!("{label}: set", label);
    let replace = viewer_may(Permission::ManageConnections).then(|| {
        let ask = move |()| {
            replacing.name.set(name.clone());
            replacing.value.set(String::new());
            replacing.open.set(true);
        };
        view! { <Button label=t!("Replace") kind=ButtonKind::Quiet small=true on_press=ask testid=testid /> }
            .into_any()
    });
    view! { <span>{shown}</span> {replace} }.into_any()
}

/// Asks for the new secret.
#[component]
pub(super) fn ReplaceDialog(id: ConnectionId, replacing: Replacing) -> impl IntoView {
    let act = use_act();
    let Replacing { open, name, value } = replacing;
    let title = Signal::derive(move || t!("Replace the {name}", name = name.get()));
    let missing = Signal::derive(move || value.with(String::is_empty));
    let save = Press::from(move |()| {
        act.run(
            api::connections::set_secret(id, name.get_untracked(), value.get_untracked()),
            t!("Replaced. The connection is being tested with it."),
            move |()| {
                let _ = (open.try_set(false), value.try_set(String::new()));
            },
        );
    });
    view! {
        <Dialog open title testid="secret-dialog">
            <div class="flex flex-col gap-3">
                <p class="text-sm">
                    {t!("Change it in the other system first. It is kept sealed and never shown again; runs use it from their next sign-in on.")}
                </p>
                <TextField label=t!("New secret") value kind="password" autocomplete="new-password" testid="secret-value" />
                <div class="flex justify-end gap-2 pt-2">
                    <Button label=t!("Cancel") on_press=move |()| open.set(false) />
                    <Button label=t!("Replace") kind=ButtonKind::Primary disabled=missing pending=act.pending() on_press=save.clone() testid="secret-save" />
                </div>
            </div>
        </Dialog>
    }
}
