//! Acknowledging, giving to somebody, resolving with a note.

use super::list::seen_by;
use crate::api;
use crate::ui::act::{Act, use_act};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::dialog::Dialog;
use crate::ui::field::{TextField, choices};
use domain::exception::{Exception, ExceptionKind};
use domain::{ExceptionId, UserId};
use leptos::prelude::*;

/// What is being done with an exception.
#[derive(Clone, Copy)]
pub(super) struct LookAfter {
    act: Act,
    open: RwSignal<bool>,
    resolving: RwSignal<Option<(ExceptionId, String)>>,
}

/// Of the page that calls it.
pub(super) fn use_look_after() -> LookAfter {
    LookAfter {
        act: use_act(),
        open: RwSignal::new(false),
        resolving: RwSignal::new(None),
    }
}

impl LookAfter {
    /// Who looks after it, to choose.
    pub fn owner(self, row: &Exception, owners: &[(UserId, String)]) -> AnyView {
        let id = row.id;
        let chosen = row
            .owner
            .as_ref()
            .map_or_else(String::new, |(owner, _)| owner.to_string());
        let mut options = vec![(String::new(), t!("Nobody").to_owned())];
        options.extend(
            owners
                .iter()
                .map(|(owner, name)| (owner.to_string(), name.clone())),
        );
        let shown = RwSignal::new(chosen.clone());
        let give = move |event| {
            let value = event_target_value(&event);
            let call = api::exceptions::assign(id, value.parse::<UserId>().ok());
            self.act.choose(shown, value, call, t!("Given."));
        };
        view! {
            <select
                class="select select-xs h-7 w-40"
                aria-label=t!("Looked after by")
                data-testid="exception-owner"
                prop:value=move || shown.get()
                on:change=give
            >
                {choices(options, chosen)}
            </select>
            <span class="block text-xs text-muted" data-testid="seen-by">{seen_by(row)}</span>
        }
        .into_any()
    }

    /// What can be done with it.
    pub fn buttons(self, row: &Exception) -> AnyView {
        let (id, subject) = (row.id, row.subject.clone());
        let fresh = row.acknowledged_by.is_none();
        let acknowledge = move |()| {
            let call = api::exceptions::acknowledge(id);
            self.act.run(call, t!("Seen. You look after it."), |()| ());
        };
        let resolve = move |()| {
            self.resolving.set(Some((id, subject.clone())));
            self.open.set(true);
        };
        view! {
            <span class="inline-flex gap-2">
                {fresh.then(|| view! {
                    <Button label=t!("Acknowledge") small=true pending=self.act.pending() on_press=acknowledge testid="exception-acknowledge" />
                })}
                {if row.kind == ExceptionKind::Review {
                    self.decision(id)
                } else {
                    view! { <Button label=t!("Resolve…") small=true on_press=resolve testid="exception-resolve" /> }.into_any()
                }}
            </span>
        }
        .into_any()
    }

    /// Work done without a network counts, or it does not.
    fn decision(self, id: ExceptionId) -> AnyView {
        let decide = move |accept: bool, told: &'static str| {
            self.act
                .run(api::exceptions::decide(id, accept), told, |()| ());
        };
        let pending = self.act.pending();
        view! {
            <Button label=t!("Accept") small=true pending on_press=move |()| decide(true, t!("Accepted: it counts.")) testid="exception-accept" />
            <Button label=t!("Reject") small=true pending on_press=move |()| decide(false, t!("Rejected: it does not count.")) testid="exception-reject" />
        }
        .into_any()
    }
}

/// Asks what was done.
#[component]
pub(super) fn ResolveDialog(after: LookAfter) -> impl IntoView {
    let title = Signal::derive(move || match after.resolving.get() {
        Some((_, subject)) => t!("What was done about {subject}?", subject),
        None => String::new(),
    });
    view! {
        <Dialog open=after.open title testid="resolve-dialog">
            {form(after)}
        </Dialog>
    }
}

fn form(after: LookAfter) -> AnyView {
    let note = RwSignal::new(String::new());
    let resolve = move |()| {
        if let Some((id, _)) = after.resolving.get_untracked() {
            let call = api::exceptions::resolve(id, note.get_untracked());
            after.act.run(call, t!("Resolved."), move |()| {
                let _ = after.open.try_set(false);
            });
        }
    };
    view! {
        <div class="flex flex-col gap-3">
            <TextField
                label=t!("Note")
                value=note
                hint=t!("It is not raised again while its cause lasts.")
                testid="resolve-note"
            />
            <div class="flex justify-end gap-2">
                <Button label=t!("Cancel") on_press=move |()| after.open.set(false) />
                <Button
                    label=t!("Resolve")
                    kind=ButtonKind::Primary
                    disabled=Signal::derive(move || note.with(|note| note.trim().is_empty()))
                    pending=after.act.pending()
                    on_press=resolve
                    testid="resolve-yes"
                />
            </div>
        </div>
    }
    .into_any()
}
