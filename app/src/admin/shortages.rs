//! What was missing: line by line, by item, by reason, by worker.

use super::filters::warehouses;
use super::restock::proposal;
use super::rests::policies;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::SiteTime;
use crate::ui::badge::{Tone, badge};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::number::{count, quantity};
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::table::{Row, figures, fixed, link, long, maybe, plain, table, text, two_lines};
use crate::ui::tabs::tabs;
use crate::ui::url_state::{UrlState, use_url_state};
use crate::words::{tell, tr};
use domain::PhotoId;
use domain::live::Topic;
use domain::page::{Cursor, Page};
use domain::permission::Permission;
use domain::shortage::ShortageReason;
use domain::shortage_report::{
    MOST_GROUPS, ShortageBy, ShortageFilter, ShortageGroup, ShortageRow,
};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

/// Lines, or what they sum to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Shown {
    Lines(Page<ShortageRow>),
    Sums(ShortageBy, Vec<ShortageGroup>),
}

/// The shortages page.
#[component]
pub fn List() -> impl IntoView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Documents]));
    let found = load(
        move || {
            let by = url.parsed::<ShortageBy>("by");
            (by, filter_of(url), url.get("after"), live.get())
        },
        |(by, filter, after, _)| async move {
            Ok(match by {
                None => Shown::Lines(api::shortages::list(filter, after.map(Cursor)).await?),
                Some(by) => Shown::Sums(by, api::shortages::groups(filter, by).await?),
            })
        },
    );
    view! {
        {page_header(t!("Shortages"), t!("Lines that were reported short and still are: the report that stands."), None)}
        {viewer_may(Permission::AssignTasks).then(policies)}
        {tabs(url, "by", t!("Summed by"), vec![("", t!("Lines")), ("item", t!("By item")), ("location", t!("By location")), ("reason", t!("By reason")), ("worker", t!("By worker"))])}
        {filters(url)}
        {frame(loaded(found, move |shown: Shown, site| match shown {
            Shown::Lines(page) => show(page, &site, url, passed),
            Shown::Sums(by, groups) => sums(groups, by, &site, url),
        }))}
    }
}

fn filter_of(url: UrlState) -> ShortageFilter {
    ShortageFilter {
        date_from: url.parsed("date_from"),
        date_to: url.parsed("date_to"),
        reason: url.parsed("reason"),
        worker: url.parsed("worker"),
        warehouse: url.parsed("warehouse"),
        item_code: url.get("item_code"),
        location: url.get("location"),
    }
}

fn filters(url: UrlState) -> AnyView {
    let mut reasons = vec![(String::new(), t!("Any reason").to_owned())];
    reasons.extend(
        ShortageReason::ALL.map(|one| (one.as_str().to_owned(), tr(one.label()).to_owned())),
    );
    let inputs = vec![
        filter::days(url, "date_from", "date_to"),
        filter::select(url, "reason", t!("Reason"), reasons),
        filter::input(url, "item_code", t!("Item"), "text"),
        filter::input(url, "location", t!("Location"), "text"),
        warehouses(url),
        worker(url),
    ];
    filter::list_bar(url, inputs, Some(routes::SHORTAGES_CSV))
}

/// Set from the sums by worker; here it can only be taken away.
fn worker(url: UrlState) -> AnyView {
    let set = move || url.get("worker").is_some();
    view! {
        <Show when=set>
            <button class="btn btn-sm h-9 btn-ghost" type="button" data-testid="any-worker" on:click=move |_| url.set("worker", "")>
                {t!("One worker: show all")}
            </button>
        </Show>
    }
    .into_any()
}

fn nothing(url: UrlState) -> AnyView {
    if filter_of(url) == ShortageFilter::default() {
        return empty(
            Icon::Check,
            t!("Nothing is missing"),
            t!("Lines that a worker reports short appear here, with the reason."),
            None,
        );
    }
    empty(
        Icon::Search,
        t!("No shortage fits"),
        t!("Take a filter away to see more."),
        None,
    )
}

fn show(page: Page<ShortageRow>, site: &SiteTime, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return nothing(url);
    }
    let columns = [
        fixed(t!("Reported")),
        fixed(t!("Document")),
        long(t!("Item")),
        figures(t!("Missing")),
        figures(t!("Requested")),
        text(t!("Unit")),
        text(t!("Location")),
        text(t!("Reason")),
        text(t!("Worker")),
    ];
    let shown = page.rows.len();
    let rows = page.rows.into_iter().map(|row| line(row, site)).collect();
    view! {
        <div>
            {table(t!("Shortages"), &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(row: ShortageRow, site: &SiteTime) -> Row {
    let missing = quantity(row.missing());
    let item = match row.item_id {
        Some(id) => link(routes::item(id), row.item_code.as_str()),
        None => plain(row.item_code.as_str()),
    };
    let key = format!("{}/{}", row.number, row.item_code);
    let reason = with_photos(badge(Tone::Warning, tr(row.reason.label())), &row.photos);
    let cells = vec![
        plain(site.date_time(row.at)),
        link(
            routes::document(row.document_kind, row.document_id),
            row.number,
        ),
        two_lines(item, row.item_name),
        plain(missing),
        plain(quantity(row.requested)),
        plain(row.uom),
        maybe(row.location),
        match row.reason_text {
            Some(words) => two_lines(reason, words),
            None => reason,
        },
        plain(row.worker),
    ];
    Row::new("shortage-row", key, cells)
}

/// The badge on one line, however narrow the table, and a link to each photo of the line.
fn with_photos(reason: AnyView, photos: &[PhotoId]) -> AnyView {
    let links = photos
        .iter()
        .map(|id| {
            view! {
                <a class="font-medium text-primary hover:underline" href=routes::photo(*id) target="_blank" rel="external" data-testid="shortage-photo">
                    {t!("Photo")}
                </a>
            }
            .into_any()
        })
        .collect::<Vec<_>>();
    view! { <span class="inline-flex items-center gap-2 whitespace-nowrap">{reason} {links}</span> }
        .into_any()
}

fn sums(groups: Vec<ShortageGroup>, by: ShortageBy, site: &SiteTime, url: UrlState) -> AnyView {
    if groups.is_empty() {
        return nothing(url);
    }
    let heading = match by {
        ShortageBy::Item => t!("Item"),
        ShortageBy::Location => t!("Location"),
        ShortageBy::Reason => t!("Reason"),
        ShortageBy::Worker => t!("Worker"),
    };
    let mut columns = vec![
        long(heading),
        figures(t!("Lines")),
        figures(t!("Documents")),
        figures(t!("Missing")),
        fixed(t!("Last reported")),
    ];
    if by == ShortageBy::Item {
        columns.push(text(t!("Could come from")));
    }
    let full = i64::try_from(groups.len()).is_ok_and(|shown| shown >= MOST_GROUPS);
    let rows = groups
        .into_iter()
        .map(|group| sum(group, by, site, url))
        .collect();
    view! {
        <div>
            {table(t!("Shortages summed"), &columns, rows)}
            {full.then(|| view! {
                <p class="px-4 py-2.5 text-xs text-muted">{t!("The {count} with the most lines. Narrow the period to see others.", count = MOST_GROUPS)}</p>
            })}
        </div>
    }
    .into_any()
}

/// The name leads to the lines behind the sum.
fn sum(group: ShortageGroup, by: ShortageBy, site: &SiteTime, url: UrlState) -> Row {
    let restock = proposal(&group, site);
    let key = match by {
        ShortageBy::Item => "item_code",
        ShortageBy::Location => "location",
        ShortageBy::Reason => "reason",
        ShortageBy::Worker => "worker",
    };
    let href = behind(url, key, &group.key);
    let name = match by {
        ShortageBy::Item => two_lines(link(href, group.key.as_str()), group.label),
        ShortageBy::Location if group.key.is_empty() => plain(t!("No location known")),
        ShortageBy::Reason => link(href, tell(&group.label)),
        ShortageBy::Location | ShortageBy::Worker => link(href, group.label),
    };
    let missing = match (group.missing, group.uom) {
        (Some(missing), Some(uom)) => format!("{} {uom}", quantity(missing)),
        _ => String::new(),
    };
    let mut cells = vec![
        name,
        plain(count(group.lines)),
        plain(count(group.documents)),
        plain(missing),
        plain(site.date_time(group.last_at)),
    ];
    if by == ShortageBy::Item {
        cells.push(restock);
    }
    Row::new("shortage-group", group.key, cells)
}

/// The lines of one group, otherwise narrowed as now.
fn behind(url: UrlState, key: &str, value: &str) -> String {
    let query = url.query();
    let others = query
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !pair.is_empty() && name != "by" && name != key
        })
        .map(str::to_owned);
    let one = format!("{key}={}", routes::escape(value));
    let pairs: Vec<String> = others.chain([one]).collect();
    format!("{}?{}", routes::SHORTAGES, pairs.join("&"))
}
