//! The catalogue.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{Row, figures, fixed, link, long, maybe, plain, table, text};
use crate::ui::url_state::{UrlState, use_url_state};
use domain::item::ItemSummary;
use domain::live::Topic;
use domain::page::{Cursor, Page};
use leptos::prelude::*;

/// The items page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Items]));
    let rows = load(
        move || (url.get("q"), url.get("after"), live.get()),
        |(q, after, _)| api::items::list(q, after.map(Cursor)),
    );
    view! {
        {page_header("Items", "The catalogue as the ERP has it, with the barcodes that lead to each item.", None)}
        {filter::bar(vec![filter::search(url, "Code, title or barcode")])}
        {frame(loaded(rows, move |page: Page<ItemSummary>, site| show(page, &site, url, passed)))}
    }
}

fn show(page: Page<ItemSummary>, site: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return match url.get("q") {
            Some(q) => empty(
                Icon::Search,
                "Nothing answers to that",
                &format!("No code, title or barcode matches “{q}”."),
                None,
            ),
            None => empty(
                Icon::Box,
                "No items yet",
                "Open a connection and press Sync now on the catalogue.",
                None,
            ),
        };
    }
    let columns = [
        fixed("Code"),
        long("Title"),
        text("Unit"),
        long("Supplier"),
        text("Class"),
        figures("Barcodes"),
        text("Source"),
        text("State"),
        fixed("Last sync"),
    ];
    let shown = page.rows.len();
    let rows = page.rows.into_iter().map(|row| line(row, site)).collect();
    view! {
        <div>
            {table("Items", &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: ItemSummary, site: &SiteTime) -> Row {
    let cells = vec![
        link(routes::item(row.id), row.code.as_str()),
        plain(row.name),
        plain(row.uom),
        maybe(row.supplier),
        maybe(row.class),
        plain(row.barcodes.to_string()),
        badge(Tone::Neutral, row.source),
        active(row.active),
        plain(site.date_time(row.synced_at)),
    ];
    Row::new("item-row", row.code, cells)
}

/// Whether it is still traded.
pub(super) fn active(active: bool) -> AnyView {
    if active {
        badge(Tone::Good, "Active")
    } else {
        badge(Tone::Warning, "Inactive")
    }
}
