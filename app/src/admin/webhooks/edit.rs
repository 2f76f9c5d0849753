//! Changing what a dead message says before it is sent again. The browser judges it by the same rules as
//! the server, while it is typed.

use crate::api;
use crate::ui::act::Act;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::field::{TextField, labelled};
use domain::outbox::MessageDetail;
use domain::push::Push;
use leptos::prelude::*;

/// The form.
pub(super) fn edit(detail: &MessageDetail, act: Act, open: RwSignal<bool>) -> AnyView {
    let (id, event) = (detail.message.id, detail.message.event_type.clone());
    let before = serde_json::to_string_pretty(&detail.payload).unwrap_or_default();
    let (text, reason) = (RwSignal::new(before), RwSignal::new(String::new()));
    let fault = Memo::new(move |_| judged(&event, &text.get()));
    let wrong =
        Signal::derive(move || fault.get().is_some() || reason.get().trim().chars().count() < 3);
    let press = move |()| {
        let call = api::deliveries::edit(id, text.get_untracked(), reason.get_untracked());
        act.run(call, t!("Changed, and back in the queue."), move |()| {
            let _ = open.try_set(false);
        });
    };
    let input = view! {
        <textarea
            class="textarea h-48 w-full font-mono text-xs"
            spellcheck="false"
            data-testid="delivery-payload"
            prop:value=move || text.get()
            on:input=move |event| text.set(event_target_value(&event))
        />
    };
    let said = move || match fault.get() {
        Some(fault) => {
            view! { <p class="text-sm text-error" data-testid="delivery-fault">{fault}</p> }
                .into_any()
        }
        None => view! { <p class="text-sm text-success">{t!("It can be sent like this.")}</p> }
            .into_any(),
    };
    view! {
        <details class="px-4" data-testid="delivery-edit">
            <summary class="cursor-pointer text-sm font-medium">{t!("Change what is sent")}</summary>
            <div class="flex flex-col gap-2 pt-2">
                {labelled(t!("Payload"), t!("What was queued first is kept."), input.into_any())}
                {said}
                <TextField label=t!("Reason for the change") value=reason testid="delivery-edit-reason" />
                <div class="flex justify-end">
                    <Button label=t!("Change and try again") kind=ButtonKind::Primary disabled=wrong pending=act.pending() on_press=press testid="delivery-edit-send" />
                </div>
            </div>
        </details>
    }
    .into_any()
}

/// What is wrong with it.
fn judged(event: &str, text: &str) -> Option<String> {
    match serde_json::from_str(text) {
        Err(error) => Some(t!("This is no JSON: {error}.", error)),
        Ok(payload) => Push::parse(event, &payload)
            .err()
            .map(|error| error.to_string()),
    }
}
