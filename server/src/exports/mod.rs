//! Files for spreadsheets: floor lines of documents, and shortages. The office's links and the REST
//! API answer from here. A selection beyond [`MOST_LINES`] is refused, never cut; what has no such
//! limit (audit, calls, refused rows) is written while it is read.

pub mod audit;
mod csv;
pub mod exchanges;
mod paged;
pub mod refused;
mod routes;
mod sheet;
mod xlsx;

pub use routes::router;
pub use sheet::{Cell, Sheet};

use crate::rest::Problem;
use crate::services::Services;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::DocumentId;
use domain::document::{DocumentFilter, DocumentKind};
use domain::export::MOST_LINES;
use domain::shortage_report::ShortageFilter;
use domain::user::Caller;
use serde::Deserialize;
use serde_json::json;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Comma-separated, UTF-8 with a byte order mark.
    Csv,
    /// An Excel workbook.
    Xlsx,
}

/// The floor lines of every document that a filter lets through, newest document first.
pub async fn documents(
    services: &Services,
    caller: &Caller,
    kind: DocumentKind,
    filter: &DocumentFilter,
    format: Format,
) -> Result<Response, Problem> {
    let lines = store::exports::of_filter(&services.store, caller, kind, filter, limit()).await?;
    let name = match kind {
        DocumentKind::Dispatch => "dispatches",
        DocumentKind::Receipt => "receipts",
    };
    let facts = json!({ "filter": filter, "lines": lines.len() });
    answer(services, caller, sheet::lines(name, lines), facts, format).await
}

/// The floor lines of one document.
pub async fn document(
    services: &Services,
    caller: &Caller,
    id: DocumentId,
    format: Format,
) -> Result<Response, Problem> {
    let number = store::documents::get(&services.store, caller, id)
        .await?
        .document
        .number;
    let lines = store::exports::of_document(&services.store, caller, id, limit()).await?;
    let facts = json!({ "document": number, "lines": lines.len() });
    answer(
        services,
        caller,
        sheet::lines(&number, lines),
        facts,
        format,
    )
    .await
}

/// Shortages that a filter lets through, newest first.
pub async fn shortages(
    services: &Services,
    caller: &Caller,
    filter: &ShortageFilter,
    format: Format,
) -> Result<Response, Problem> {
    let page = store::shortages::list(&services.store, caller, filter, None, limit()).await?;
    let facts = json!({ "filter": filter, "lines": page.rows.len() });
    answer(services, caller, sheet::shortages(page.rows), facts, format).await
}

/// One more than allowed, so that too many can be told from just enough.
fn limit() -> i64 {
    i64::try_from(MOST_LINES + 1).unwrap_or(i64::MAX)
}

async fn answer(
    services: &Services,
    caller: &Caller,
    sheet: Sheet,
    facts: serde_json::Value,
    format: Format,
) -> Result<Response, Problem> {
    if sheet.rows.len() > MOST_LINES {
        return Err(Problem::invalid(format!(
            "This selection has more than {MOST_LINES} lines. Narrow it, for example by date."
        )));
    }
    let (store, now) = (&services.store, services.clock.now());
    operations::audit::record(store, Some(caller), "EXPORTED", &sheet.name, facts, now)
        .await
        .map_err(|error| Problem::internal(&error))?;
    let name = file_name(&sheet.name);
    // Tens of thousands of rows take longer than a thread of the runtime may be held.
    let written = tokio::task::spawn_blocking(move || write(&sheet, format)).await;
    let (bytes, kind, ending) = written.map_err(|error| Problem::internal(&error))??;
    let disposition = format!("attachment; filename=\"{name}.{ending}\"");
    let disposition =
        HeaderValue::from_str(&disposition).map_err(|error| Problem::internal(&error))?;
    Ok((
        [
            (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
            (header::CONTENT_DISPOSITION, disposition),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ],
        bytes,
    )
        .into_response())
}

type Written = (Vec<u8>, &'static str, &'static str);

fn write(sheet: &Sheet, format: Format) -> Result<Written, Problem> {
    match format {
        Format::Csv => Ok((csv::write(sheet), "text/csv; charset=utf-8", "csv")),
        Format::Xlsx => {
            let bytes = xlsx::write(sheet).map_err(|error| Problem::internal(&error))?;
            let kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            Ok((bytes, kind, "xlsx"))
        }
    }
}

/// Letters, digits, dot, dash and underscore; document numbers hold slashes.
fn file_name(text: &str) -> String {
    text.chars()
        .map(|char| match char {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => char,
            _ => '_',
        })
        .collect()
}
