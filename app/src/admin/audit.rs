//! Who did what.

use crate::api;
use crate::load::load;
use crate::site_time::SiteTime;
use crate::ui::empty::empty;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{Row, code, fixed, plain, table, text};
use crate::ui::url_state::{UrlState, use_url_state};
use domain::audit::AuditEntry;
use domain::page::{Cursor, Page};
use leptos::prelude::*;

/// The audit page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let rows = load(
        move || url.get("after"),
        |after| api::audit::list(after.map(Cursor)),
    );
    view! {
        {page_header("Audit", "Who did what, newest first. Entries are only ever added.", None)}
        {frame(loaded(rows, move |page: Page<AuditEntry>, site| show(page, &site, url, passed)))}
    }
}

fn show(page: Page<AuditEntry>, site: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return empty(
            Icon::Shield,
            "Nothing recorded yet",
            "Sign-ins, changes and look-ups will be listed here.",
            None,
        );
    }
    let columns = [
        fixed("When"),
        text("Who"),
        text("Did"),
        text("To"),
        text("Details"),
    ];
    let shown = page.rows.len();
    let rows = page.rows.into_iter().map(|row| line(row, site)).collect();
    view! {
        <div>
            {table("Audit", &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: AuditEntry, site: &SiteTime) -> Row {
    let cells = vec![
        plain(site.short(row.at)),
        plain(row.actor),
        code(row.action.as_str()),
        plain(row.subject),
        details(&row.details),
    ];
    Row::new("audit-row", row.action, cells)
}

fn details(details: &serde_json::Value) -> AnyView {
    let facts = details
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            format!("{name}: {value}")
        })
        .collect::<Vec<_>>();
    view! { <span class="block max-w-xl truncate text-xs text-muted">{facts.join(" · ")}</span> }
        .into_any()
}
