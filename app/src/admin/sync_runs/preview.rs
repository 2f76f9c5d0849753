//! What a dry run would do, row by row.

use super::{field_names, rejected};
use crate::api;
use crate::load::load;
use crate::ui::badge::{Tone, badge};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::panel;
use crate::ui::table::{Row, code, plain, table, text};
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use domain::SyncRunId;
use domain::page::{Cursor, Page};
use domain::preview::{FieldChange, PreviewFilter, PreviewKind, PreviewRow};
use domain::sync::RejectedRow;
use leptos::prelude::*;

/// The URL's value for rows that would be refused, which are no preview rows.
const REFUSED: &str = "refused";

/// The rows, read again as `live` grows.
pub(super) fn preview(id: SyncRunId, live: Signal<u64>) -> AnyView {
    let url = use_url_state();
    let kinds = tabs(
        url,
        "kind",
        t!("What would happen"),
        vec![
            ("", t!("All")),
            ("created", t!("New")),
            ("changed", t!("Changed")),
            ("deactivated", t!("Inactive")),
            (REFUSED, t!("Refused")),
        ],
    );
    let passed = use_passed();
    // One reading for both kinds of rows: what is taken away while it is read again would fail.
    let rows = load(
        move || {
            (
                url.get("kind"),
                filter_of(url),
                url.get("after"),
                live.get(),
            )
        },
        move |(kind, filter, after, _)| async move {
            let after = after.map(Cursor);
            if kind.as_deref() == Some(REFUSED) {
                let refused = api::sync_runs::rejected(id, filter.q, after).await?;
                return Ok((Some(refused), None));
            }
            let touched = api::sync_runs::preview(id, filter, after).await?;
            Ok((None, Some(touched)))
        },
    );
    let rows = loaded(rows, move |(refused, touched): Rows, site| {
        match (refused, touched) {
            (Some(page), _) => rejected::show(page, &site, url, passed),
            (None, Some(page)) => show(page, url, passed),
            (None, None) => ().into_any(),
        }
    });
    let body = view! {
        <div class="flex flex-wrap items-center justify-between gap-3 px-4 py-3">
            {filter::search(url, t!("Key, name or reason"))}
            <span class="flex items-center gap-3">
                <span class="text-xs text-muted">{t!("The first 1,000 rows of each kind are kept; the figures above count all.")}</span>
                {rejected::csv_link(id, url)}
            </span>
        </div>
        {rows}
    };
    panel(t!("What would happen"), Some(kinds), body.into_any())
}

/// A page of refused rows, or of others.
type Rows = (Option<Page<RejectedRow>>, Option<Page<PreviewRow>>);

fn filter_of(url: UrlState) -> PreviewFilter {
    PreviewFilter {
        kind: url.parsed("kind"),
        q: url.get("q"),
    }
}

fn show(page: Page<PreviewRow>, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return empty(
            Icon::Check,
            t!("No such row"),
            t!("Nothing of this kind would happen, or the preview was discarded."),
            None,
        );
    }
    let columns = [
        text(t!("What")),
        text(t!("Key upstream")),
        text(t!("Name")),
        text(t!("Fields: here → upstream")),
    ];
    let shown = page.rows.len();
    let rows = page.rows.into_iter().map(line).collect();
    view! {
        <div>
            {table(t!("Preview"), &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: PreviewRow) -> Row {
    let (tone, text) = match row.kind {
        PreviewKind::Created => (Tone::Good, t!("New")),
        PreviewKind::Changed => (Tone::Info, t!("Changed")),
        PreviewKind::Deactivated => (Tone::Warning, t!("Inactive")),
    };
    let cells = vec![
        badge(tone, text),
        code(row.external_key.as_str()),
        plain(row.label),
        fields(&row.changes, row.left_out),
    ];
    Row::new("preview-row", row.external_key, cells)
}

fn fields(changes: &[FieldChange], left_out: i32) -> AnyView {
    if changes.is_empty() {
        return plain("");
    }
    let fields = changes
        .iter()
        .map(|change| {
            let old = change.old.clone().map(field_names::valued).map(|old| {
                view! { <del class="text-muted decoration-base-300">{old}</del> " → " }
            });
            let new = change.new.clone().map(field_names::valued);
            let new = new.unwrap_or_else(|| t!("none").to_owned());
            view! {
                <div class="max-w-3xl text-xs">
                    <span class="font-medium">{field_names::called(&change.field)}</span>
                    ": "
                    {old}
                    <span>{new}</span>
                </div>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    let more = (left_out > 0).then(
        || view! { <span class="text-xs text-muted">{t!("and {count} more", count = left_out)}</span> },
    );
    view! { <div class="flex flex-col gap-0.5">{fields} {more}</div> }.into_any()
}
