//! What a connection brings: a card per entity, with its run as it advances.

use crate::api;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::act::Act;
use crate::ui::badge::run_state;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::icon::Icon;
use crate::ui::number::count;
use crate::ui::progress::busy;
use crate::words::{tell, tr};
use domain::ConnectionId;
use domain::connection::EntityStatus;
use domain::permission::Permission;
use domain::sync::{Entity, RunState, SyncMode, SyncRun};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// The cards.
pub(super) fn cards(
    connection: ConnectionId,
    entities: &[EntityStatus],
    site: &SiteTime,
    act: Act,
) -> AnyView {
    let cards = entities
        .iter()
        .map(|entity| card(connection, entity, site, act))
        .collect::<Vec<_>>();
    view! { <div class="grid gap-3 md:grid-cols-2 xl:grid-cols-3">{cards}</div> }.into_any()
}

fn card(connection: ConnectionId, status: &EntityStatus, site: &SiteTime, act: Act) -> AnyView {
    // What is read without a cursor, such as stock, has none although it ran.
    let cursor = match (status.cursor_at, &status.last_run) {
        (Some(at), _) => t!("Newest change read: {at}", at = site.date_time(at)),
        (None, Some(_)) => String::new(),
        (None, None) => t!("Never synchronised").to_owned(),
    };
    let active = status
        .last_run
        .as_ref()
        .is_some_and(|run| !run.state.is_final());
    let body = match &status.last_run {
        Some(run) => last_run(run, site),
        None => view! { <p class="text-sm text-muted">{t!("No run yet.")}</p> }.into_any(),
    };
    view! {
        <section class="panel flex flex-col" data-testid=format!("entity-{}", status.entity)>
            <div class="flex items-baseline justify-between gap-2 px-4 pt-3">
                <h2 class="text-sm font-semibold">{tr(status.entity.label())}</h2>
                <span class="text-xs text-muted" data-testid="entity-cursor">{cursor}</span>
            </div>
            <div class="flex-1 px-4 py-3">{body}</div>
            {viewer_may(Permission::ManageConnections)
                .then(|| buttons(connection, status.entity, active, act))}
        </section>
    }
    .into_any()
}

fn last_run(run: &SyncRun, site: &SiteTime) -> AnyView {
    let when = site.short(run.finished_at.unwrap_or(run.updated_at));
    let running = run.state == RunState::Running;
    view! {
        <div class="flex flex-col gap-2">
            <div class="flex items-center justify-between gap-2">
                <span data-testid="run-state">{run_state(run.state)}</span>
                <a class="text-xs text-muted hover:underline" href=routes::sync_run(run.id) data-testid="run-open">
                    {when}
                </a>
            </div>
            <div class="h-1">{running.then(busy)}</div>
            {run_figures(run)}
            {run
                .message
                .clone()
                .map(|message| view! { <p class="line-clamp-3 text-xs text-error">{tell(&message)}</p> })}
        </div>
    }
    .into_any()
}

/// What a run did so far.
pub(crate) fn run_figures(run: &SyncRun) -> AnyView {
    let counts = &run.counts;
    let rate = run.rows_per_second().map_or_else(|| "–".to_owned(), count);
    let figures = [
        (t!("Rows"), count(counts.rows), "run-rows"),
        (t!("Rows/s"), rate, "run-rate"),
        (t!("Pages"), count(counts.pages), "run-pages"),
        (t!("Created"), count(counts.created), "run-created"),
        (t!("Updated"), count(counts.updated), "run-updated"),
        (t!("Unchanged"), count(counts.unchanged), "run-unchanged"),
        (t!("Refused"), count(counts.refused), "run-refused"),
        (
            t!("Deactivated"),
            count(counts.deactivated),
            "run-deactivated",
        ),
    ]
    .into_iter()
    .map(|(term, value, testid)| {
        view! {
            <div class="flex items-baseline justify-between gap-2">
                <dt class="text-xs text-muted">{term}</dt>
                <dd class="text-sm tabular-nums" data-testid=testid>{value}</dd>
            </div>
        }
        .into_any()
    })
    .collect::<Vec<_>>();
    view! { <dl class="grid grid-cols-2 gap-x-5 gap-y-1">{figures}</dl> }.into_any()
}

fn buttons(connection: ConnectionId, entity: Entity, active: bool, act: Act) -> AnyView {
    let press = move |mode| {
        act.run(
            api::sync_runs::request(connection, entity, mode),
            t!("Sync requested. It starts within a second."),
            |_| (),
        );
    };
    let navigate = use_navigate();
    let look = move |()| {
        let navigate = navigate.clone();
        act.run(
            api::sync_runs::request_preview(connection, entity, SyncMode::Full),
            t!("Dry run requested. It starts within a second."),
            move |run| navigate(&routes::sync_run(run), Default::default()),
        );
    };
    view! {
        <div class="flex flex-wrap gap-2 border-t border-base-300 px-4 py-2.5">
            <Button
                label=t!("Sync now")
                kind=ButtonKind::Primary
                small=true
                before=Icon::Refresh
                disabled=Signal::stored(active)
                pending=act.pending()
                on_press=move |()| press(SyncMode::Delta)
                testid=format!("sync-now-{entity}")
            />
            <Button
                label=t!("Full sync")
                small=true
                disabled=Signal::stored(active)
                pending=act.pending()
                on_press=move |()| press(SyncMode::Full)
                testid=format!("sync-full-{entity}")
            />
            <Button
                label=t!("Dry run")
                kind=ButtonKind::Quiet
                small=true
                pending=act.pending()
                on_press=look
                testid=format!("sync-dry-{entity}")
            />
        </div>
    }
    .into_any()
}
