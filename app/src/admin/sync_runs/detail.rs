//! One run: its figures as they grow, what was refused, what has to be decided.

use super::rejected::rejected;
use crate::AppError;
use crate::admin::connections::schedules::mode;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::{SiteTime, duration};
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, run_state};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::error::error_panel;
use crate::ui::header::detail_header;
use crate::ui::icon::{Icon, icon};
use crate::ui::load::loaded;
use crate::ui::number::count;
use crate::ui::panel::{facts, frame, panel};
use crate::ui::progress::busy;
use crate::ui::table::{link, maybe, plain};
use crate::ui::tile::tile;
use domain::SyncRunId;
use domain::live::Topic;
use domain::permission::Permission;
use domain::sync::{RunState, SyncRun};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page of one run.
#[component]
pub fn Detail() -> impl IntoView {
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .and_then(|id| id.parse().ok());
    let Some(id) = id.map(SyncRunId) else {
        return error_panel(&AppError::not_found("sync run"));
    };
    let live = use_live(Signal::stored(vec![Topic::SyncRun(id.0)]));
    let run = load(move || live.get(), move |_| api::sync_runs::get(id));
    let act = use_act();
    view! {
        {loaded(run, move |run: SyncRun, site| show(&run, &site, act))}
        {panel("Rows that were not accepted", None, rejected(id, live))}
    }
    .into_any()
}

fn show(run: &SyncRun, site: &SiteTime, act: Act) -> AnyView {
    let below = view! {
        <span class="inline-flex items-center gap-2">
            <span data-testid="run-state">{run_state(run.state)}</span>
            <span>{run.connection.clone()}</span>
        </span>
    };
    let head = detail_header(
        (routes::CONNECTIONS, "Connections"),
        &format!("{} · {}", run.entity.label(), mode(run.mode).to_lowercase()),
        below.into_any(),
        viewer_may(Permission::ManageConnections).then(|| buttons(run, act)),
    );
    let took = run
        .started_at
        .map(|from| duration((run.finished_at.unwrap_or(run.updated_at) - from).num_seconds()));
    let when = facts(vec![
        (
            "Connection",
            link(
                routes::connection(run.connection_id),
                run.connection.as_str(),
            ),
        ),
        ("Asked by", plain(run.requested_by.as_str())),
        ("Asked at", plain(site.date_time(run.requested_at))),
        ("Took", maybe(took)),
    ]);
    view! {
        <div class="flex flex-col gap-4">
            {head}
            {run.message.as_deref().map(|text| message(run.state, text))}
            <div class="flex flex-col gap-1">
                <div class="h-1">{(run.state == RunState::Running).then(busy)}</div>
                {figures(run)}
            </div>
            {frame(when)}
        </div>
    }
    .into_any()
}

fn figures(run: &SyncRun) -> AnyView {
    let counts = &run.counts;
    let refused = if counts.refused > 0 {
        Tone::Warning
    } else {
        Tone::Neutral
    };
    let rate = run.rows_per_second().map_or_else(|| "–".to_owned(), count);
    let tiles = vec![
        tile(
            "Rows",
            count(counts.rows),
            "read so far",
            Tone::Neutral,
            "run-rows",
        ),
        tile(
            "Rows/s",
            rate,
            "since the first page",
            Tone::Neutral,
            "run-rate",
        ),
        tile(
            "Pages",
            count(counts.pages),
            "committed",
            Tone::Neutral,
            "run-pages",
        ),
        tile(
            "Created",
            count(counts.created),
            "new here",
            Tone::Neutral,
            "run-created",
        ),
        tile(
            "Updated",
            count(counts.updated),
            "changed here",
            Tone::Neutral,
            "run-updated",
        ),
        tile(
            "Unchanged",
            count(counts.unchanged),
            "not written",
            Tone::Neutral,
            "run-unchanged",
        ),
        tile(
            "Refused",
            count(counts.refused),
            "see below",
            refused,
            "run-refused",
        ),
        tile(
            "Deactivated",
            count(counts.deactivated),
            "gone upstream",
            Tone::Neutral,
            "run-deactivated",
        ),
    ];
    view! { <div class="grid grid-cols-2 gap-3 md:grid-cols-4 xl:grid-cols-8">{tiles}</div> }
        .into_any()
}

fn message(state: RunState, text: &str) -> AnyView {
    let class = match state {
        RunState::Failed => "alert alert-error alert-soft rounded-md",
        RunState::NeedsApproval => "alert alert-warning alert-soft rounded-md",
        _ => "alert alert-info alert-soft rounded-md",
    };
    view! {
        <div class=class role="status" data-testid="run-message">
            {icon(Icon::Warning, "size-4")}
            <span class="text-sm">{text.to_owned()}</span>
        </div>
    }
    .into_any()
}

fn buttons(run: &SyncRun, act: Act) -> AnyView {
    let id = run.id;
    match run.state {
        RunState::Queued | RunState::Running => view! {
            <Button
                label="Cancel run"
                kind=ButtonKind::Danger
                before=Icon::Cross
                pending=act.pending()
                on_press=move |()| act.run(api::sync_runs::cancel(id), "It stops after the page under way.", |()| ())
                testid="run-cancel"
            />
        }
        .into_any(),
        RunState::NeedsApproval => view! {
            <span class="inline-flex gap-2">
                <Button
                    label="Leave them active"
                    pending=act.pending()
                    on_press=move |()| act.run(api::sync_runs::decide(id, false), "Nothing was deactivated.", |()| ())
                    testid="run-reject"
                />
                <Button
                    label="Deactivate them"
                    kind=ButtonKind::Danger
                    pending=act.pending()
                    on_press=move |()| act.run(api::sync_runs::decide(id, true), "Deactivation approved.", |()| ())
                    testid="run-approve"
                />
            </span>
        }
        .into_any(),
        RunState::Done | RunState::Failed | RunState::Cancelled => ().into_any(),
    }
}
