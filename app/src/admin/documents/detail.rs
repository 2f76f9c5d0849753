//! One document: its lines, who works on it, and everything that happened to it.

use super::assign::{AssignDialog, Assigning, use_assigning};
use super::buttons::buttons;
use super::erp::erp;
use super::lines::lines;
use super::photos::photos;
use super::timeline::timeline;
use crate::AppError;
use crate::admin::conflicts::{Deciding, use_deciding};
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::site_time::{SiteTime, date};
use crate::ui::act::{Act, use_act};
use crate::ui::badge::{Tone, badge, document_status};
use crate::ui::confirm::{Confirm, use_confirm};
use crate::ui::error::error_panel;
use crate::ui::header::detail_header;
use crate::ui::load::loaded;
use crate::ui::panel::{facts, panel};
use crate::ui::progress::progress;
use crate::ui::table::{maybe, plain};
use domain::DocumentId;
use domain::document::{DocumentDetail, DocumentKind, DocumentSource, DocumentSummary};
use domain::live::Topic;
use domain::photo::Photo;
use domain::timeline::TimelineEntry;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

/// The page of one dispatch.
#[component]
pub fn Dispatch() -> impl IntoView {
    detail("dispatch")
}

/// The page of one receipt.
#[component]
pub fn Receipt() -> impl IntoView {
    detail("receipt")
}

fn detail(noun: &'static str) -> AnyView {
    let id = use_params_map()
        .with_untracked(|params| params.get("id"))
        .and_then(|id| id.parse().ok());
    let Some(id) = id.map(DocumentId) else {
        return error_panel(&AppError::not_found(noun));
    };
    let live = use_live(Signal::stored(vec![Topic::Document(id.0)]));
    let leaving = RwSignal::new(false);
    let seen = StoredValue::new(0);
    // Read together: a document that is not there is said once. What is being deleted here is not
    // asked for again.
    let found = load(
        move || {
            if !leaving.get() {
                seen.set_value(live.get());
            }
            seen.get_value()
        },
        move |_| async move {
            let detail = api::documents::get(id).await?;
            let entries = api::documents::timeline(id).await?;
            Ok((detail, entries, api::photos::of_document(id).await?))
        },
    );
    let page = Page {
        act: use_act(),
        assigning: use_assigning(),
        confirm: use_confirm(),
        deciding: use_deciding(),
        note: RwSignal::new(String::new()),
        reason: RwSignal::new(String::new()),
        leaving,
    };
    view! {
        {loaded(found, move |(detail, entries, pictures): Answer, site| {
            page.show(&detail, entries, pictures, &site)
        })}
        <AssignDialog assigning=page.assigning />
        {page.confirm.dialog()}
        {page.deciding.dialog()}
    }
    .into_any()
}

type Answer = (DocumentDetail, Vec<TimelineEntry>, Vec<Photo>);

/// What outlives a reading of the document.
#[derive(Clone, Copy)]
struct Page {
    act: Act,
    assigning: Assigning,
    confirm: Confirm,
    deciding: Deciding,
    /// How the result got into the ERP.
    note: RwSignal<String>,
    /// Why a result is tried again or discarded.
    reason: RwSignal<String>,
    /// The document is being deleted, and the page left with it.
    leaving: RwSignal<bool>,
}

impl Page {
    fn show(
        self,
        detail: &DocumentDetail,
        entries: Vec<TimelineEntry>,
        pictures: Vec<Photo>,
        site: &SiteTime,
    ) -> AnyView {
        let happened = timeline(entries, site);
        view! {
            <div class="flex flex-col gap-4">
                {head(detail, self)}
                <div class="grid items-start gap-4 xl:grid-cols-2">
                    {panel(t!("Document"), None, head_facts(detail, site))}
                    {panel(t!("Timeline"), None, happened)}
                </div>
                {photos(pictures, site)}
                {panel(t!("In the ERP"), None, erp(detail, self.act, self.note, self.reason, site))}
                {panel(t!("Lines"), None, lines(&detail.lines, self.deciding))}
            </div>
        }
        .into_any()
    }
}

fn head(detail: &DocumentDetail, page: Page) -> AnyView {
    let document = &detail.document;
    let list = match document.kind {
        DocumentKind::Dispatch => (routes::DISPATCHES, t!("Dispatches")),
        DocumentKind::Receipt => (routes::RECEIPTS, t!("Receipts")),
    };
    let below = view! {
        <span class="inline-flex items-center gap-2">
            <span data-testid="document-status">{document_status(document.status)}</span>
            {(document.conflicts > 0).then(|| badge(Tone::Bad, t!("Conflict")))}
            {(document.source == DocumentSource::Test).then(|| badge(Tone::Info, t!("Test")))}
            <span>{document.partner_name.clone()}</span>
        </span>
    };
    let title = format!("{} · {}", document.number, document.doc_type);
    let acts = buttons(detail, page.act, page.assigning, page.confirm, page.leaving);
    detail_header(list, &title, below.into_any(), Some(acts))
}

fn head_facts(detail: &DocumentDetail, site: &SiteTime) -> AnyView {
    let document = &detail.document;
    let given = document.assigned_to.clone();
    facts(vec![
        (t!("Date"), plain(date(document.dated_on))),
        (t!("Type"), plain(doc_type(document))),
        (
            t!("Warehouse upstream"),
            plain(document.warehouse_name.as_str()),
        ),
        (
            t!("Floor lines done"),
            match document.lines_wms {
                0 => plain(""),
                lines => progress(document.lines_done.into(), lines.into()),
            },
        ),
        (
            t!("Given to"),
            view! { <span data-testid="assigned-to">{maybe(given)}</span> }.into_any(),
        ),
        (t!("Recipient"), maybe(detail.recipient_name.clone())),
        (t!("Second recipient"), maybe(detail.partner2_name.clone())),
        (t!("Sender"), maybe(detail.sender_name.clone())),
        (t!("ERP status"), maybe(detail.erp_status.clone())),
        (t!("Responsible"), maybe(detail.responsible.clone())),
        (t!("Source"), plain(detail.source.as_str())),
        (t!("First read"), plain(site.date_time(detail.imported_at))),
        (t!("Note"), maybe(detail.note.clone())),
    ])
}

fn doc_type(document: &DocumentSummary) -> String {
    match &document.doc_type_name {
        Some(name) => format!("{} · {name}", document.doc_type),
        None => document.doc_type.clone(),
    }
}
