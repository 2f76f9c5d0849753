//! Rows of a run that were not accepted, each with its reason and as it came.

use crate::api;
use crate::load::load;
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::button::{ButtonKind, link_button};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::icon::{Icon, icon};
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::table::{Row, actions, code, fixed, plain, table, text};
use crate::ui::url_state::{UrlState, use_url_state};
use crate::words::tell;
use domain::SyncRunId;
use domain::page::{Cursor, Page};
use domain::sync::RejectedRow;
use leptos::prelude::*;

/// The table, read again as `live` grows.
pub(super) fn rejected(id: SyncRunId, live: Signal<u64>) -> AnyView {
    let (url, passed) = (use_url_state(), use_passed());
    let rows = load(
        move || (url.get("q"), url.get("after"), live.get()),
        move |(q, after, _)| api::sync_runs::rejected(id, q, after.map(Cursor)),
    );
    let rows = loaded(rows, move |page: Page<RejectedRow>, site| {
        show(page, &site, url, passed)
    });
    view! {
        <div class="flex flex-wrap items-end justify-between gap-3 px-4 py-3">
            {filter::search(url, t!("Key or reason"))}
            {csv_link(id, url)}
        </div>
        {rows}
    }
    .into_any()
}

/// The refused rows that the URL's search lets through, as a file.
pub(super) fn csv_link(id: SyncRunId, url: UrlState) -> AnyView {
    let file = move || {
        let file = routes::refused_csv(id);
        match url.get("q") {
            Some(q) => format!("{file}?q={}", routes::escape(&q)),
            None => file,
        }
    };
    view! {
        <a class="btn btn-sm h-9 btn-ghost" href=file rel="external" download="" data-testid="rejected-csv">
            {icon(Icon::Download, "size-4")}
            <span>"CSV"</span>
        </a>
    }
    .into_any()
}

/// One page of refused rows.
pub(super) fn show(
    page: Page<RejectedRow>,
    site: &SiteTime,
    url: UrlState,
    passed: Passed,
) -> AnyView {
    if page.rows.is_empty() {
        return match url.get("q") {
            Some(_) => empty(
                Icon::Search,
                t!("No refused row fits"),
                t!("Search for another key or reason."),
                None,
            ),
            None => empty(
                Icon::Check,
                t!("Every row was accepted"),
                t!("Rows that cannot be used would be listed here with the reason."),
                None,
            ),
        };
    }
    let columns = [
        text(t!("Key upstream")),
        text(t!("Why, and what to do")),
        text(t!("The row as it came")),
        fixed(t!("When")),
        actions(),
    ];
    let shown = page.rows.len();
    let rows = page.rows.into_iter().map(|row| line(row, site)).collect();
    view! {
        <div>
            {table(t!("Refused rows"), &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: RejectedRow, site: &SiteTime) -> Row {
    let payload = serde_json::to_string_pretty(&row.payload).unwrap_or_default();
    let payload = view! {
        <details class="max-w-xl">
            <summary class="cursor-pointer text-xs text-muted">{t!("Show")}</summary>
            <pre class="mt-1 overflow-x-auto rounded-sm bg-base-200 p-2 text-xs">{payload}</pre>
        </details>
    };
    let why = link_button(
        ButtonKind::Quiet,
        true,
        None,
        t!("Look it up"),
        routes::why(&row.external_key),
        "rejected-why",
    );
    let cells = vec![
        code(row.external_key.as_str()),
        plain(tell(&row.reason)),
        payload.into_any(),
        plain(site.short(row.at)),
        why,
    ];
    Row::new("rejected-row", row.external_key, cells)
}
