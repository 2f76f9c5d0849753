//! Telling the lead what is wrong with the goods, the shelf or the document at hand.

use super::bridge;
use super::desk::{Desk, Sheet};
use super::scanner::list;
use super::sheet::BottomSheet;
use super::short::Words;
use super::varying::{option, part};
use crate::json::Json;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Asks for words, which go out like every act; below them, what became of earlier reports.
#[component]
pub(super) fn TroubleSheet(desk: Desk) -> impl IntoView {
    let close = Callback::new(move |()| desk.sheet.set(Sheet::Closed));
    // As text, so that no signal is compiled for it alone.
    let known = RwSignal::new(None::<String>);
    spawn_local(async move {
        if let Ok(found) = bridge::call("GET", "/api/v1/reports", None).await {
            known.try_set(found.to_text());
        }
    });
    let say = Callback::new(move |text: String| {
        if !text.is_empty() {
            desk.report(text);
        }
    });
    view! {
        <BottomSheet title=t!("What is wrong?") on_close=close>
            <Words on_say=say action=t!("Tell my lead") />
            {part(move || option(known.get().as_deref().and_then(Json::parse).map(|found| earlier(&found))))}
        </BottomSheet>
    }
}

fn earlier(found: &Json) -> AnyView {
    let rows = found.get("rows").list();
    let rows: Vec<(String, String)> = rows.iter().take(5).map(state).collect();
    option((!rows.is_empty()).then(|| list(t!("Told before"), rows, "own-reports")))
}

/// A report, and what became of it.
fn state(row: &Json) -> (String, String) {
    let state = match (row.text("resolution"), row.text("seen_by")) {
        (Some(note), _) => t!("Settled: {note}", note),
        (None, Some(name)) => t!("{name} looks after it", name),
        (None, None) => t!("Waiting").to_owned(),
    };
    (row.text("detail").unwrap_or_default(), state)
}
