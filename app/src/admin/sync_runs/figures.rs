//! A run's figures, and why it waits or ended.

use crate::ui::badge::Tone;
use crate::ui::icon::{Icon, icon};
use crate::ui::number::count;
use crate::ui::tile::tile;
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
            "would be new",
            "would change",
            "would stay",
            "would be inactive",
        ),
        false => ("new here", "changed here", "not written", "gone upstream"),
    };
    let figures = [
        ("Rows", count(counts.rows), "read so far", "run-rows"),
        ("Rows/s", rate, "since the first page", "run-rate"),
        ("Pages", count(counts.pages), "read", "run-pages"),
        ("Created", count(counts.created), created, "run-created"),
        ("Updated", count(counts.updated), updated, "run-updated"),
        (
            "Unchanged",
            count(counts.unchanged),
            unchanged,
            "run-unchanged",
        ),
        ("Refused", count(counts.refused), "see below", "run-refused"),
        (
            "Deactivated",
            count(counts.deactivated),
            gone,
            "run-deactivated",
        ),
    ];
    let tiles = figures
        .into_iter()
        .map(|(label, value, hint, testid)| {
            let tone = match label {
                "Refused" => refused,
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
            <span class="text-sm">{text.to_owned()}</span>
        </div>
    }
    .into_any()
}
