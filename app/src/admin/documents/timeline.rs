//! What happened to a document, newest first.

use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::clipboard;
use crate::ui::empty::empty;
use crate::ui::icon::{Icon, icon};
use crate::ui::table::link;
use crate::ui::toast::{Toasts, use_toasts};
use crate::words::tell;
use domain::permission::Permission;
use domain::timeline::{TimelineEntry, TimelineKind};
use leptos::prelude::*;

/// Entries that are shown whole; more scroll in a box of their own.
const SHOWN: usize = 12;
/// Characters by which people tell requests apart.
const SHORT: usize = 8;

/// The list.
pub(super) fn timeline(mut entries: Vec<TimelineEntry>, site: &SiteTime) -> AnyView {
    if entries.is_empty() {
        return empty(
            Icon::Clock,
            t!("Nothing happened yet"),
            t!("Imports, picks and edits will be listed here."),
            None,
        );
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.id));
    let long = entries.len() > SHOWN;
    let toasts = use_toasts();
    let entries = entries
        .into_iter()
        .map(|entry| one(entry, site, toasts))
        .collect::<Vec<_>>();
    let list = view! { <ol class="flex flex-col px-4 py-3" data-testid="timeline">{entries}</ol> };
    if long {
        view! { <div class="scroll-edge max-h-[36rem] overflow-y-scroll" tabindex="0">{list}</div> }
            .into_any()
    } else {
        list.into_any()
    }
}

/// What the logs call the request behind an entry: its beginning, and all of it on the clipboard.
fn request(id: String, toasts: Toasts) -> AnyView {
    let short = match id.char_indices().nth(SHORT) {
        Some((end, _)) => format!("{}…", id.get(..end).unwrap_or_default()),
        None => id.clone(),
    };
    let title = id.clone();
    let copy = move |_| {
        if clipboard::copy(&id) {
            toasts.good(t!("Copied: {id}", id));
        } else {
            toasts.bad(t!("This browser does not copy here: {id}", id));
        }
    };
    view! {
        <button type="button" class="cursor-pointer hover:underline" title=title data-testid="timeline-request" on:click=copy>
            {t!("Request {id}", id = short)}
        </button>
    }
    .into_any()
}

fn one(entry: TimelineEntry, site: &SiteTime, toasts: Toasts) -> AnyView {
    let (drawing, class) = look(entry.kind);
    let call = entry.correlation_id.map(|id| request(id, toasts));
    let message = entry
        .message_id
        .filter(|_| viewer_may(Permission::ManageConnections))
        .map(|id| link(routes::delivery(id), t!("Delivery")));
    view! {
        <li class="relative flex gap-3 pb-4 last:pb-0" data-testid="timeline-entry" data-key=entry.kind.as_str()>
            <span class=class>{icon(drawing, "size-3.5")}</span>
            <div class="min-w-0 flex-1">
                <p class="text-sm">{tell(&entry.text)}</p>
                <p class="flex flex-wrap gap-x-2 text-xs text-muted">
                    <span>{entry.actor}</span>
                    <span>{site.short(entry.at)}</span>
                    {call}
                    {message}
                </p>
            </div>
        </li>
    }
    .into_any()
}

fn look(kind: TimelineKind) -> (Icon, &'static str) {
    const PLAIN: &str =
        "mt-0.5 grid size-6 shrink-0 place-items-center rounded-full bg-base-200 text-base-content";
    const GOOD: &str =
        "mt-0.5 grid size-6 shrink-0 place-items-center rounded-full bg-success/15 text-success";
    const LOOK: &str =
        "mt-0.5 grid size-6 shrink-0 place-items-center rounded-full bg-warning/15 text-warning";
    const BAD: &str =
        "mt-0.5 grid size-6 shrink-0 place-items-center rounded-full bg-error/15 text-error";
    match kind {
        TimelineKind::Imported => (Icon::Download, PLAIN),
        TimelineKind::Edited => (Icon::Pencil, PLAIN),
        TimelineKind::Conflict => (Icon::Warning, BAD),
        TimelineKind::Resolved => (Icon::Check, PLAIN),
        TimelineKind::Recalculated => (Icon::Refresh, PLAIN),
        TimelineKind::Assigned | TimelineKind::Claimed => (Icon::Person, PLAIN),
        TimelineKind::Planned => (Icon::Clock, PLAIN),
        TimelineKind::Picked | TimelineKind::PutAway => (Icon::Scanner, GOOD),
        TimelineKind::Shortage => (Icon::Warning, LOOK),
        TimelineKind::Photo => (Icon::Camera, PLAIN),
        TimelineKind::Undone => (Icon::Undo, LOOK),
        TimelineKind::Finished => (Icon::Check, GOOD),
        TimelineKind::Cancelled => (Icon::Cross, BAD),
        TimelineKind::Queued => (Icon::Clock, PLAIN),
        TimelineKind::Attempted => (Icon::Refresh, LOOK),
        TimelineKind::Delivered => (Icon::Check, GOOD),
        TimelineKind::Undelivered => (Icon::Warning, BAD),
    }
}
