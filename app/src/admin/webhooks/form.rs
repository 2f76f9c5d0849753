//! A new endpoint, or another look at one.

use crate::api;
use crate::ui::act::use_act;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::words::tr;
use domain::webhook::{SHORTEST_SECRET, WebhookEndpoint, WebhookEvent, WebhookForm};
use leptos::prelude::*;

/// Asks for what an endpoint needs.
#[component]
pub(super) fn FormDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// The endpoint to change, as it is when the dialog opens; none makes a new one.
    endpoint: RwSignal<Option<WebhookEndpoint>>,
) -> impl IntoView {
    let title = Signal::derive(move || {
        let new = endpoint.with(Option::is_none);
        if new {
            t!("New endpoint")
        } else {
            t!("Edit endpoint")
        }
        .to_owned()
    });
    view! {
        <Dialog open title=title testid="webhook-dialog">
            {endpoint.with_untracked(|endpoint| form(open, endpoint.as_ref()))}
        </Dialog>
    }
}

fn form(open: RwSignal<bool>, endpoint: Option<&WebhookEndpoint>) -> AnyView {
    let text = |value: Option<&String>| RwSignal::new(value.cloned().unwrap_or_default());
    let name = text(endpoint.map(|endpoint| &endpoint.name));
    let url = text(endpoint.map(|endpoint| &endpoint.url));
    let secret = text(None);
    let active = RwSignal::new(endpoint.is_none_or(|endpoint| endpoint.active));
    let events = RwSignal::new(endpoint.map_or_else(Vec::new, |endpoint| endpoint.events.clone()));
    let id = endpoint.map(|endpoint| endpoint.id);
    let act = use_act();
    let entered = move || WebhookForm {
        name: name.get().trim().to_owned(),
        url: url.get().trim().to_owned(),
        events: events.get(),
        active: active.get(),
        secret: Some(secret.get()).filter(|secret| !secret.is_empty()),
    };
    let incomplete =
        Signal::derive(move || entered().check(id.is_none()).is_err() || url.get().is_empty());
    let save = move |()| {
        act.run(
            api::webhooks::save(id, untrack(entered)),
            t!("Saved."),
            move |_| {
                let _ = open.try_set(false);
            },
        );
    };
    let fresh = move |()| secret.set(format!("{}{}", half_a_secret(), half_a_secret()));
    let secret_hint = if id.is_some() {
        t!("Empty keeps the one that is set. The receiver needs the same text.")
    } else {
        t!("The receiver checks signatures with the same text. It is not shown again.")
    };
    view! {
        <div class="flex flex-col gap-3">
            <TextField label=t!("Name") value=name hint=t!("As colleagues read it.") testid="webhook-name" />
            <TextField label=t!("Address") value=url kind="url" hint=t!("https://…; addresses inside the network must be named in the settings.") testid="webhook-url" />
            {choices(events)}
            <TextField label=t!("Signing secret") value=secret hint=secret_hint testid="webhook-secret" />
            <div class="flex items-center justify-between gap-3 text-xs text-muted">
                <span>{t!("At least {count} characters.", count = SHORTEST_SECRET)}</span>
                <Button label=t!("Make one up") small=true kind=ButtonKind::Quiet on_press=fresh testid="webhook-secret-fresh" />
            </div>
            {switch(active)}
            <div class="flex justify-end gap-2 pt-2">
                <Button label=t!("Cancel") on_press=move |()| open.set(false) />
                <Button label=t!("Save") kind=ButtonKind::Primary disabled=incomplete pending=act.pending() on_press=save testid="webhook-save" />
            </div>
        </div>
    }
    .into_any()
}

fn choices(events: RwSignal<Vec<WebhookEvent>>) -> AnyView {
    let boxes = WebhookEvent::ALL
        .iter()
        .map(|event| {
            let event = *event;
            let toggle = move |on: bool| {
                events.update(|events| {
                    events.retain(|known| *known != event);
                    if on {
                        events.push(event);
                    }
                });
            };
            let checked = Signal::derive(move || events.with(|events| events.contains(&event)));
            tick(tr(event.label()), checked, Box::new(toggle), event.as_str())
        })
        .collect::<Vec<_>>();
    view! {
        <fieldset class="flex flex-col gap-1">
            <legend class="text-sm font-medium">{t!("Events")}</legend>
            {boxes}
        </fieldset>
    }
    .into_any()
}

fn switch(active: RwSignal<bool>) -> AnyView {
    let set = move |on| active.set(on);
    tick(
        t!("On: it is told from now"),
        active.into(),
        Box::new(set),
        "webhook-active",
    )
}

fn tick(
    label: &'static str,
    checked: Signal<bool>,
    set: Box<dyn Fn(bool)>,
    testid: &'static str,
) -> AnyView {
    view! {
        <label class="flex cursor-pointer items-center gap-2 py-0.5 text-sm">
            <input
                class="checkbox checkbox-sm"
                type="checkbox"
                data-testid=testid
                prop:checked=move || checked.get()
                on:change=move |event| set(event_target_checked(&event))
            />
            <span>{label}</span>
        </label>
    }
    .into_any()
}

/// 122 random bits, from the browser's own source.
#[expect(
    clippy::disallowed_methods,
    reason = "a secret is made where the person is who may read it"
)]
fn half_a_secret() -> String {
    uuid::Uuid::new_v4().simple().to_string()
}
