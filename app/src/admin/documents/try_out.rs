//! Test documents: made here, worked on like any other, and deleted again.

use crate::api;
use crate::load::load;
use crate::routes;
use crate::session::viewer_may;
use crate::ui::act::{Act, use_act};
use crate::ui::button::{Button, ButtonKind};
use crate::ui::confirm::Confirm;
use crate::ui::dialog::Dialog;
use crate::ui::empty::empty;
use crate::ui::field::{SelectField, labelled};
use crate::ui::icon::Icon;
use crate::ui::load::loaded;
use domain::connection::ConnectionSummary;
use domain::document::{DocumentDetail, DocumentKind, DocumentSource, TestDocument, TestLine};
use domain::permission::Permission;
use domain::{ConnectionId, Quantity};
use leptos::prelude::*;
use leptos_router::hooks::use_navigate;

/// Opens the dialog, for those who may.
pub(super) fn new_test_button(making: RwSignal<bool>) -> AnyView {
    if !viewer_may(Permission::ManageTestDocuments) {
        return ().into_any();
    }
    view! {
        <Button label=t!("Test document") before=Icon::Plus on_press=move |()| making.set(true) testid="test-new" />
    }
    .into_any()
}

/// Asks what is on the document, and opens it.
#[component]
pub(super) fn NewTestDialog(kind: DocumentKind, open: RwSignal<bool>) -> impl IntoView {
    let act = use_act();
    let (connection, lines) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    view! {
        <Dialog open title=t!("New test document").to_owned() testid="test-dialog">
            {form(kind, connection, lines, act)}
        </Dialog>
    }
}

fn form(
    kind: DocumentKind,
    connection: RwSignal<String>,
    lines: RwSignal<String>,
    act: Act,
) -> AnyView {
    let connections = load(|| (), |()| api::connections::list());
    loaded(connections, move |rows: Vec<ConnectionSummary>, _| {
        let Some(first) = rows.first() else {
            return empty(
                Icon::Plug,
                t!("No connection"),
                t!("A document belongs to a connection. Set one up first."),
                None,
            );
        };
        if connection.with_untracked(String::is_empty) {
            connection.set(first.id.to_string());
        }
        let options = rows
            .iter()
            .map(|row| (row.id.to_string(), row.name.clone()))
            .collect();
        fields(kind, options, connection, lines, act)
    })
}

fn fields(
    kind: DocumentKind,
    options: Vec<(String, String)>,
    connection: RwSignal<String>,
    lines: RwSignal<String>,
    act: Act,
) -> AnyView {
    let navigate = use_navigate();
    let make = move |()| {
        let wanted = wanted(kind, &connection.get_untracked(), &lines.get_untracked());
        let navigate = navigate.clone();
        act.run(
            async move { api::test_documents::create(wanted?).await },
            t!("Made. It is in the list of tasks."),
            move |id| navigate(&routes::document(kind, id), Default::default()),
        );
    };
    let area = view! {
        <textarea
            class="textarea textarea-sm h-40 w-full font-mono"
            placeholder="85123A 6\n22423 1.5"
            data-testid="test-lines"
            prop:value=move || lines.get()
            on:input=move |event| lines.set(event_target_value(&event))
        ></textarea>
    };
    let nothing = Signal::derive(move || lines.with(|text| text.trim().is_empty()));
    view! {
        <div class="flex flex-col gap-4">
            <SelectField label=t!("Connection") options value=connection hint=t!("Its warehouse works on the document.") testid="test-connection" />
            {labelled(t!("Lines"), t!("One per line: item code or barcode, a space, the quantity."), area.into_any())}
            <div class="flex justify-end">
                <Button label=t!("Make it") kind=ButtonKind::Primary pending=act.pending() disabled=nothing on_press=make testid="test-make" />
            </div>
        </div>
    }
    .into_any()
}

fn wanted(
    kind: DocumentKind,
    connection: &str,
    lines: &str,
) -> Result<TestDocument, crate::AppError> {
    let invalid = |text: String| crate::AppError::new(crate::ErrorCode::Invalid, text);
    let connection = connection
        .parse()
        .map_err(|_| invalid(t!("Choose a connection.").to_owned()))?;
    let rows = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = rows
        .map(|row| {
            let read = row
                .rsplit_once(char::is_whitespace)
                .and_then(|(code, number)| {
                    Some(TestLine {
                        item_code: code.trim().to_owned(),
                        quantity: number.parse::<Quantity>().ok()?,
                    })
                });
            read.ok_or_else(|| {
                invalid(t!(
                    "'{row}' is not an item code, a space and a quantity.",
                    row
                ))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    Ok(TestDocument {
        kind,
        connection_id: ConnectionId(connection),
        lines,
    })
}

/// Deletes a test document after asking, and goes to the list; nothing for documents of the ERP.
/// `leaving` is true from the moment the deletion is sent, unless it is refused.
pub(super) fn delete_button(
    detail: &DocumentDetail,
    act: Act,
    confirm: Confirm,
    leaving: RwSignal<bool>,
) -> AnyView {
    let document = &detail.document;
    let is_test = document.source == DocumentSource::Test;
    if !is_test || !viewer_may(Permission::ManageTestDocuments) {
        return ().into_any();
    }
    let (id, kind, number) = (document.id, document.kind, document.number.clone());
    let lines = detail.lines.len();
    let navigate = use_navigate();
    let delete = move || {
        let navigate = navigate.clone();
        leaving.set(true);
        act.run(
            async move {
                let deleted = api::test_documents::delete(id).await;
                if deleted.is_err() {
                    leaving.try_set(false);
                }
                deleted
            },
            t!("Deleted. The audit keeps who did it."),
            move |()| navigate(routes::documents(kind), Default::default()),
        );
    };
    let ask = move |()| {
        confirm.warn(
            t!("Delete {number}?", number),
            t!("The test document goes with its {lines} lines, its task and everything that was picked of it.", lines),
            t!("Delete"),
            delete.clone(),
        );
    };
    view! { <Button label=t!("Delete test") kind=ButtonKind::Danger pending=act.pending() on_press=ask testid="test-delete" /> }
        .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_codes_and_quantities() {
        let read = wanted(DocumentKind::Dispatch, "7", " 85123A 6 \n\n22 423\t1.5").unwrap();
        let lines: Vec<_> = read
            .lines
            .iter()
            .map(|line| (&*line.item_code, line.quantity.to_string()))
            .collect();
        assert_eq!(
            lines,
            [("85123A", "6".to_owned()), ("22 423", "1.5".to_owned())]
        );
        assert!(wanted(DocumentKind::Dispatch, "7", "85123A").is_err());
        assert!(wanted(DocumentKind::Dispatch, "", "85123A 1").is_err());
    }
}
