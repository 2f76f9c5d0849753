//! Trading parties.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{Row, code, fixed, long, maybe, plain, table, text};
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::partner::{PartnerSummary, PartnerType};
use leptos::prelude::*;

const TYPES: [(&str, &str); 4] = [
    ("", "All"),
    ("customer", "Customers"),
    ("supplier", "Suppliers"),
    ("warehouse", "Warehouses"),
];

/// The partners page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Partners]));
    let rows = load(
        move || (url.get("type"), url.get("q"), url.get("after"), live.get()),
        |(of_type, q, after, _)| {
            let of_type = of_type.as_deref().and_then(type_named);
            api::partners::list(of_type, q, after.map(Cursor))
        },
    );
    view! {
        {page_header("Partners", "Customers, suppliers and sites as the ERP has them.", None)}
        {filter::bar(vec![
            tabs(url, "type", "Type of partner", TYPES.to_vec()),
            filter::search(url, "Name or code"),
        ])}
        {frame(loaded(rows, move |page: Page<PartnerSummary>, site| show(page, &site, url, passed)))}
    }
}

fn type_named(word: &str) -> Option<PartnerType> {
    [
        PartnerType::Customer,
        PartnerType::Supplier,
        PartnerType::Warehouse,
    ]
    .into_iter()
    .find(|of_type| of_type.as_str() == word)
}

fn show(page: Page<PartnerSummary>, site: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return if url.get("q").is_some() || url.get("type").is_some() {
            empty(
                Icon::Search,
                "Nothing answers to that",
                "Take a filter away to see more.",
                None,
            )
        } else {
            empty(
                Icon::Building,
                "No partners yet",
                "Open a connection and press Sync now on partners.",
                None,
            )
        };
    }
    let columns = [
        fixed("Code"),
        long("Name"),
        text("Is"),
        text("Town"),
        text("Country"),
        fixed("Tax number"),
        fixed("Last sync"),
    ];
    let shown = page.rows.len();
    let rows = page.rows.into_iter().map(|row| line(row, site)).collect();
    view! {
        <div>
            {table("Partners", &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: PartnerSummary, site: &SiteTime) -> Row {
    let cells = vec![
        code(row.code.as_str()),
        plain(row.name.as_str()),
        roles(&row),
        maybe(row.city),
        maybe(row.country),
        maybe(row.tax_id),
        plain(site.date_time(row.synced_at)),
    ];
    Row::new("partner-row", row.code, cells).muted(!row.active)
}

fn roles(row: &PartnerSummary) -> AnyView {
    let badges = [
        (row.is_customer, "Customer"),
        (row.is_supplier, "Supplier"),
        (row.is_warehouse, "Warehouse"),
    ]
    .into_iter()
    .filter(|(is, _)| *is)
    .map(|(_, name)| badge(Tone::Neutral, name))
    .collect::<Vec<_>>();
    view! { <span class="inline-flex gap-1">{badges}</span> }.into_any()
}
