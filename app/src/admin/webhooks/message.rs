//! One message: what is told, every attempt with its answer, and a person's word on a dead one.

use super::about::{about, target};
use super::deliveries::{next_attempt, state_badge};
use super::edit::{self, Editing};
use super::rehearse::{self, Trial};
use super::steps;
use crate::api;
use crate::load::load;
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, ButtonKind, Press};
use crate::ui::dialog::Dialog;
use crate::ui::field::TextField;
use crate::ui::load::loaded;
use crate::ui::number::milliseconds;
use crate::ui::panel::facts;
use crate::ui::table::{code, link, maybe, plain};
use crate::ui::url_state::UrlState;
use crate::words::{tell, tr};
use domain::outbox::{Attempt, AttemptOutcome, MessageDetail, MessageState};
use leptos::prelude::*;
use uuid::Uuid;

/// What the address calls the message that is shown.
pub(super) const MESSAGE: &str = "message";

/// Shown while the address names a message.
#[component]
pub(super) fn MessageDialog(
    /// The page's address.
    url: UrlState,
    /// Grows when deliveries change.
    live: Signal<u64>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let opened = Memo::new(move |_| url.parsed::<Uuid>(MESSAGE));
    Effect::new(move |_| open.set(opened.get().is_some()));
    // Only what was open is closed: each of these two wakes the other.
    Effect::new(move |was: Option<bool>| {
        let is = open.get();
        if was == Some(true) && !is && opened.get_untracked().is_some() {
            url.open_over(MESSAGE, "");
        }
        is
    });
    let body = move || match opened.get_untracked() {
        Some(id) => message(id, live, open, url),
        None => ().into_any(),
    };
    view! {
        <Dialog open title=t!("Delivery") testid="delivery-dialog" wide=true>
            {body()}
        </Dialog>
    }
}

/// The message as it was read last, with the site's time.
pub(super) type Seen = RwSignal<Option<(MessageDetail, SiteTime)>>;

/// The forms stand between what is drawn anew whenever the message is read, and are not drawn anew with it.
fn message(id: Uuid, live: Signal<u64>, open: RwSignal<bool>, url: UrlState) -> AnyView {
    let detail = load(move || live.get(), move |_| api::webhooks::delivery(id));
    let editing = Editing::new();
    let help = load(
        move || editing.step(),
        move |step| api::deliveries::help(id, step),
    );
    let systems = load(|| (), move |()| api::deliveries::test_systems(id));
    let (act, reason) = (use_act(), RwSignal::new(String::new()));
    let trial = Trial::new();
    let seen = Seen::new(None);
    let above = loaded(detail, move |detail: MessageDetail, site| {
        let shown = head(&detail, &site);
        let _ = seen.try_set(Some((detail, site)));
        shown
    });
    let steps = move || {
        seen.with(|seen| {
            let (detail, site) = seen.as_ref()?;
            Some(steps::steps(detail, site, editing))
        })
    };
    let below = move || {
        seen.with(|seen| {
            let (detail, site) = seen.as_ref()?;
            Some(history(detail, site))
        })
    };
    view! {
        <div class="-mx-4 flex max-h-[78vh] flex-col gap-3 overflow-y-auto" data-testid="delivery">
            {above}
            {decide(id, seen, act, reason, open)}
            {steps}
            {edit::form(id, seen, editing, help, act, open)}
            {rehearse::rehearse(id, seen, systems, trial, act, url)}
            {below}
        </div>
    }
    .into_any()
}

/// What it is and where it stands.
fn head(detail: &MessageDetail, site: &SiteTime) -> AnyView {
    let message = &detail.message;
    let settled = detail.settled_by.as_ref().map(|by| {
        format!(
            "{by}: {}",
            detail.settled_reason.clone().unwrap_or_default()
        )
    });
    // Of one that got there, only its attempts tell what went wrong before.
    let failed = message.state != MessageState::Completed;
    let cause = message.cause.filter(|_| failed);
    let cause = cause.map(|cause| tr(cause.label()).to_owned());
    let original = message.rehearsal_of;
    let original = original.map(|id| link(routes::delivery(id), t!("the original")));
    let original = original.map(|link| (t!("Copy of"), link));
    let known = [
        (t!("About"), about(message)),
        (t!("Goes to"), plain(target(&message.target))),
        (t!("State"), state_badge(message)),
        (t!("Cause"), maybe(cause)),
        (t!("Queued"), plain(site.short(message.created_at))),
        (t!("Next attempt"), maybe(next_attempt(message, site))),
        (t!("Last decision"), maybe(settled)),
    ];
    facts(known.into_iter().chain(original).collect())
}

/// What was tried, what is told and what came of it.
fn history(detail: &MessageDetail, site: &SiteTime) -> AnyView {
    let attempts = detail.attempts.iter().enumerate();
    let attempts = attempts
        .map(|(number, attempt)| one(attempt, number == 0, site))
        .collect::<Vec<_>>();
    view! {
        <ol class="flex flex-col gap-2 px-4">{attempts}</ol>
        {contents(detail)}
        {identities(detail)}
    }
    .into_any()
}

/// What is told and what came of it, side by side.
fn contents(detail: &MessageDetail) -> AnyView {
    let pretty =
        |value: &serde_json::Value| serde_json::to_string_pretty(value).unwrap_or_default();
    let original = detail.original_payload.as_ref().map(pretty);
    let result = detail.result.as_ref().map(pretty);
    view! {
        <div class="grid px-1 md:grid-cols-2" data-testid="delivery-contents">
            {block(t!("What is told"), pretty(&detail.payload))}
            {result.map(|text| block(t!("What it became"), text))}
            {original.map(|text| block(t!("What was queued first"), text))}
        </div>
    }
    .into_any()
}

/// What logs and other programs call it.
fn identities(detail: &MessageDetail) -> AnyView {
    let message = &detail.message;
    facts(vec![
        (t!("Event"), code(message.event_type.as_str())),
        (t!("Id"), code(message.id.to_string())),
        (t!("Saga"), code(message.saga_id.to_string())),
        (t!("Correlation id"), code(detail.correlation_id.as_str())),
    ])
}

/// A person's word on it, while it waits. What is typed stands there whatever is read of the message meanwhile.
fn decide(
    id: Uuid,
    seen: Seen,
    act: Act,
    reason: RwSignal<String>,
    open: RwSignal<bool>,
) -> AnyView {
    let standing = Memo::new(move |_| {
        seen.with(|seen| {
            let (detail, _) = seen.as_ref()?;
            let message = &detail.message;
            let waits = matches!(message.state, MessageState::Dead | MessageState::Pending);
            waits.then_some((message.state, message.held))
        })
    });
    let waits = Memo::new(move |_| standing.get().is_some());
    let missing = Signal::derive(move || reason.get().trim().chars().count() < 3);
    let close = move |()| {
        let _ = open.try_set(false);
    };
    let retry = move |()| {
        let call = api::webhooks::retry(id, reason.get_untracked());
        act.run(call, t!("Back in the queue."), close);
    };
    let discard = move |()| {
        let call = api::webhooks::discard(id, reason.get_untracked());
        act.run(call, t!("Discarded."), close);
    };
    let hasten = move |()| {
        let call = api::webhooks::hasten(id, reason.get_untracked());
        act.run(call, t!("It goes now."), close);
    };
    let again = move || {
        let (label, testid, press) = match standing.get()? {
            (MessageState::Dead, _) => (t!("Try again"), "delivery-retry", Press::from(retry)),
            (_, false) => (t!("Try now"), "delivery-hasten", Press::from(hasten)),
            (_, true) => return None,
        };
        Some(view! {
            <Button label kind=ButtonKind::Primary disabled=missing pending=act.pending() on_press=press testid />
        })
    };
    let form = move || {
        waits.get().then(|| view! {
            <div class="flex flex-col gap-2 px-4">
                <TextField label=t!("Reason") value=reason hint=t!("Needed before anything is decided, 3 characters or more. Kept with the message and in the audit.") testid="delivery-reason" />
                <div class="flex justify-end gap-2">
                    <Button label=t!("Discard") kind=ButtonKind::Danger disabled=missing pending=act.pending() on_press=discard testid="delivery-discard" />
                    {again}
                </div>
            </div>
        })
    };
    view! { {form} }.into_any()
}

/// An attempt; what was sent and answered is shown at once for the newest.
fn one(attempt: &Attempt, newest: bool, site: &SiteTime) -> AnyView {
    let (tone, word) = match attempt.outcome {
        AttemptOutcome::Delivered => (Tone::Good, t!("Accepted")),
        AttemptOutcome::Failed => (Tone::Bad, t!("Failed")),
        AttemptOutcome::Postponed => (Tone::Warning, t!("Asked to wait")),
        AttemptOutcome::Lost => (Tone::Warning, t!("Worker lost")),
    };
    let status = attempt
        .status
        .map(|status| t!("status {status}", status) + ", ");
    let answer = attempt.answer.clone().filter(|text| !text.is_empty());
    let mut calls = attempt.calls().into_iter().map(str::to_owned);
    let last = calls.next();
    let before: Vec<String> = calls.collect();
    let exchanged = last.is_some() || answer.is_some();
    let sent = match attempt.outcome {
        AttemptOutcome::Failed => t!("Sent: the call that failed"),
        _ => t!("Sent"),
    };
    let took = status.unwrap_or_default() + &milliseconds(attempt.latency_ms);
    view! {
        <li class="rounded-md border border-base-300" data-testid="attempt" data-key=attempt.outcome.as_str()>
            <div class="flex flex-wrap items-center gap-2 px-3 py-2 text-sm">
                {badge(tone, word)}
                <span>{site.short(attempt.at)}</span>
                <span class="text-muted">{took}</span>
                <span>{attempt.error.as_deref().map(tell)}</span>
            </div>
            {exchanged.then(|| view! {
                <details class="pb-1" open=newest>
                    <summary class="cursor-pointer px-3 pb-1 text-xs font-medium">{t!("Sent and answered")}</summary>
                    <div class="grid md:grid-cols-2">
                        {last.map(|text| block(sent, text))}
                        {answer.map(|text| block(t!("Answered"), text))}
                    </div>
                    {earlier(before)}
                </details>
            })}
        </li>
    }
    .into_any()
}

/// The calls before the one that decided, each with its answer.
fn earlier(calls: Vec<String>) -> Option<AnyView> {
    if calls.is_empty() {
        return None;
    }
    let count = calls.len();
    let blocks: Vec<AnyView> = calls.into_iter().map(|text| block("", text)).collect();
    let shown = view! {
        <details data-testid="earlier-calls">
            <summary class="cursor-pointer px-3 pb-1 text-xs font-medium">
                {tn!("{count} call before it, with its answer", "{count} calls before it, the newest first, each with its answer", count)}
            </summary>
            {blocks}
        </details>
    };
    Some(shown.into_any())
}

pub(super) fn block(label: &'static str, text: String) -> AnyView {
    view! {
        <div class="flex min-w-0 flex-col gap-1 px-3 pb-2">
            {(!label.is_empty()).then(|| view! { <span class="text-xs text-muted">{label}</span> })}
            <pre tabindex="0" class="max-h-48 overflow-auto rounded bg-base-200 p-2 text-xs whitespace-pre-wrap break-all">{text}</pre>
        </div>
    }
    .into_any()
}
