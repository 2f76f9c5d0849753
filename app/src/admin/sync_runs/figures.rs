//! A run's figures, and why it waits or ended.

use crate::ui::badge::Tone;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::count;
use crate::ui::tile::tile;
use crate::words::tell;
use domain::sync::{RunState, SyncRun};
use leptos::prelude::*;

/// What the run did so far; what a dry run would do.
pub(super) fn figures(run: &SyncRun) -> AnyView {
    let counts = &run.counts;
    let refused = if counts.refused > 0 {
        Tone::Warning
    } else {
        Tone::Neutral
    };
    let rate = run.rows_per_second().map_or_else(|| "–".to_owned(), count);
    let (created, updated, unchanged, gone) = match run.dry {
        true => (
            t!("would be new"),
            t!("would change"),
            t!("would stay"),
            t!("would be inactive"),
        ),
        false => (
            t!("new here"),
            t!("changed here"),
            t!("not written"),
            t!("gone upstream"),
        ),
    };
    let figures = [
        (
            t!("Rows"),
            count(counts.rows),
            t!("read so far"),
            "run-rows",
        ),
        (t!("Rows/s"), rate, t!("since the first page"), "run-rate"),
        (t!("Pages"), count(counts.pages), t!("read"), "run-pages"),
        (t!("Created"), count(counts.created), created, "run-created"),
        (t!("Updated"), count(counts.updated), updated, "run-updated"),
        (
            t!("Unchanged"),
            count(counts.unchanged),
            unchanged,
            "run-unchanged",
        ),
        (
            t!("Refused"),
            count(counts.refused),
            t!("see below"),
            "run-refused",
        ),
        (
            t!("Deactivated"),
            count(counts.deactivated),
            gone,
            "run-deactivated",
        ),
    ];
    let tiles = figures
        .into_iter()
        .map(|(label, value, hint, testid)| {
            let tone = match testid {
                "run-refused" => refused,
                _ => Tone::Neutral,
            };
            tile(label, value, hint, tone, testid)
        })
        .collect::<Vec<_>>();
    view! { <div class="grid grid-cols-2 gap-3 md:grid-cols-4 xl:grid-cols-8">{tiles}</div> }
        .into_any()
}

/// Why it failed, or what has to be decided.
pub(super) fn message(state: RunState, text: &str) -> AnyView {
    let class = match state {
        RunState::Failed => "alert alert-error alert-soft rounded-md",
        RunState::NeedsApproval => "alert alert-warning alert-soft rounded-md",
        _ => "alert alert-info alert-soft rounded-md",
    };
    view! {
        <div class=class role="status" data-testid="run-message">
            {icon(Icon::Warning, "size-4")}
            <span class="text-sm">{tell(text)}</span>
        </div>
    }
    .into_any()
}
