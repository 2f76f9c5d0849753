//! The inbox's page.

use super::accept::accept_bar;
use super::answer::{Asking, Choices, answer, suggested};
use super::taught::taught_panel;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::site_time::SiteTime;
use crate::ui::act::use_act;
use crate::ui::badge::{Tone, badge};
use crate::ui::confirm::use_confirm;
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::count;
use crate::ui::pager::{Passed, paged, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{ListTable, Row, actions, cut, figures, fixed, plain, two_lines, wide};
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use domain::live::Topic;
use domain::mapping::{Mapping, MappingFilter, MappingKind};
use domain::page::{Cursor, Page};
use domain::word;
use leptos::prelude::*;

const KINDS: [(&str, &str); 4] = [
    ("", word!("All")),
    ("warehouse", word!("Warehouses")),
    ("uom", word!("Units")),
    ("item", word!("Item codes")),
];

/// The mappings page.
#[component]
pub fn Inbox() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Mappings]));
    let rows = load(
        move || {
            (
                filter_of(url),
                url.parsed("sort"),
                url.get("after"),
                live.get(),
            )
        },
        |(filter, sort, after, _)| async move {
            let sort = sort.unwrap_or_default();
            let page = api::mappings::list(filter, sort, after.map(Cursor)).await?;
            Ok((page, api::mappings::choices().await?))
        },
    );
    let asking = Asking {
        act: use_act(),
        confirm: use_confirm(),
    };
    let about = t!(
        "Names, units and codes met upstream that a person has to translate. An answer frees the documents and items that wait for it."
    );
    view! {
        {page_header(t!("Mappings"), about, None)}
        {filter::list_bar(
            url,
            vec![
                tabs(url, "show", t!("Which mappings"), vec![("", t!("Waiting")), ("answered", t!("With answered"))]),
                tabs(url, "kind", t!("Kind of value"), KINDS.to_vec()),
                filter::search(url, t!("Upstream's word or ours")),
            ],
            None,
        )}
        {taught_panel()}
        {accept_bar(url, live, asking)}
        {frame(loaded(rows, move |(page, choices): (Page<Mapping>, Choices), site| {
            show(page, &choices, &site, asking, (url, passed))
        }))}
        {asking.confirm.dialog()}
    }
}

fn filter_of(url: UrlState) -> MappingFilter {
    MappingFilter {
        waiting: url.get("show").is_none(),
        kind: url.parsed("kind"),
        q: url.get("q"),
    }
}

fn show(
    page: Page<Mapping>,
    choices: &Choices,
    site: &SiteTime,
    asking: Asking,
    (url, passed): (UrlState, Passed),
) -> AnyView {
    if page.rows.is_empty() {
        return empty(
            Icon::Check,
            t!("Nothing waits for you"),
            t!("Unknown warehouse names, units and item codes appear here when a sync meets them."),
            None,
        );
    }
    let columns = [
        wide(t!("Upstream")).by("external"),
        fixed(t!("Kind")),
        figures(t!("Documents")).by("urgency"),
        figures(t!("Items")),
        fixed(t!("Means here")),
        actions(),
    ];
    let rows = page
        .rows
        .into_iter()
        .map(|row| line(row, choices, site, asking))
        .collect();
    let table = ListTable {
        label: t!("Mappings"),
        url,
        sort: "-urgency",
        selection: None,
    };
    paged(table, &columns, rows, passed, page.next)
}

fn line(row: Mapping, choices: &Choices, site: &SiteTime, asking: Asking) -> Row {
    let by = row.answered_by.clone().unwrap_or_default();
    let means = match (&row.target, row.ignored) {
        (Some(target), _) => two_lines(badge(Tone::Good, target.as_str()), by),
        (None, true) => two_lines(badge(Tone::Neutral, t!("None of ours")), by),
        (None, false) => {
            suggested(&row, asking).unwrap_or_else(|| badge(Tone::Warning, t!("Not answered")))
        }
    };
    let external = match &row.title {
        Some(title) => two_lines(cut(row.external.as_str()), title.as_str()),
        None => cut(row.external.as_str()),
    };
    let cells = vec![
        external,
        two_lines(
            plain(kind_name(row.kind)),
            format!("{}, {}", row.connection, site.short(row.first_seen_at)),
        ),
        plain(count(row.documents)),
        plain(count(row.items)),
        means,
        answer(&row, choices, asking),
    ];
    Row::new("mapping-row", row.external, cells)
}

fn kind_name(kind: MappingKind) -> &'static str {
    match kind {
        MappingKind::Warehouse => t!("Warehouse"),
        MappingKind::Uom => t!("Unit"),
        MappingKind::Item => t!("Item code"),
    }
}
