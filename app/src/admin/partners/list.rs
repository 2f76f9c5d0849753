//! The partners list.

use super::roles;
use crate::admin::items::list::{ACTIVE, active, active_of};
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
use crate::ui::pager::{Passed, paged, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{ListTable, Row, code, fixed, link, long, maybe, plain, text};
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::partner::{PartnerFilter, PartnerSummary};
use domain::sync::Entity;
use domain::word;
use leptos::prelude::*;

const TYPES: [(&str, &str); 4] = [
    ("", word!("All")),
    ("customer", word!("Customers")),
    ("supplier", word!("Suppliers")),
    ("warehouse", word!("Warehouses")),
];

/// The partners page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Partners]));
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
            api::partners::list(filter, sort.unwrap_or_default(), after.map(Cursor))
        },
    );
    let about =
        t!("Customers, suppliers and sites as the ERP has them; one may be several of these.");
    view! {
        {page_header(t!("Partners"), about, Some(sources(Entity::Partners)))}
        {filter::list_bar(
            url,
            vec![
                tabs(url, "type", t!("Type of partner"), TYPES.to_vec()),
                tabs(url, "active", t!("Which partners"), ACTIVE.to_vec()),
                filter::search(url, t!("Name, code, tax number or town")),
            ],
            None,
        )}
        {frame(loaded(rows, move |page: Page<PartnerSummary>, site| show(page, &site, url, passed)))}
    }
}

fn filter_of(url: UrlState) -> PartnerFilter {
    PartnerFilter {
        of_type: url.parsed("type"),
        active: active_of(url),
        q: url.get("q"),
    }
}

fn show(page: Page<PartnerSummary>, site: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return if filter_of(url) == PartnerFilter::default() {
            empty(
                Icon::Building,
                t!("No partners yet"),
                t!("Open a connection and press Sync now."),
                to_connections(),
            )
        } else {
            empty(
                Icon::Search,
                t!("Nothing answers to that"),
                t!("Take a filter away to see more."),
                None,
            )
        };
    }
    let columns = [
        fixed(t!("Code")).by("code"),
        long(t!("Name")).by("name"),
        text(t!("Is")),
        text(t!("Town")).by("city"),
        text(t!("Country")).by("country"),
        fixed(t!("Tax number")),
        text(t!("Source")),
        text(t!("State")),
        fixed(t!("Changed here")).by("synced_at"),
    ];
    let rows = page.rows.into_iter().map(|row| line(row, site)).collect();
    let table = ListTable {
        label: t!("Partners"),
        url,
        sort: "name",
        selection: None,
    };
    paged(table, &columns, rows, passed, page.next)
}

fn line(row: PartnerSummary, site: &SiteTime) -> Row {
    let cells = vec![
        code(row.code.as_str()),
        link(routes::partner(row.id), row.name.as_str()),
        roles(&row),
        maybe(row.city),
        maybe(row.country),
        maybe(row.tax_id),
        badge(Tone::Neutral, source_name(&row.source)),
        active(row.active),
        plain(site.date_time(row.synced_at)),
    ];
    Row::new("partner-row", row.code, cells).muted(!row.active)
}
