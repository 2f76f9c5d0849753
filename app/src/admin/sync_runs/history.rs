//! Runs as rows.

use crate::admin::connections::schedules::mode;
use crate::routes;
use crate::site_time::{SiteTime, duration};
use crate::ui::badge::{Tone, badge, run_state};
use crate::ui::empty::empty;
use crate::ui::icon::Icon;
use crate::ui::number::count;
use crate::ui::table::{Row, figures, fixed, link, maybe, plain, table, text, two_lines};
use crate::words::tr;
use domain::sync::SyncRun;
use leptos::prelude::*;

/// Runs of one connection, newest first.
pub(crate) fn history(runs: &[SyncRun], site: &SiteTime) -> AnyView {
    if runs.is_empty() {
        return empty(
            Icon::Clock,
            t!("No runs yet"),
            t!("Press Sync now above to start the first one."),
            None,
        );
    }
    runs_table(runs, site, false)
}

/// A table of runs; `named` adds whose they are.
pub(super) fn runs_table(runs: &[SyncRun], site: &SiteTime, named: bool) -> AnyView {
    let columns = [
        text(t!("What")),
        text(t!("Reads")),
        text(t!("State")),
        figures(t!("Rows")),
        figures(t!("Created")),
        figures(t!("Updated")),
        figures(t!("Unchanged")),
        figures(t!("Refused")),
        figures(t!("Rows/s")),
        figures(t!("Took")),
        text(t!("Asked by")),
        fixed(t!("When")),
    ];
    let rows = runs.iter().map(|run| line(run, site, named)).collect();
    table(t!("Sync runs"), &columns, rows)
}

fn line(run: &SyncRun, site: &SiteTime, named: bool) -> Row {
    let counts = &run.counts;
    let took = run
        .started_at
        .map(|from| duration((run.finished_at.unwrap_or(run.updated_at) - from).num_seconds()));
    let what = link(routes::sync_run(run.id), tr(run.entity.label()));
    let what = match named {
        true => two_lines(what, run.connection.as_str()),
        false => what,
    };
    let cells = vec![
        what,
        plain(mode(run.mode)),
        state(run),
        plain(count(counts.rows)),
        plain(count(counts.created)),
        plain(count(counts.updated)),
        plain(count(counts.unchanged)),
        plain(count(counts.refused)),
        maybe(run.rows_per_second().map(count)),
        maybe(took),
        plain(asked_by(run)),
        plain(site.short(run.requested_at)),
    ];
    Row::new("run-row", run.id.to_string(), cells)
}

/// Who asked for it: a person, or its schedule.
pub(super) fn asked_by(run: &SyncRun) -> String {
    match run.requested_by.as_str() {
        "schedule" => t!("schedule").to_owned(),
        person => person.to_owned(),
    }
}

/// Where it stands, and whether it only looks.
pub(super) fn state(run: &SyncRun) -> AnyView {
    let dry = run.dry.then(|| badge(Tone::Info, t!("Dry run")));
    view! { <span class="inline-flex gap-1 whitespace-nowrap">{run_state(run.state)} {dry}</span> }
        .into_any()
}
