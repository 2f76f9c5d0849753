//! Files without an upper limit: written page by page while they are read.

use crate::rest::{Problem, RestCaller};
use crate::services::Services;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use futures::stream;
use serde_json::Value;
use std::sync::Arc;
use store::Store;

/// The media type of comma-separated values.
pub(super) const CSV: &str = "text/csv; charset=utf-8";

/// What a file is made of.
pub(super) trait Source: Sized + Send + Sync + 'static {
    /// One row.
    type Row: Send + Sync;
    /// What the audit says was exported.
    const SUBJECT: &'static str;
    /// Media type of the file.
    const KIND: &'static str;

    /// Name of the file, with its ending.
    fn name(&self) -> String;

    /// What the audit says of the selection.
    fn facts(&self) -> Value;

    /// The text before the first row.
    fn head(&self) -> String {
        String::new()
    }

    /// The rows behind the cursor, as many as are read at once.
    fn read(
        &self,
        store: &Store,
        caller: &Caller,
        after: Option<&Cursor>,
    ) -> impl Future<Output = Result<Page<Self::Row>, store::Error>> + Send;

    /// Adds a row and its line end.
    fn push(&self, text: &mut String, row: &Self::Row);
}

/// Titles of comma-separated values, behind the mark that tells spreadsheets of UTF-8.
pub(super) fn titles(columns: &[&str]) -> String {
    let mut text = String::from('\u{feff}');
    domain::csv::push_row(&mut text, columns);
    text
}

/// Where the reading is.
struct Reading<S> {
    services: Services,
    caller: Arc<Caller>,
    source: S,
    after: Option<Cursor>,
}

/// The file; that it was taken is in the audit before its first row leaves.
pub(super) async fn file<S: Source>(
    services: Services,
    caller: RestCaller,
    source: S,
) -> Result<Response, Problem> {
    let (store, now) = (&services.store, services.clock.now());
    let facts = source.facts();
    operations::audit::record(store, Some(&caller), "EXPORTED", S::SUBJECT, facts, now)
        .await
        .map_err(|error| Problem::internal(&error))?;
    let name = format!("attachment; filename=\"{}\"", source.name());
    let reading = Reading {
        services,
        caller: caller.0,
        source,
        after: None,
    };
    let head = [
        (header::CONTENT_TYPE, S::KIND.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    let parts = stream::try_unfold(Some(reading), next);
    Ok((head, Body::from_stream(parts)).into_response())
}

/// The next part of the file; nothing is left to read when everything is written. A failure cuts the
/// answer off, so that it is not taken for whole.
async fn next<S: Source>(
    reading: Option<Reading<S>>,
) -> Result<Option<(Bytes, Option<Reading<S>>)>, store::Error> {
    let Some(mut reading) = reading else {
        return Ok(None);
    };
    let (store, caller) = (&reading.services.store, &reading.caller);
    let after = reading.after.as_ref();
    let page = reading.source.read(store, caller, after).await?;
    let mut text = match after {
        None => reading.source.head(),
        Some(_) => String::new(),
    };
    for row in &page.rows {
        reading.source.push(&mut text, row);
    }
    let rest = page.next.map(|after| {
        reading.after = Some(after);
        reading
    });
    Ok(Some((text.into(), rest)))
}
