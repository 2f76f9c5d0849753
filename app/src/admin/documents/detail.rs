//! One document: its lines, who works on it, and everything that happened to it.

use super::assign::{AssignDialog, Assigning, use_assigning};
use super::lines::lines;
use super::timeline::timeline;
use crate::AppError;
use crate::api;
use crate::live::use_live;
use crate::load::load;
use crate::routes;
use crate::session::viewer_may;
use crate::site_time::{SiteTime, date};
use crate::ui::act::{Act, use_act};
use crate::ui::badge::document_status;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::error::error_panel;
use crate::ui::header::detail_header;
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use crate::ui::panel::{facts, panel};
use crate::ui::progress::progress;
use crate::ui::table::{maybe, plain};
use domain::DocumentId;
use domain::document::{DocumentDetail, DocumentKind};
use domain::live::Topic;
use domain::permission::Permission;
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
    let document = load(move || live.get(), move |_| api::documents::get(id));
    let entries = load(move || live.get(), move |_| api::documents::timeline(id));
    let (act, assigning) = (use_act(), use_assigning());
    let happened = loaded(entries, |entries: Vec<TimelineEntry>, site| {
        timeline(entries, &site)
    });
    view! {
        {loaded(document, move |detail: DocumentDetail, _| head(&detail, act, assigning))}
        <div class="grid items-start gap-4 xl:grid-cols-2">
            {panel("Document", None, loaded(document, |detail: DocumentDetail, site| head_facts(&detail, &site)))}
            {panel("Timeline", None, view! { <div class="max-h-72 overflow-y-auto" tabindex="0">{happened}</div> }.into_any())}
        </div>
        {panel("Lines", None, loaded(document, |detail: DocumentDetail, _| lines(&detail.lines)))}
        <AssignDialog assigning />
    }
    .into_any()
}

fn head(detail: &DocumentDetail, act: Act, assigning: Assigning) -> AnyView {
    let document = &detail.document;
    let list = match document.kind {
        DocumentKind::Dispatch => (routes::DISPATCHES, "Dispatches"),
        DocumentKind::Receipt => (routes::RECEIPTS, "Receipts"),
    };
    let below = view! {
        <span class="inline-flex items-center gap-2">
            <span data-testid="document-status">{document_status(document.status)}</span>
            <span>{document.partner_name.clone()}</span>
        </span>
    };
    let title = format!("{} · {}", document.number, document.doc_type);
    detail_header(
        list,
        &title,
        below.into_any(),
        Some(buttons(detail, act, assigning)),
    )
}

fn head_facts(detail: &DocumentDetail, site: &SiteTime) -> AnyView {
    let document = &detail.document;
    let given = document.assigned_to.clone();
    facts(vec![
        ("Date", plain(date(document.dated_on))),
        (
            "Warehouse upstream",
            plain(document.warehouse_name.as_str()),
        ),
        (
            "Floor lines done",
            progress(document.lines_done.into(), document.lines_wms.into()),
        ),
        (
            "Given to",
            view! { <span data-testid="assigned-to">{maybe(given)}</span> }.into_any(),
        ),
        ("ERP status", maybe(detail.erp_status.clone())),
        ("Responsible", maybe(detail.responsible.clone())),
        ("Source", plain(detail.source.as_str())),
        ("First read", plain(site.date_time(detail.imported_at))),
        ("Note", maybe(detail.note.clone())),
    ])
}

fn buttons(detail: &DocumentDetail, act: Act, assigning: Assigning) -> AnyView {
    if !viewer_may(Permission::AssignTasks) {
        return ().into_any();
    }
    let id = detail.document.id;
    let recalculate = move |()| {
        act.run(api::documents::recalculate(id), "Matched again.", |()| ());
    };
    let assign = detail
        .task
        .clone()
        .filter(|_| !detail.document.status.is_final())
        .map(|task| {
            view! {
                <Button
                    label="Assign"
                    kind=ButtonKind::Primary
                    before=Icon::Person
                    on_press=move |()| assigning.ask(&task)
                    testid="assign"
                />
            }
        });
    view! {
        <span class="inline-flex gap-2">
            <Button
                label="Recalculate"
                before=Icon::Refresh
                pending=act.pending()
                on_press=recalculate
                testid="recalculate"
            />
            {assign}
        </span>
    }
    .into_any()
}
