//! `/docs`: the API's description as a page to read and try, from this server's own files.

use super::openapi;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use std::sync::{Arc, LazyLock};
use utoipa_swagger_ui::Config;

/// Scripts from here only; the page's own styles are written into its elements.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

static CONFIG: LazyLock<Arc<Config<'static>>> = LazyLock::new(|| {
    let config = Config::from(openapi::address())
        .display_request_duration(true)
        .filter(true)
        .validator_url("none");
    Arc::new(config)
});

/// The page; its files lie beside it.
pub async fn show() -> Redirect {
    Redirect::permanent("/docs/index.html")
}

/// A file of the page.
pub async fn file(Path(name): Path<String>) -> Response {
    let found = utoipa_swagger_ui::serve(&name, Arc::clone(&CONFIG));
    let file = match found {
        Ok(Some(file)) => file,
        Ok(None) => return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response(),
        Err(error) => {
            tracing::error!(%error, "the page of the API could not be made");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    let kind = HeaderValue::from_str(&file.content_type)
        .unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = file.bytes.into_owned().into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, kind);
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, no-cache"));
    response
}
