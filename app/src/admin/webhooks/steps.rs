//! The steps of a saga and where each stands.

use super::about::target;
use super::edit::Editing;
use super::message::block;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::Button;
use crate::words::tell;
use domain::outbox::{MessageDetail, MessageState, StepDetail, StepState};
use leptos::prelude::*;

/// The list; nothing for a message that is no saga of several steps. A step that can be changed is chosen in `editing`
/// when that is asked for.
pub(super) fn steps(detail: &MessageDetail, site: &SiteTime, editing: Editing) -> AnyView {
    if detail.steps.is_empty() {
        return ().into_any();
    }
    let in_doubt = detail.message.state == MessageState::Dead && detail.outcome_unknown;
    let note = match (detail.undoing, in_doubt) {
        (true, _) => Some(t!(
            "A step was refused for good: what was written before it is taken back."
        )),
        (false, true) => Some(t!(
            "The step it stands at may have been written: look in the ERP first. If it is not there, try again; if it is, discarding the saga takes it back where the ERP can do that, and it can be edited then."
        )),
        (false, false) => None,
    };
    let rows = detail
        .steps
        .iter()
        .map(|step| one(step, site, detail.can_edit(step.step).then_some(editing)));
    view! {
        <div class="flex flex-col gap-1 px-4 text-sm">
            <span class="text-xs text-muted">{t!("Steps")}</span>
            {note.map(|note| view! { <p>{note}</p> })}
            <ol class="flex flex-col gap-1" data-testid="saga-steps">{rows.collect::<Vec<_>>()}</ol>
        </div>
    }
    .into_any()
}

fn one(step: &StepDetail, site: &SiteTime, editing: Option<Editing>) -> AnyView {
    let (tone, word) = match step.state {
        StepState::Waiting => (Tone::Neutral, t!("Waits")),
        StepState::Accepted => (Tone::Good, t!("Accepted")),
        StepState::Refused => (Tone::Bad, t!("Refused")),
        StepState::Unknown => (Tone::Warning, t!("Perhaps written")),
        StepState::Undone => (Tone::Info, t!("Taken back")),
    };
    let number = step
        .acceptance
        .as_ref()
        .and_then(|answer| answer["number"].as_str().map(str::to_owned));
    let about = tell(&domain::erp::summary(&step.event_type, &step.payload));
    let place = step.step;
    let change = editing.map(|editing| {
        let press = move |()| editing.choose(place);
        view! { <Button label=t!("Edit and retry") small=true on_press=press testid="step-edit" /> }
    });
    let first = step.original_payload.as_ref().map(|first| {
        let text = serde_json::to_string_pretty(first).unwrap_or_default();
        view! {
            <details class="w-full" data-testid="step-original">
                <summary class="cursor-pointer text-xs font-medium">{t!("What was queued first")}</summary>
                {block("", text)}
            </details>
        }
    });
    view! {
        <li class="flex flex-wrap items-center gap-2" data-testid="saga-step" data-key=step.state.as_str()>
            <span class="tabular-nums">{place.to_string()}</span>
            {badge(tone, word)}
            <span>{about}</span>
            <span class="text-muted">{target(&step.target)}</span>
            <span class="text-muted">{number}</span>
            <span class="text-muted">{site.short(step.changed_at)}</span>
            {change}
            {first}
        </li>
    }
    .into_any()
}
