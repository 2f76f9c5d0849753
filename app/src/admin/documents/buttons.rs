//! What can be done with one document.

use super::assign::Assigning;
use super::try_out::delete_button;
use crate::api;
use crate::routes;
use crate::session::viewer_may;
use crate::ui::act::Act;
use crate::ui::button::{Button, ButtonKind};
use crate::ui::confirm::Confirm;
use crate::ui::icon::{Icon, icon};
use domain::DocumentId;
use domain::document::DocumentDetail;
use domain::permission::Permission;
use domain::rest::Rest;
use leptos::prelude::*;

/// Its files for everybody; what changes it for those who give tasks.
pub(super) fn buttons(
    detail: &DocumentDetail,
    act: Act,
    assigning: Assigning,
    confirm: Confirm,
    leaving: RwSignal<bool>,
) -> AnyView {
    let id = detail.document.id;
    let files = view! {
        {file(id, "csv", "CSV")}
        {file(id, "xlsx", "Excel")}
    };
    if !viewer_may(Permission::AssignTasks) {
        return files.into_any();
    }
    view! {
        <span class="inline-flex gap-2">
            {files}
            {delete_button(detail, act, confirm, leaving)}
            {recalculate(id, act)}
            {give_back(detail, act)}
            {assign(detail, assigning)}
        </span>
    }
    .into_any()
}

fn file(id: DocumentId, format: &'static str, label: &'static str) -> AnyView {
    view! {
        <a class="btn btn-sm h-9 btn-ghost" href=routes::document_file(id, format) rel="external" download=""
            data-testid=format!("export-{format}") title=t!("The floor lines of this document")>
            {icon(Icon::Download, "size-4")}
            <span>{label}</span>
        </a>
    }
    .into_any()
}

fn recalculate(id: DocumentId, act: Act) -> AnyView {
    let ask = move |()| {
        act.run(
            api::documents::recalculate(id),
            t!("Matched again."),
            |()| (),
        );
    };
    view! {
        <Button
            label=t!("Recalculate WMS flag")
            before=Icon::Refresh
            pending=act.pending()
            on_press=ask
            testid="recalculate"
        />
    }
    .into_any()
}

/// What it lacks becomes work again.
fn give_back(detail: &DocumentDetail, act: Act) -> Option<AnyView> {
    let id = detail.document.id;
    let ask = move |()| {
        act.run(
            api::documents::give_back_rest(id),
            t!("What is missing is work again."),
            |()| (),
        );
    };
    let button = || {
        view! {
            <Button
                label=t!("Work on what is missing")
                before=Icon::Refresh
                pending=act.pending()
                on_press=ask
                testid="give-back-rest"
            />
        }
        .into_any()
    };
    (detail.rest == Some(Rest::Floor)).then(button)
}

fn assign(detail: &DocumentDetail, assigning: Assigning) -> Option<AnyView> {
    let task = detail.task.clone();
    let task = task.filter(|_| !detail.document.status.is_final())?;
    let button = view! {
        <Button
            label=t!("Assign")
            kind=ButtonKind::Primary
            before=Icon::Person
            on_press=move |()| assigning.ask(&task)
            testid="assign"
        />
    };
    Some(button.into_any())
}
