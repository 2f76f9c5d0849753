//! Deciding on a dry run.

use crate::api;
use crate::routes;
use crate::ui::act::{Act, use_act};
use crate::ui::button::{Button, ButtonKind, Press};
use crate::ui::dialog::Dialog;
use crate::ui::number::count;
use crate::ui::url_state::{UrlState, use_url_state};
use domain::SyncRunId;
use domain::sync::SyncCounts;
use leptos::prelude::*;

/// The decision on one preview. Opened before the run is read, so that it outlives reading again.
#[derive(Clone, Copy)]
pub(super) struct Applying {
    open: RwSignal<bool>,
    counts: RwSignal<SyncCounts>,
    /// The rows that would be marked inactive were shown.
    looked: RwSignal<bool>,
    accepted: RwSignal<bool>,
}

/// The decision of the page that calls it.
pub(super) fn use_applying() -> Applying {
    let url = use_url_state();
    let looked = RwSignal::new(false);
    Effect::new(move || {
        if url.get("kind").as_deref() == Some("deactivated") {
            looked.set(true);
        }
    });
    Applying {
        open: RwSignal::new(false),
        counts: RwSignal::new(SyncCounts::default()),
        looked,
        accepted: RwSignal::new(false),
    }
}

/// Apply or discard, for an open preview.
pub(super) fn buttons(id: SyncRunId, counts: SyncCounts, applying: Applying, act: Act) -> AnyView {
    let ask = move |()| {
        applying.counts.set(counts);
        applying.accepted.set(false);
        applying.open.set(true);
    };
    let discard = move |()| {
        act.run(
            api::sync_runs::discard_preview(id),
            t!("Discarded."),
            |()| (),
        );
    };
    view! {
        <span class="inline-flex gap-2">
            <Button label=t!("Discard") pending=act.pending() on_press=discard testid="preview-discard" />
            <Button label=t!("Apply…") kind=ButtonKind::Primary pending=act.pending() on_press=ask testid="preview-apply" />
        </span>
    }
    .into_any()
}

/// Asks whether to run it for real.
#[component]
pub(super) fn ApplyDialog(id: SyncRunId, applying: Applying) -> impl IntoView {
    let act = use_act();
    let url = use_url_state();
    let apply = Press::from(move |()| {
        let seen = applying.accepted.get_untracked();
        act.run(
            api::sync_runs::apply_preview(id, seen),
            t!("Sync requested. It starts within a second."),
            |real| {
                // From one run to another of the same page: it begins anew.
                let _ = window().location().set_href(&routes::sync_run(real));
            },
        );
    });
    view! {
        <Dialog open=applying.open title=t!("Run this sync for real?") testid="apply-dialog">
            <div class="flex flex-col gap-3">
                <p class="text-sm">{summary(&applying.counts.get_untracked())}</p>
                {deactivations(applying, url)}
                <div class="flex justify-end gap-2 pt-2">
                    <Button label=t!("Cancel") on_press=move |()| applying.open.set(false) />
                    <Button label=t!("Apply") kind=ButtonKind::Primary pending=act.pending() on_press=apply.clone() testid="apply-yes" />
                </div>
            </div>
        </Dialog>
    }
}

fn summary(counts: &SyncCounts) -> String {
    t!(
        "It reads upstream again: about {created} new, {updated} changed and {refused} refused rows. What changed there meanwhile comes along.",
        created = count(counts.created),
        updated = count(counts.updated),
        refused = count(counts.refused)
    )
}

fn deactivations(applying: Applying, url: UrlState) -> Option<AnyView> {
    let gone = applying.counts.get_untracked().deactivated;
    if gone == 0 {
        return None;
    }
    let Applying {
        looked, accepted, ..
    } = applying;
    let show = move |()| {
        applying.open.set(false);
        url.set("kind", "deactivated");
    };
    let text = t!(
        "I looked at the {gone} rows that become inactive; do not ask again for them",
        gone = count(gone)
    );
    Some(
        view! {
            <label class="flex items-start gap-2 text-sm">
                <input
                    class="checkbox checkbox-sm mt-0.5"
                    type="checkbox"
                    data-testid="apply-seen"
                    disabled=move || !looked.get()
                    prop:checked=move || accepted.get()
                    on:change=move |event| accepted.set(event_target_checked(&event))
                />
                <span>{text}</span>
            </label>
            <div class="flex items-center justify-between gap-3">
                <span class="text-xs text-muted">{t!("Otherwise the brake decides whether to ask. More rows than these always go through it.")}</span>
                <Button label=t!("Show them") small=true on_press=show testid="apply-show" />
            </div>
        }
        .into_any(),
    )
}
