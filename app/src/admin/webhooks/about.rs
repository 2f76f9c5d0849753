//! What a message tells and what it is about, in words.

use crate::routes;
use crate::ui::badge::{Tone, badge};
use crate::ui::table::{code, link, plain};
use crate::words::tr;
use domain::document::DocumentKind;
use domain::outbox::{MessageSummary, SAGA, Subject};
use domain::push::PushKind;
use domain::webhook::{TEST_EVENT, WebhookEvent};
use leptos::prelude::*;

/// For example "Result of dispatch WH/OUT/94908", with the number leading to the document.
pub(super) fn about(message: &MessageSummary) -> AnyView {
    let event = message.event_type.as_str();
    let subject = message.subject.as_ref();
    let kind = subject.and_then(|subject| subject.document_kind);
    let told = name_of(event, kind).map_or_else(|| code(event), plain);
    view! {
        <span data-testid="delivery-about">
            {told}
            " "
            {subject.map(named)}
            " "
            {message.rehearsal_of.map(|_| badge(Tone::Neutral, t!("Test copy")))}
        </span>
    }
    .into_any()
}

fn named(subject: &Subject) -> AnyView {
    let name = subject.name.as_str();
    match (subject.document_kind, subject.document_id) {
        (Some(kind), Some(id)) => link(routes::document(kind, id), name),
        _ => plain(name),
    }
}

/// The system that messages go to; mail, which nobody named, in the reader's language.
pub(in crate::admin) fn target(name: &str) -> String {
    match name {
        "e-mail" => t!("e-mail").to_owned(),
        named => named.to_owned(),
    }
}

/// What an event is called; nothing for one that this version does not know.
pub(in crate::admin) fn name_of(event: &str, kind: Option<DocumentKind>) -> Option<&'static str> {
    if let Ok(event) = event.parse::<WebhookEvent>() {
        return Some(tr(event.label()));
    }
    match event {
        TEST_EVENT => return Some(t!("Test delivery")),
        SAGA => return Some(t!("Several steps")),
        _ => (),
    }
    Some(match event.parse().ok()? {
        PushKind::DocumentResult => match kind {
            Some(DocumentKind::Dispatch) => t!("Result of dispatch"),
            Some(DocumentKind::Receipt) => t!("Result of receipt"),
            None => t!("Result of a document"),
        },
        PushKind::Recipe => t!("Recipe"),
        PushKind::Bom => t!("Bill of materials of"),
        PushKind::Stock => t!("Counted stock of"),
        PushKind::Product => t!("Product"),
        PushKind::ProcessOrder => t!("Process order for"),
    })
}
