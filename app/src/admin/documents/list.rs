//! Documents of one kind, narrowed by what the URL says.

use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::site_time::date;
use crate::ui::badge::{Tone, badge, document_status};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, pager, use_passed};
use crate::ui::panel::frame;
use crate::ui::progress::progress;
use crate::ui::table::{Row, figures, fixed, link, long, maybe, plain, table, text};
use crate::ui::url_state::{UrlState, use_url_state};
use domain::document::{DocumentFilter, DocumentKind, DocumentStatus, DocumentSummary};
use domain::live::Topic;
use domain::page::{Cursor, Page};
use leptos::prelude::*;

/// Outbound documents.
#[component]
pub fn Dispatches() -> impl IntoView {
    list(
        DocumentKind::Dispatch,
        "Dispatches",
        "Outbound documents from the ERP and how far the floor is with them.",
    )
}

/// Inbound documents.
#[component]
pub fn Receipts() -> impl IntoView {
    list(
        DocumentKind::Receipt,
        "Receipts",
        "Inbound documents from the ERP and how far the floor is with them.",
    )
}

fn list(kind: DocumentKind, title: &'static str, text: &'static str) -> AnyView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Documents]));
    let rows = load(
        move || (filter_of(url), url.get("after"), live.get()),
        move |(filter, after, _)| api::documents::list(kind, filter, after.map(Cursor)),
    );
    view! {
        {page_header(title, text, None)}
        {filters(url)}
        {frame(loaded(rows, move |page: Page<DocumentSummary>, _| show(kind, page, url, passed)))}
    }
    .into_any()
}

fn filter_of(url: UrlState) -> DocumentFilter {
    DocumentFilter {
        date_from: url.parsed("date_from"),
        date_to: url.parsed("date_to"),
        doc_type: url.get("doc_type"),
        status: url.parsed("status"),
        only_wms: url.get("only_wms").as_deref() == Some("1"),
        q: url.get("q"),
    }
}

fn filters(url: UrlState) -> AnyView {
    let mut statuses = vec![(String::new(), "Any status".to_owned())];
    statuses.extend(
        DocumentStatus::ALL.map(|status| (status.as_str().to_owned(), name_of(status).to_owned())),
    );
    filter::bar(vec![
        filter::search(url, "Number or partner"),
        filter::input(url, "date_from", "From", "date"),
        filter::input(url, "date_to", "To", "date"),
        filter::input(url, "doc_type", "Type", "text"),
        filter::select(url, "status", "Status", statuses),
        filter::check(url, "only_wms", "Only with floor work"),
    ])
}

fn name_of(status: DocumentStatus) -> &'static str {
    match status {
        DocumentStatus::New => "New",
        DocumentStatus::InProgress => "In progress",
        DocumentStatus::Partial => "Partial",
        DocumentStatus::Done => "Done",
        DocumentStatus::Cancelled => "Cancelled",
    }
}

fn show(kind: DocumentKind, page: Page<DocumentSummary>, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        return if filter_of(url) == DocumentFilter::default() {
            empty(
                Icon::Truck,
                "No documents yet",
                "Open a connection and press Sync now on these documents.",
                None,
            )
        } else {
            empty(
                Icon::Search,
                "No document fits",
                "Take a filter away to see more.",
                None,
            )
        };
    }
    let columns = [
        fixed("Number"),
        fixed("Date"),
        text("Type"),
        long("Partner"),
        text("Warehouse"),
        figures("WMS / all lines"),
        text("Status"),
        text("Progress"),
        text("Given to"),
    ];
    let shown = page.rows.len();
    let rows = page.rows.into_iter().map(|row| line(kind, row)).collect();
    view! {
        <div>
            {table("Documents", &columns, rows)}
            {pager(url, passed, shown, page.next)}
        </div>
    }
    .into_any()
}

fn line(kind: DocumentKind, row: DocumentSummary) -> Row {
    let done = if row.lines_wms > 0 {
        progress(row.lines_done.into(), row.lines_wms.into())
    } else {
        plain("")
    };
    let cells = vec![
        link(routes::document(kind, row.id), row.number.as_str()),
        plain(date(row.dated_on)),
        plain(row.doc_type),
        maybe(row.partner_name),
        plain(row.warehouse_name),
        plain(format!("{} / {}", row.lines_wms, row.lines_total)),
        status(row.status, row.conflicts),
        done,
        maybe(row.assigned_to),
    ];
    Row::new("doc-row", row.number, cells)
}

fn status(status: DocumentStatus, conflicts: i32) -> AnyView {
    let conflict = (conflicts > 0).then(|| badge(Tone::Bad, "Conflict"));
    view! { <span class="inline-flex gap-1">{document_status(status)} {conflict}</span> }.into_any()
}
