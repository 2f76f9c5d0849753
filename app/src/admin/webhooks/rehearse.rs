//! Trying a message out at a test system, before it is sent again where it counts.

use super::message::MESSAGE;
use crate::api;
use crate::load::Loader;
use crate::ui::act::Act;
use crate::ui::button::Button;
use crate::ui::field::{SelectField, labelled};
use crate::ui::load::loaded;
use crate::ui::url_state::UrlState;
use domain::ConnectionId;
use domain::outbox::{MessageDetail, TestSystem};
use leptos::prelude::*;
use uuid::Uuid;

/// What was chosen and typed so far: it stays when the message is shown anew.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    /// The test system; empty until one is chosen.
    system: RwSignal<String>,
    /// What the copy says; none while that is what the message says.
    text: RwSignal<Option<String>>,
    /// Whether the form is folded out.
    shown: RwSignal<bool>,
}

impl Draft {
    pub(super) fn new() -> Self {
        Self {
            system: RwSignal::new(String::new()),
            text: RwSignal::new(None),
            shown: RwSignal::new(false),
        }
    }
}

/// The form; the copy is shown once it is on its way.
pub(super) fn rehearse(
    detail: &MessageDetail,
    systems: Loader<Vec<TestSystem>>,
    draft: Draft,
    act: Act,
    url: UrlState,
) -> AnyView {
    let id = detail.message.id;
    let told = serde_json::to_string_pretty(&detail.payload).unwrap_or_default();
    let form = loaded(systems, move |systems: Vec<TestSystem>, _| {
        form(id, &told, &systems, draft, act, url)
    });
    let shown = draft.shown;
    let turn = move |_| shown.update(|shown| *shown = !*shown);
    view! {
        <details class="px-4" open=shown.get_untracked() data-testid="delivery-rehearse">
            <summary class="cursor-pointer text-sm font-medium" on:click=turn>{t!("Try at a test system")}</summary>
            <div class="flex flex-col gap-2 pt-2">{form}</div>
        </details>
    }
    .into_any()
}

fn form(
    id: Uuid,
    told: &str,
    systems: &[TestSystem],
    draft: Draft,
    act: Act,
    url: UrlState,
) -> AnyView {
    let Some(first) = systems.first() else {
        let hint = t!(
            "No connection to this kind of system is a test system. Change, beside Results on its page, says that it is one."
        );
        return view! { <p class="text-sm text-muted" data-testid="no-test-system">{hint}</p> }
            .into_any();
    };
    let (chosen, typed, told) = (draft.system, draft.text, told.to_owned());
    let known = |id: &String| systems.iter().any(|system| system.id.to_string() == *id);
    if !chosen.with_untracked(known) {
        chosen.set(first.id.to_string());
    }
    let text = Signal::derive(move || typed.get().unwrap_or_else(|| told.clone()));
    let options: Vec<(String, String)> = systems
        .iter()
        .map(|system| (system.id.to_string(), system.name.clone()))
        .collect();
    let press = move |()| {
        let Ok(system) = chosen.get_untracked().parse::<ConnectionId>() else {
            return;
        };
        let call = api::deliveries::rehearse(id, system, text.get_untracked());
        let done = t!("A copy is on its way to the test system.");
        act.run(call, done, move |copy: Uuid| {
            url.open_over(MESSAGE, &copy.to_string());
        });
    };
    let input = view! {
        <textarea
            class="textarea h-48 w-full font-mono text-xs"
            spellcheck="false"
            data-testid="delivery-rehearse-payload"
            prop:value=move || text.get()
            on:input=move |event| typed.set(Some(event_target_value(&event)))
        />
    };
    let stays = t!("The message itself stays as it is; the copy is tried once.");
    view! {
        <SelectField label=t!("Test system") options value=chosen testid="delivery-rehearse-system" />
        {labelled(t!("Payload"), stays, input.into_any())}
        <div class="flex justify-end">
            <Button label=t!("Send a copy") pending=act.pending() on_press=press testid="delivery-rehearse-send" />
        </div>
    }
    .into_any()
}
