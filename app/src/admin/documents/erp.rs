//! Whether the ERP has what the floor did, and what can be done.

use crate::api;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::act::Act;
use crate::ui::badge::{Tone, badge};
use crate::ui::button::{Button, ButtonKind, Press};
use crate::ui::field::TextField;
use crate::ui::table::link;
use crate::words::tell;
use domain::DocumentId;
use domain::document::{DocumentDetail, ErpEntry, ErpState, NOTE_LENGTH, UnsentResult};
use domain::outbox::MessageState;
use domain::permission::Permission;
use domain::rest::Rest;
use leptos::prelude::*;

/// The panel's body; `note` and `reason` outlive a reading of the document.
pub(super) fn erp(
    detail: &DocumentDetail,
    act: Act,
    note: RwSignal<String>,
    reason: RwSignal<String>,
    site: &SiteTime,
) -> AnyView {
    let (entry, id) = (&detail.erp, detail.document.id);
    let may = viewer_may(Permission::AssignTasks);
    let acts = match entry.state {
        ErpState::Waits if may => Some(mark(id, act, note)),
        ErpState::Entered if may => Some(take_back(id, act)),
        _ => None,
    };
    let unsent = entry.unsent.as_ref();
    let decision = unsent
        .filter(|_| may)
        .and_then(|unsent| decide(unsent, act, reason));
    let delivery = unsent
        .filter(|_| viewer_may(Permission::ManageConnections))
        .map(|unsent| link(routes::delivery(unsent.id), t!("Delivery")));
    let at = entry
        .entered
        .as_ref()
        .map(|entered| site.date_time(entered.at));
    view! {
        <div class="flex flex-col gap-2 px-4 py-3 text-sm" data-testid="erp-entry" data-state=word(entry)>
            <p class="flex flex-wrap items-baseline gap-2">
                {state_badge(entry.state)}
                <span>{tell(&entry.text)}</span>
                <span class="text-muted">{at}</span>
                {delivery}
            </p>
            {entry.todo.clone().map(|todo| view! { <p class="text-muted">{tell(&todo)}</p> })}
            {detail.rest.and_then(|rest| missing(rest, &detail.source))}
            {decision}
            {acts}
        </div>
    }
    .into_any()
}

/// Why what is missing cannot become work again here, where the button for it is left out.
fn missing(rest: Rest, erp: &str) -> Option<AnyView> {
    let text = match rest {
        Rest::Floor => return None,
        Rest::OnItsWay => t!(
            "{erp} is being told what is missing, and deals with it.",
            erp
        ),
        Rest::Erp => t!("{erp} was told what is missing, and deals with it.", erp),
        Rest::GivenUp => {
            t!("What is missing can become work again once its message is discarded.").to_owned()
        }
    };
    let shown = view! { <p class="text-muted" data-testid="rest">{text}</p> };
    Some(shown.into_any())
}

fn word(entry: &ErpEntry) -> &'static str {
    match entry.state {
        ErpState::NotDue => "not_due",
        ErpState::NotNeeded => "not_needed",
        ErpState::Waits => "waits",
        ErpState::Sending => "sending",
        ErpState::Entered => "entered",
    }
}

fn state_badge(state: ErpState) -> AnyView {
    match state {
        ErpState::NotDue => badge(Tone::Neutral, t!("Not due")),
        ErpState::NotNeeded => badge(Tone::Neutral, t!("Not needed")),
        ErpState::Waits => badge(Tone::Warning, t!("To be entered")),
        ErpState::Sending => badge(Tone::Info, t!("On its way")),
        ErpState::Entered => badge(Tone::Good, t!("Entered")),
    }
}

/// Trying a result again or giving it up, while it waits for a person or for its next attempt.
fn decide(unsent: &UnsentResult, act: Act, reason: RwSignal<String>) -> Option<AnyView> {
    let id = unsent.id;
    let unsaid = Signal::derive(move || reason.get().trim().chars().count() < 3);
    let decided = move |()| {
        let _ = reason.try_set(String::new());
    };
    let retry = move |()| {
        let call = api::webhooks::retry(id, reason.get_untracked());
        act.run(call, t!("Back in the queue."), decided);
    };
    let hasten = move |()| {
        let call = api::webhooks::hasten(id, reason.get_untracked());
        act.run(call, t!("It goes now."), decided);
    };
    let discard = move |()| {
        let call = api::webhooks::discard(id, reason.get_untracked());
        act.run(call, t!("Discarded."), decided);
    };
    let (label, testid, again) = match (unsent.state, unsent.failed) {
        (MessageState::Dead, _) => (t!("Try again"), "erp-retry", Press::from(retry)),
        (MessageState::Pending, true) => (t!("Try now"), "erp-hasten", Press::from(hasten)),
        _ => return None,
    };
    let shown = view! {
        <div class="flex flex-wrap items-end gap-2">
            <TextField label=t!("Reason") value=reason hint=t!("Needed before anything is decided, 3 characters or more. Kept with the message and in the audit.") testid="erp-reason" />
            <Button label kind=ButtonKind::Primary disabled=unsaid pending=act.pending() on_press=again testid />
            <Button label=t!("Discard") kind=ButtonKind::Danger disabled=unsaid pending=act.pending() on_press=discard testid="erp-discard" />
        </div>
    };
    Some(shown.into_any())
}

fn mark(id: DocumentId, act: Act, note: RwSignal<String>) -> AnyView {
    let unsaid = move || !NOTE_LENGTH.contains(&note.get().trim().chars().count());
    let press = move |()| {
        let call = api::documents::mark_entered(id, note.get_untracked());
        act.run(call, t!("Marked as entered."), move |()| {
            let _ = note.try_set(String::new());
        });
    };
    view! {
        <div class="flex flex-wrap items-end gap-2">
            <TextField label=t!("How, or under which number") value=note testid="erp-note" />
            <Button
                label=t!("Mark as entered")
                kind=ButtonKind::Primary
                disabled=Signal::derive(unsaid)
                pending=act.pending()
                on_press=press
                testid="erp-mark"
            />
        </div>
    }
    .into_any()
}

fn take_back(id: DocumentId, act: Act) -> AnyView {
    let press = move |()| {
        act.run(
            api::documents::unmark_entered(id),
            t!("Taken back."),
            |()| (),
        );
    };
    view! {
        <div>
            <Button label=t!("Take back") small=true pending=act.pending() on_press=press testid="erp-take-back" />
        </div>
    }
    .into_any()
}
