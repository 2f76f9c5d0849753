//! One run: its figures as they grow, what was refused, what has to be decided.

use super::apply::{self, ApplyDialog, Applying, use_applying};
use super::figures::{figures, message};
use super::history::{asked_by, state};
use super::preview::preview;
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
use crate::ui::button::{Button, ButtonKind};
use crate::ui::error::error_panel;
use crate::ui::header::detail_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::panel::{facts, frame, panel};
use crate::ui::progress::busy;
use crate::ui::table::{code, link, maybe, plain};
use crate::words::tr;
use domain::SyncRunId;
use domain::live::Topic;
use domain::permission::Permission;
use domain::preview::{PreviewOutcome, PreviewState};
use domain::sync::{RunState, SyncRun};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page of one run.
#[component]
pub fn Detail() -> impl IntoView {
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .and_then(|id| id.parse().ok());
    match id.map(SyncRunId) {
        Some(id) => page(id),
        None => error_panel(&AppError::not_found(t!("sync run"))),
    }
}

fn page(id: SyncRunId) -> AnyView {
    let live = use_live(Signal::stored(vec![Topic::SyncRun(id.0)]));
    let run = load(move || live.get(), move |_| api::sync_runs::get(id));
    let (act, applying) = (use_act(), use_applying());
    let below = load(
        || (),
        move |()| async move { Ok(api::sync_runs::get(id).await?.dry) },
    );
    let below = loaded(below, move |dry: bool, _| match dry {
        true => preview(id, live),
        false => panel(t!("Rows that were not accepted"), None, rejected(id, live)),
    });
    view! {
        {loaded(run, move |run: SyncRun, site| show(&run, &site, act, applying))}
        {below}
        <ApplyDialog id applying />
    }
    .into_any()
}

fn show(run: &SyncRun, site: &SiteTime, act: Act, applying: Applying) -> AnyView {
    let below = view! {
        <span class="inline-flex items-center gap-2">
            <span data-testid="run-state">{state(run)}</span>
            <span>{run.connection.clone()}</span>
        </span>
    };
    let head = detail_header(
        (routes::SYNC_RUNS, t!("Sync runs")),
        &format!(
            "{} · {}",
            tr(run.entity.label()),
            mode(run.mode).to_lowercase()
        ),
        below.into_any(),
        viewer_may(Permission::ManageConnections).then(|| buttons(run, act, applying)),
    );
    view! {
        <div class="flex flex-col gap-4">
            {head}
            {run.message.as_deref().map(|text| message(run.state, text))}
            <div class="flex flex-col gap-1">
                <div class="h-1">{(run.state == RunState::Running).then(busy)}</div>
                {figures(run)}
            </div>
            {frame(facts(known(run, site)))}
        </div>
    }
    .into_any()
}

fn known(run: &SyncRun, site: &SiteTime) -> Vec<(&'static str, AnyView)> {
    let took = run
        .started_at
        .map(|from| duration((run.finished_at.unwrap_or(run.updated_at) - from).num_seconds()));
    let connection = link(
        routes::connection(run.connection_id),
        run.connection.as_str(),
    );
    let mut known = vec![
        (t!("Connection"), connection),
        (t!("Asked by"), plain(asked_by(run))),
        (t!("Asked at"), plain(site.date_time(run.requested_at))),
        (t!("Took"), maybe(took)),
        (t!("Correlation id"), code(run.correlation_id.as_str())),
    ];
    if let Some(preview) = &run.preview {
        known.push((t!("Decided"), decided(preview, site)));
    }
    known
}

fn decided(preview: &PreviewOutcome, site: &SiteTime) -> AnyView {
    let what = match preview.state {
        PreviewState::Open => return plain(t!("Not yet")),
        PreviewState::Applied => t!("Applied"),
        PreviewState::Discarded => t!("Discarded"),
    };
    let by = preview.decided_by.clone().unwrap_or_default();
    let at = preview.decided_at.map(|at| site.date_time(at));
    let text = t!(
        "{what} by {by}, {at}",
        what,
        by,
        at = at.unwrap_or_default()
    );
    match preview.applied_run_id {
        // Another run of the same page: it begins anew.
        Some(real) => view! {
            <a class="font-medium text-primary hover:underline" href=routes::sync_run(real) rel="external">
                {text}
            </a>
        }
        .into_any(),
        None => plain(text),
    }
}

fn buttons(run: &SyncRun, act: Act, applying: Applying) -> AnyView {
    let id = run.id;
    let open = run.preview.as_ref().map(|preview| preview.state) == Some(PreviewState::Open);
    match run.state {
        RunState::Done if open => apply::buttons(id, run.counts, applying, act),
        RunState::Queued | RunState::Running => cancel(run, act),
        RunState::NeedsApproval => view! {
            <span class="inline-flex gap-2">
                <Button
                    label=t!("Leave them active")
                    pending=act.pending()
                    on_press=move |()| act.run(api::sync_runs::decide(id, false), t!("Nothing was deactivated."), |()| ())
                    testid="run-reject"
                />
                <Button
                    label=t!("Deactivate them")
                    kind=ButtonKind::Danger
                    pending=act.pending()
                    on_press=move |()| act.run(api::sync_runs::decide(id, true), t!("Deactivation approved."), |()| ())
                    testid="run-approve"
                />
            </span>
        }
        .into_any(),
        RunState::Done | RunState::Failed | RunState::Cancelled => ().into_any(),
    }
}

fn cancel(run: &SyncRun, act: Act) -> AnyView {
    let id = run.id;
    let asked = run.cancel_requested;
    let label = match asked {
        true => t!("Stops after this page"),
        false => t!("Cancel run"),
    };
    let press = move |()| {
        act.run(
            api::sync_runs::cancel(id),
            t!("It stops after the page under way."),
            |()| (),
        );
    };
    view! {
        <Button
            label=label
            kind=ButtonKind::Danger
            before=Icon::Cross
            disabled=Signal::stored(asked)
            pending=act.pending()
            on_press=press
            testid="run-cancel"
        />
    }
    .into_any()
}
