//! Telling the lead what is wrong with the goods, the shelf or the document at hand.

use super::bridge;
use super::desk::{Desk, Sheet};
use super::device::new_operation_id;
use super::scanner::list;
use super::sheet::BottomSheet;
use super::short::Words;
use super::varying::{option, part, text};
use crate::json::Json;
use crate::sound::Cue;
use crate::{AppError, ErrorCode};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Asks for words; below them, what became of earlier reports.
#[component]
pub(super) fn TroubleSheet(desk: Desk) -> impl IntoView {
    let close = Callback::new(move |()| desk.sheet.set(Sheet::Closed));
    let failed = RwSignal::new(String::new());
    // As text, so that no signal is compiled for it alone.
    let known = RwSignal::new(None::<String>);
    spawn_local(async move {
        if let Ok(found) = bridge::call("GET", "/api/v1/reports", None).await {
            known.try_set(found.to_text());
        }
    });
    // One id for all tries: a report whose answer was lost is not there twice.
    let id = new_operation_id().to_string();
    let say = Callback::new(move |text: String| {
        if text.is_empty() {
            return;
        }
        let report = Json::object()
            .put("id", id.as_str())
            .put_int("task_id", desk.task_id.0)
            .put("text", text);
        let report = match desk.line.get_untracked() {
            Some(line) => report.put_int("line_id", line.id.0),
            None => report,
        };
        spawn_local(async move {
            match bridge::call("POST", "/api/v1/reports", Some(report)).await {
                Ok(_) => {
                    desk.feedback.give(Cue::Ok);
                    desk.said.try_set(Some(t!("Your lead knows.").to_owned()));
                    desk.sheet.try_set(Sheet::Closed);
                }
                Err(error) => {
                    desk.feedback.give(Cue::Wrong);
                    failed.try_set(why(error));
                }
            }
        });
    });
    view! {
        <BottomSheet title=t!("What is wrong?") on_close=close>
            <p class="text-xl font-semibold text-error" role="alert" data-testid="report-failed">
                {text(move || failed.get())}
            </p>
            <Words on_say=say action=t!("Tell my lead") />
            {part(move || option(known.get().as_deref().and_then(Json::parse).map(|found| earlier(&found))))}
        </BottomSheet>
    }
}

fn why(error: AppError) -> String {
    match error.code {
        ErrorCode::Offline => {
            t!("Telling your lead needs the network. Try again there.").to_owned()
        }
        _ => error.message,
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
