//! Changing what a dead message says before it is sent again. The browser judges it by the same rules as
//! the server, while it is typed.

use super::draft::{self, Draft, Text};
use super::message::Seen;
use crate::api;
use crate::load::Loader;
use crate::ui::act::Act;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::field::{TextField, labelled};
use crate::ui::load::loaded;
use crate::words::{tell, tr};
use domain::outbox::{MessageDetail, MessageState};
use domain::push::help::{FieldHelp, misfit};
use domain::push::{Push, PushError};
use leptos::prelude::*;
use serde_json::Value;
use uuid::Uuid;

/// Which step of a saga is changed, if one was chosen, and what was typed so far.
#[derive(Clone, Copy)]
pub(super) struct Editing {
    step: RwSignal<Option<i16>>,
    draft: Draft,
    reason: RwSignal<String>,
}

impl Editing {
    pub(super) fn new() -> Self {
        Self {
            step: RwSignal::new(None),
            draft: Draft::new(),
            reason: RwSignal::new(String::new()),
        }
    }

    /// The step that was chosen.
    pub(super) fn step(self) -> Option<i16> {
        self.step.get()
    }

    /// Asks for the form of a step, which stands open then.
    pub(super) fn choose(self, step: i16) {
        self.draft.shown.set(true);
        self.step.set(Some(step));
    }
}

/// What is changed: a command, or a step of a saga.
#[derive(Clone, PartialEq)]
struct Edited {
    step: Option<i16>,
    event: String,
    payload: Value,
}

impl Edited {
    /// A dead command, or the step of a dead saga that was chosen; none while that cannot be changed.
    fn of(detail: &MessageDetail, step: Option<i16>) -> Option<Self> {
        let message = &detail.message;
        if message.state != MessageState::Dead || message.connection_id.is_none() {
            return None;
        }
        if detail.steps.is_empty() {
            return Some(Self {
                step: None,
                event: message.event_type.clone(),
                payload: detail.payload.clone(),
            });
        }
        let number = step?;
        let mut steps = detail.steps.iter();
        let step = steps.find(|step| step.step == number && detail.can_edit(number))?;
        Some(Self {
            step: Some(number),
            event: step.event_type.clone(),
            payload: step.payload.clone(),
        })
    }
}

/// The form, while there is something to change. It stands there as long as that is the same command or step, whatever
/// else is read of the message meanwhile: who types keeps the keyboard.
pub(super) fn form(
    id: Uuid,
    seen: Seen,
    editing: Editing,
    help: Loader<Vec<FieldHelp>>,
    act: Act,
    open: RwSignal<bool>,
) -> AnyView {
    let edited = Memo::new(move |before: Option<&Option<Edited>>| {
        seen.with(|seen| {
            let (detail, _) = seen.as_ref()?;
            let now = Edited::of(detail, editing.step());
            // Somebody else sent it meanwhile, and it may be dead again in a moment.
            if now.is_none() && is_on_its_way(detail) && editing.draft.shown.get_untracked() {
                return before.cloned().flatten();
            }
            now
        })
    });
    let about = Memo::new(move |_| {
        edited.with(|edited| edited.as_ref().map(|one| (one.step, one.event.clone())))
    });
    let told = Memo::new(move |_| {
        let told = |edited: &Edited| draft::told(&edited.payload);
        edited.with(|edited| edited.as_ref().map(told).unwrap_or_default())
    });
    let form = move || {
        let (step, event) = about.get()?;
        let text = editing.draft.text(step, told);
        Some(edit((id, step, event), text, editing, help, act, open))
    };
    view! { {form} }.into_any()
}

fn is_on_its_way(detail: &MessageDetail) -> bool {
    let state = detail.message.state;
    matches!(state, MessageState::Pending | MessageState::InProgress)
}

fn edit(
    (id, step, event): (Uuid, Option<i16>, String),
    text: Text,
    editing: Editing,
    help: Loader<Vec<FieldHelp>>,
    act: Act,
    open: RwSignal<bool>,
) -> AnyView {
    let title = match step {
        None => t!("Change what is sent").to_owned(),
        Some(step) => t!("Change what step {step} sends", step),
    };
    let Editing { draft, reason, .. } = editing;
    let known = RwSignal::new(Vec::<FieldHelp>::new());
    let fault = Memo::new(move |_| known.with(|fields| judged(&event, fields, &text.get())));
    let wrong =
        Signal::derive(move || fault.get().is_some() || reason.get().trim().chars().count() < 3);
    let (input, overtaken) = (text.area("delivery-payload"), text.overtaken());
    let press = move |()| {
        let call = api::deliveries::edit(id, step, text.get_untracked(), reason.get_untracked());
        act.run(call, t!("Changed, and back in the queue."), move |()| {
            let _ = open.try_set(false);
        });
    };
    let said = move || match fault.get() {
        Some(fault) => {
            view! { <p class="text-sm text-error" data-testid="delivery-fault">{fault}</p> }
                .into_any()
        }
        None => view! { <p class="text-sm text-success">{t!("It can be sent like this.")}</p> }
            .into_any(),
    };
    let form = view! {
        {labelled(t!("Payload"), t!("What was queued first is kept."), input)}
        {overtaken}
        {said}
        {loaded(help, move |fields: Vec<FieldHelp>, _| {
            known.set(fields.clone());
            meanings(fields)
        })}
        <TextField label=t!("Reason for the change") value=reason testid="delivery-edit-reason" />
        <div class="flex justify-end">
            <Button label=t!("Change and try again") kind=ButtonKind::Primary disabled=wrong pending=act.pending() on_press=press testid="delivery-edit-send" />
        </div>
    };
    draft.folded(title, form.into_any(), "delivery-edit")
}

/// The fields, what each holds and means.
fn meanings(fields: Vec<FieldHelp>) -> AnyView {
    let rows = fields
        .into_iter()
        .map(|field| {
            let holds = match field.required {
                true => t!("{kind}, needed", kind = tr(field.kind.label())),
                false => tr(field.kind.label()).to_owned(),
            };
            let key = field.path.clone();
            view! {
                <li data-testid="payload-field" data-key=key>
                    <span class="font-mono">{field.path}</span>
                    <span class="px-2 text-muted">{holds}</span>
                    <span>{tell(&field.meaning)}</span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    view! {
        <details data-testid="payload-fields">
            <summary class="cursor-pointer text-sm">{t!("The fields and what they mean")}</summary>
            <ul class="flex max-h-48 flex-col gap-1 overflow-y-auto pt-1 text-xs">{rows}</ul>
        </details>
    }
    .into_any()
}

/// What is wrong with it; a field that is missing or holds something else is named.
fn judged(event: &str, fields: &[FieldHelp], text: &str) -> Option<String> {
    let payload = match serde_json::from_str(text) {
        Ok(payload) => payload,
        Err(error) => return Some(t!("This is no JSON: {error}.", error)),
    };
    let error = Push::parse(event, &payload).err()?;
    Some(match (&error, misfit(fields, &payload)) {
        (PushError::Shape(_), Some((field, kind))) => {
            t!(
                "{field}: here belongs {kind}.",
                field,
                kind = tr(kind.label())
            )
        }
        _ => error.to_string(),
    })
}
