//! Rows of a run that were not accepted, each with its reason and as it came.

use crate::api;
use crate::load::load;
use crate::site_time::SiteTime;
use crate::ui::empty::empty;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::table::{Row, code, fixed, plain, table, text};
use crate::ui::url_state::{UrlState, use_url_state};
use domain::SyncRunId;
use domain::page::{Cursor, Page};
use domain::sync::RejectedRow;
use leptos::prelude::*;

/// The table, read again as `live` grows.
pub(super) fn rejected(id: SyncRunId, live: Signal<u64>) -> AnyView {
    let (url, passed) = (use_url_state(), use_passed());
    let rows = load(
        move || (url.get("after"), live.get()),
        move |(after, _)| api::sync_runs::rejected(id, after.map(Cursor)),
    );
    loaded(rows, move |page: Page<RejectedRow>, site| {
        show(page, &site, url, passed)
    })
}

fn show(page: Page<RejectedRow>, site: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return empty(
            Icon::Check,
            "Every row was accepted",
            "Rows that cannot be used would be listed here with the reason.",
            None,
        );
    }
    let columns = [
        text("Key upstream"),
        text("Why, and what to do"),
        text("The row as it came"),
        fixed("When"),
    ];
    let shown = page.rows.len();
    let rows = page.rows.into_iter().map(|row| line(row, site)).collect();
    view! {
        <div>
            {table("Refused rows", &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: RejectedRow, site: &SiteTime) -> Row {
    let payload = serde_json::to_string_pretty(&row.payload).unwrap_or_default();
    let payload = view! {
        <details class="max-w-xl">
            <summary class="cursor-pointer text-xs text-muted">"Show"</summary>
            <pre class="mt-1 overflow-x-auto rounded-sm bg-base-200 p-2 text-xs">{payload}</pre>
        </details>
    };
    let cells = vec![
        code(row.external_key.as_str()),
        plain(row.reason),
        payload.into_any(),
        plain(site.short(row.at)),
    ];
    Row::new("rejected-row", row.external_key, cells)
}
