//! Trying a message out at a test system, before it is sent again where it counts.

use super::draft::{self, Draft, Text};
use super::message::{MESSAGE, Seen};
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

/// Where a copy goes, and what it says so far.
#[derive(Clone, Copy)]
pub(super) struct Trial {
    draft: Draft,
    /// The test system; empty until one is chosen.
    system: RwSignal<String>,
}

impl Trial {
    pub(super) fn new() -> Self {
        Self {
            draft: Draft::new(),
            system: RwSignal::new(String::new()),
        }
    }
}

/// The form of a command; the copy is shown once it is on its way.
pub(super) fn rehearse(
    id: Uuid,
    seen: Seen,
    systems: Loader<Vec<TestSystem>>,
    trial: Trial,
    act: Act,
    url: UrlState,
) -> AnyView {
    let is_command = Memo::new(move |_| {
        seen.with(|seen| seen.as_ref().is_some_and(|(detail, _)| of_command(detail)))
    });
    let told = Memo::new(move |_| {
        seen.with(|seen| {
            let told = seen
                .as_ref()
                .map(|(detail, _)| draft::told(&detail.payload));
            told.unwrap_or_default()
        })
    });
    let Trial { draft, system } = trial;
    let text = draft.text(None, told);
    let shown = move || {
        is_command.get().then(|| {
            let form = loaded(systems, move |systems: Vec<TestSystem>, _| {
                form(id, text, &systems, system, act, url)
            });
            let title = t!("Try at a test system").to_owned();
            draft.folded(title, form, "delivery-rehearse")
        })
    };
    view! { {shown} }.into_any()
}

/// Whether it is one command to an ERP.
fn of_command(detail: &MessageDetail) -> bool {
    detail.message.connection_id.is_some() && detail.steps.is_empty()
}

fn form(
    id: Uuid,
    text: Text,
    systems: &[TestSystem],
    chosen: RwSignal<String>,
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
    let known = |id: &String| systems.iter().any(|system| system.id.to_string() == *id);
    if !chosen.with_untracked(known) {
        chosen.set(first.id.to_string());
    }
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
    let input = text.area("delivery-rehearse-payload");
    let stays = t!("The message itself stays as it is; the copy is tried once.");
    view! {
        <SelectField label=t!("Test system") options value=chosen testid="delivery-rehearse-system" />
        {labelled(t!("Payload"), stays, input)}
        {text.overtaken()}
        <div class="flex justify-end">
            <Button label=t!("Send a copy") pending=act.pending() on_press=press testid="delivery-rehearse-send" />
        </div>
    }
    .into_any()
}
