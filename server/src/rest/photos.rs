//! `photos`: pictures of goods that are damaged or came unexpected.

use super::Problem;
use super::extract::{Id, Parameters, RestCaller, read};
use super::paging::{Answer, cursor, limit, page};
use crate::services::Services;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::page::Page;
use domain::photo::{CONTENT_TYPE, Photo};
use domain::{DocumentId, OperationId, PhotoId};
use serde::Deserialize;
use utoipa::IntoParams;

/// Which photos.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct WantedPhotos {
    /// Only of this document.
    #[param(value_type = Option<i64>, example = 1)]
    document: Option<DocumentId>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    #[param(minimum = 1, maximum = 200, default = 50, example = 20)]
    limit: Option<i64>,
}

/// Photos without their pictures, newest first. They are forgotten after a year.
#[utoipa::path(get, path = "/photos", tag = "Floor", params(WantedPhotos),
    responses((status = 200, description = "A page.", body = Page<Photo>)))]
pub async fn list(
    State(services): State<Services>,
    caller: RestCaller,
    Parameters(wanted): Parameters<WantedPhotos>,
) -> Answer<Photo> {
    let after = cursor(wanted.after.as_deref())?;
    let rows = limit(wanted.limit)?;
    let (store, document) = (&services.store, wanted.document);
    page(store::photos::list(store, &caller, document, after.as_ref(), rows).await?)
}

/// One picture.
#[utoipa::path(get, path = "/photos/{id}", tag = "Floor",
    params(("id" = uuid::Uuid, Path, description = "The photo.")),
    responses((status = 200, description = "The picture.", body = String, content_type = "image/jpeg")))]
pub async fn get(
    State(services): State<Services>,
    caller: RestCaller,
    Id(id): Id<PhotoId>,
) -> Result<Response, Problem> {
    let content = store::photos::content(&services.store, &caller, id).await?;
    let name = format!("inline; filename=\"photo-{id}.jpg\"");
    let name = HeaderValue::from_str(&name).map_err(|error| Problem::internal(&error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE)),
        (header::CONTENT_DISPOSITION, name),
        // It never changes; who may see it can.
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, max-age=600"),
        ),
    ];
    Ok((headers, content).into_response())
}

/// Adds a photo, a JPEG of at most 1 MiB, to a shortage or to unexpected goods that the caller
/// reported. The client makes the photo's id; sent again it changes nothing.
#[utoipa::path(put, path = "/operations/{id}/photos/{photo}", tag = "Floor",
    params(("id" = uuid::Uuid, Path, description = "The act."), ("photo" = uuid::Uuid, Path, description = "The photo.")),
    request_body(content = String, content_type = "image/jpeg"),
    responses((status = 204, description = "It is kept.")))]
pub async fn add(
    State(services): State<Services>,
    caller: RestCaller,
    Id((operation, photo)): Id<(OperationId, PhotoId)>,
    request: Request,
) -> Result<StatusCode, Problem> {
    let content = read(request).await?;
    let (store, now) = (&services.store, services.clock.now());
    ::operations::photos::add(store, &caller, operation, photo, &content, now).await?;
    Ok(StatusCode::NO_CONTENT)
}
