//! Runs as rows.

use crate::admin::connections::schedules::mode;
use crate::routes;
use crate::site_time::{SiteTime, duration};
use crate::ui::badge::run_state;
use crate::ui::empty::empty;
use crate::ui::icon::Icon;
use crate::ui::number::count;
use crate::ui::table::{Row, figures, fixed, link, maybe, plain, table, text};
use domain::sync::SyncRun;
use leptos::prelude::*;

/// A table of runs, newest first.
pub(crate) fn history(runs: Vec<SyncRun>, site: &SiteTime) -> AnyView {
    if runs.is_empty() {
        return empty(
            Icon::Clock,
            "No runs yet",
            "Press Sync now above to start the first one.",
            None,
        );
    }
    let columns = [
        text("What"),
        text("Reads"),
        text("State"),
        figures("Rows"),
        figures("Created"),
        figures("Updated"),
        figures("Unchanged"),
        figures("Refused"),
        figures("Rows/s"),
        figures("Took"),
        text("Asked by"),
        fixed("When"),
    ];
    let rows = runs.iter().map(|run| line(run, site)).collect();
    table("Sync runs", &columns, rows)
}

fn line(run: &SyncRun, site: &SiteTime) -> Row {
    let counts = &run.counts;
    let took = run
        .started_at
        .map(|from| duration((run.finished_at.unwrap_or(run.updated_at) - from).num_seconds()));
    let cells = vec![
        link(routes::sync_run(run.id), run.entity.label()),
        plain(mode(run.mode)),
        run_state(run.state),
        plain(count(counts.rows)),
        plain(count(counts.created)),
        plain(count(counts.updated)),
        plain(count(counts.unchanged)),
        plain(count(counts.refused)),
        maybe(run.rows_per_second().map(count)),
        maybe(took),
        plain(run.requested_by.as_str()),
        plain(site.short(run.requested_at)),
    ];
    Row::new("run-row", run.id.to_string(), cells)
}
