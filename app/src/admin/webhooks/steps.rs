//! The steps of a saga and where each stands.

use super::about::target;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::words::tell;
use domain::outbox::{MessageDetail, StepDetail, StepState};
use leptos::prelude::*;

/// The list; nothing for a message that is no saga of several steps.
pub(super) fn steps(detail: &MessageDetail, site: &SiteTime) -> AnyView {
    if detail.steps.is_empty() {
        return ().into_any();
    }
    let note = detail.undoing.then_some(t!(
        "A step was refused for good: what was written before it is taken back."
    ));
    let rows = detail.steps.iter().map(|step| one(step, site));
    view! {
        <div class="flex flex-col gap-1 px-4 text-sm">
            <span class="text-xs text-muted">{t!("Steps")}</span>
            {note.map(|note| view! { <p>{note}</p> })}
            <ol class="flex flex-col gap-1" data-testid="saga-steps">{rows.collect::<Vec<_>>()}</ol>
        </div>
    }
    .into_any()
}

fn one(step: &StepDetail, site: &SiteTime) -> AnyView {
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
    view! {
        <li class="flex flex-wrap items-center gap-2" data-testid="saga-step" data-key=step.state.as_str()>
            <span class="tabular-nums">{step.step.to_string()}</span>
            {badge(tone, word)}
            <span>{about}</span>
            <span class="text-muted">{target(&step.target)}</span>
            <span class="text-muted">{number}</span>
            <span class="text-muted">{site.short(step.changed_at)}</span>
        </li>
    }
    .into_any()
}
