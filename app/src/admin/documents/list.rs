//! Documents of one kind, narrowed and sorted by what the URL says.

use super::try_out::{NewTestDialog, new_test_button};
use crate::admin::filters::warehouses;
use crate::admin::source::to_connections;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::site_time::date;
use crate::ui::badge::{Tone, badge, document_status};
use crate::ui::empty::empty;
use crate::ui::filter;
use crate::ui::header::page_header;
use crate::ui::icon::{Icon, icon};
use crate::ui::load::loaded;
use crate::ui::pager::{Passed, paged, use_passed};
use crate::ui::panel::frame;
use crate::ui::progress::progress;
use crate::ui::table::{
    ListTable, Row, cut, figures, fixed, link, narrow, plain, short, text, wide,
};
use crate::ui::url_state::{UrlState, use_url_state};
use domain::doc_type::{Direction, DocType};
use domain::document::{
    DocumentFilter, DocumentKind, DocumentSource, DocumentStatus, DocumentSummary,
};
use domain::live::Topic;
use domain::page::{Cursor, Page};
use leptos::prelude::*;

/// Outbound documents.
#[component]
pub fn Dispatches() -> impl IntoView {
    list(
        DocumentKind::Dispatch,
        t!("Dispatches"),
        t!("Outbound documents from the ERP and how far the floor is with them."),
    )
}

/// Inbound documents.
#[component]
pub fn Receipts() -> impl IntoView {
    list(
        DocumentKind::Receipt,
        t!("Receipts"),
        t!("Inbound documents from the ERP and how far the floor is with them."),
    )
}

fn list(kind: DocumentKind, title: &'static str, text: &'static str) -> AnyView {
    let (url, passed) = (use_url_state(), use_passed());
    let live = use_live(Signal::stored(vec![Topic::Documents]));
    let rows = load(
        move || (filter_of(url), url.get("after"), live.get()),
        move |(filter, after, _)| api::documents::list(kind, filter, after.map(Cursor)),
    );
    let making = RwSignal::new(false);
    view! {
        {page_header(title, text, Some(head(kind, url, making)))}
        {filters(kind, url)}
        {frame(loaded(rows, move |page: Page<DocumentSummary>, _| show(kind, page, url, passed)))}
        <NewTestDialog kind open=making />
    }
    .into_any()
}

fn head(kind: DocumentKind, url: UrlState, making: RwSignal<bool>) -> AnyView {
    let path = routes::documents_file(kind, "xlsx");
    let href = move || {
        let href = format!("{path}?{}", url.query());
        href.trim_end_matches('?').to_owned()
    };
    view! {
        <a class="btn btn-sm h-9 btn-ghost" href=href rel="external" download="" data-testid="export-xlsx"
            title=t!("The floor lines of these documents, at most 50,000")>
            {icon(Icon::Download, "size-4")}
            <span>"Excel"</span>
        </a>
        {new_test_button(making)}
    }
    .into_any()
}

fn filter_of(url: UrlState) -> DocumentFilter {
    DocumentFilter {
        date_from: url.parsed("date_from"),
        date_to: url.parsed("date_to"),
        doc_type: url.get("doc_type"),
        status: url.parsed("status"),
        warehouse: url.parsed("warehouse"),
        only_wms: url.on("only_wms"),
        only_conflicts: url.on("only_conflicts"),
        only_unentered: url.on("only_unentered"),
        source: url.parsed("source"),
        q: url.get("q"),
        sort: url.parsed("sort").unwrap_or_default(),
    }
}

fn filters(kind: DocumentKind, url: UrlState) -> AnyView {
    let mut statuses = vec![(String::new(), t!("Any status").to_owned())];
    statuses.extend(
        DocumentStatus::ALL.map(|status| (status.as_str().to_owned(), name_of(status).to_owned())),
    );
    let inputs = vec![
        filter::search(url, t!("Number or partner")),
        filter::days(url, "date_from", "date_to"),
        types(kind, url),
        filter::select(url, "status", t!("Status"), statuses),
        warehouses(url),
        filter::check(url, "only_wms", t!("Only with floor work")),
        filter::check(url, "only_conflicts", t!("Only conflicts")),
        filter::check(url, "only_unentered", t!("To be entered in the ERP")),
    ];
    filter::list_bar(url, inputs, Some(routes::documents_file(kind, "csv")))
}

fn types(kind: DocumentKind, url: UrlState) -> AnyView {
    let known = load(
        || (),
        move |()| api::doc_types::list(Some(Direction::from(kind)), false, None),
    );
    let shown = move || {
        Suspend::new(async move {
            let mut options = vec![(String::new(), t!("Any type").to_owned())];
            let rows = known.read().await.map(|page: Page<DocType>| page.rows);
            for one in rows.unwrap_or_default() {
                let text = match one.name {
                    Some(name) => format!("{} · {name}", one.code),
                    None => one.code.clone(),
                };
                options.push((one.code, text));
            }
            options.dedup();
            filter::select(url, "doc_type", t!("Type"), options)
        })
    };
    view! { <Transition>{shown}</Transition> }.into_any()
}

fn name_of(status: DocumentStatus) -> &'static str {
    match status {
        DocumentStatus::New => t!("New"),
        DocumentStatus::InProgress => t!("In progress"),
        DocumentStatus::Partial => t!("Partial"),
        DocumentStatus::Done => t!("Done"),
        DocumentStatus::Cancelled => t!("Cancelled"),
    }
}

fn show(kind: DocumentKind, page: Page<DocumentSummary>, url: UrlState, passed: Passed) -> AnyView {
    if page.rows.is_empty() {
        let unsorted = DocumentFilter {
            sort: DocumentFilter::default().sort,
            ..filter_of(url)
        };
        return if unsorted == DocumentFilter::default() {
            empty(
                Icon::Truck,
                t!("No documents yet"),
                t!("Open a connection and press Sync now on these documents."),
                to_connections(),
            )
        } else {
            empty(
                Icon::Search,
                t!("No document fits"),
                t!("Take a filter away to see more."),
                None,
            )
        };
    }
    let columns = [
        fixed(t!("Number")).by("number"),
        fixed(t!("Date")).by("dated_on"),
        short(t!("Type")).by("doc_type"),
        wide(t!("Partner")).by("partner"),
        short(t!("Warehouse")).by("warehouse"),
        figures(t!("WMS / all lines")).by("lines_wms"),
        fixed(t!("Status")).by("status"),
        text(t!("Progress")),
        narrow(t!("Given to")),
    ];
    let rows = page.rows.into_iter().map(|row| line(kind, row)).collect();
    let table = ListTable {
        label: t!("Documents"),
        url,
        sort: "-dated_on",
        selection: None,
    };
    paged(table, &columns, rows, passed, page.next)
}

fn line(kind: DocumentKind, row: DocumentSummary) -> Row {
    let done = if row.lines_wms > 0 {
        progress(row.lines_done.into(), row.lines_wms.into())
    } else {
        plain("")
    };
    let number = row.number.clone();
    let marks = marks(&row);
    let cells = vec![
        link(routes::document(kind, row.id), row.number.as_str()),
        plain(date(row.dated_on)),
        doc_type(&row),
        cut(row.partner_name.unwrap_or_default()),
        cut(row.warehouse_name),
        plain(format!("{} / {}", row.lines_wms, row.lines_total)),
        marks,
        done,
        cut(row.assigned_to.unwrap_or_default()),
    ];
    Row::new("doc-row", number, cells)
}

/// The type's name, with the ERP's code and all of the name as its title.
fn doc_type(row: &DocumentSummary) -> AnyView {
    match row.doc_type_name.clone() {
        Some(name) => {
            let title = format!("{} · {name}", row.doc_type);
            view! { <span title=title>{name}</span> }.into_any()
        }
        None => plain(row.doc_type.as_str()),
    }
}

fn marks(row: &DocumentSummary) -> AnyView {
    let conflict = (row.conflicts > 0).then(|| badge(Tone::Bad, t!("Conflict")));
    let test = (row.source == DocumentSource::Test).then(|| badge(Tone::Info, t!("Test")));
    view! { <span class="flex flex-wrap gap-1">{document_status(row.status)} {conflict} {test}</span> }
        .into_any()
}
