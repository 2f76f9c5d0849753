//! The catalogue.

use crate::admin::source::{source_name, sources, to_connections};
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
use crate::ui::number::{count, quantity};
use crate::ui::pager::{Passed, paged, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{
    ListTable, Row, cut, figures, fixed, link, maybe, narrow, plain, text, wide,
};
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use domain::item::{ItemFilter, ItemSummary};
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::sync::Entity;
use domain::word;
use leptos::prelude::*;

/// The items page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Items]));
    let rows = load(
        move || {
            (
                filter_of(url),
                url.parsed("sort"),
                url.get("after"),
                live.get(),
            )
        },
        |(filter, sort, after, _)| {
            api::items::list(filter, sort.unwrap_or_default(), after.map(Cursor))
        },
    );
    let about =
        t!("The catalogue as the ERP has it: barcodes, and what it says is on hand at our sites.");
    view! {
        {page_header(t!("Items"), about, Some(sources(Entity::Items)))}
        {filter::list_bar(
            url,
            vec![
                tabs(url, "active", t!("Which items"), ACTIVE.to_vec()),
                filter::search(url, t!("Code, title or barcode")),
            ],
            None,
        )}
        {frame(loaded(rows, move |page: Page<ItemSummary>, site| show(page, &site, url, passed)))}
    }
}

/// Tabs of a list whose rows may be active or not.
pub(crate) const ACTIVE: [(&str, &str); 3] = [
    ("", word!("All")),
    ("yes", word!("Active")),
    ("no", word!("Inactive")),
];

/// What the tab means.
pub(crate) fn active_of(url: UrlState) -> Option<bool> {
    url.get("active").map(|word| word == "yes")
}

fn filter_of(url: UrlState) -> ItemFilter {
    ItemFilter {
        q: url.get("q"),
        active: active_of(url),
    }
}

fn show(page: Page<ItemSummary>, site: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        let (drawing, title, text) = match (url.get("q"), active_of(url)) {
            (Some(q), _) => (
                Icon::Search,
                t!("Nothing answers to that"),
                t!("No code, title or barcode matches “{q}” here.", q),
            ),
            (None, Some(_)) => (
                Icon::Search,
                t!("No such item"),
                t!("Choose All to see the others.").to_owned(),
            ),
            (None, None) => (
                Icon::Box,
                t!("No items yet"),
                t!("Open a connection and press Sync now.").to_owned(),
            ),
        };
        let all = filter_of(url) == ItemFilter::default();
        let next = all.then(to_connections).flatten();
        return empty(drawing, title, &text, next);
    }
    let columns = [
        fixed(t!("Code")).by("code"),
        wide(t!("Title")).by("name"),
        text(t!("Unit")),
        figures(t!("On hand")),
        figures(t!("Barcodes")),
        narrow(t!("Supplier")).by("supplier"),
        narrow(t!("Class")).by("class"),
        fixed(t!("Source")),
        fixed(t!("State")),
        fixed(t!("Changed here")).by("synced_at"),
    ];
    let rows = page.rows.into_iter().map(|row| line(row, site)).collect();
    let table = ListTable {
        label: t!("Items"),
        url,
        sort: "code",
        selection: None,
    };
    paged(table, &columns, rows, passed, page.next)
}

fn line(row: ItemSummary, site: &SiteTime) -> Row {
    let cells = vec![
        link(routes::item(row.id), row.code.as_str()),
        cut(row.name),
        plain(row.uom),
        maybe(row.stock.map(quantity)),
        plain(count(row.barcodes)),
        cut(row.supplier.unwrap_or_default()),
        cut(row.class.unwrap_or_default()),
        badge(Tone::Neutral, source_name(&row.source)),
        active(row.active),
        plain(site.short(row.synced_at)),
    ];
    Row::new("item-row", row.code, cells).muted(!row.active)
}

/// Whether it is still traded.
pub(crate) fn active(active: bool) -> AnyView {
    if active {
        badge(Tone::Good, t!("Active"))
    } else {
        badge(Tone::Warning, t!("Inactive"))
    }
}
