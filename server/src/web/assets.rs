//! Built browser files: `/pkg` and what lies beside it in the site's directory.

use axum::Router;
use axum::extract::Request;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use std::path::Path;
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

/// `/pkg/…`. An unknown file is a plain 404: a page in its place would be taken for a broken
/// script.
pub fn packages<S: Clone + Send + Sync + 'static>(site_root: &Path) -> Router<S> {
    let files = ServeDir::new(site_root.join("pkg"))
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false);
    Router::new()
        .nest_service("/pkg", files)
        .layer(from_fn(cacheable))
}

/// A file of the site's directory such as `/favicon.svg`, if there is one.
pub async fn find(site_root: &Path, uri: Uri, headers: HeaderMap) -> Option<Response> {
    // Only plain names with an ending: everything else is a page.
    let is_file = uri
        .path()
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.') && !name.starts_with('.'));
    if !is_file {
        return None;
    }
    let mut ask = Request::new(axum::body::Body::empty());
    *ask.uri_mut() = uri;
    *ask.headers_mut() = headers;
    let files = ServeDir::new(site_root)
        .precompressed_br()
        .precompressed_gzip()
        .append_index_html_on_directories(false);
    let mut found = files.oneshot(ask).await.ok()?.into_response();
    if found.status() == StatusCode::NOT_FOUND {
        return None;
    }
    let an_hour = HeaderValue::from_static("public, max-age=3600");
    found.headers_mut().insert(CACHE_CONTROL, an_hour);
    Some(found)
}

/// The handheld's files carry their content in their name and never change. The others do not, so
/// the browser asks each time; the answer is mostly "not modified".
async fn cacheable(request: Request, next: Next) -> Response {
    let named = is_named_by_content(request.uri().path());
    let mut response = next.run(request).await;
    if response.status() == StatusCode::NOT_FOUND {
        return (StatusCode::NOT_FOUND, "There is no such file.\n").into_response();
    }
    let headers = response.headers_mut();
    let how_long = if named {
        "public, max-age=31536000, immutable"
    } else {
        "public, no-cache"
    };
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(how_long));
    response
}

/// `name.0123456789abcdef.js`: sixteen digits of the content's hash before the ending.
fn is_named_by_content(path: &str) -> bool {
    let mut parts = path.rsplit('.');
    let hash = parts.nth(1).unwrap_or_default();
    hash.len() == 16 && hash.bytes().all(|digit| digit.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::is_named_by_content;

    #[test]
    fn only_a_hash_in_the_name_makes_a_file_last() {
        assert!(is_named_by_content("/pkg/floor.0123456789abcdef.wasm"));
        assert!(!is_named_by_content("/pkg/crossdock_bg.wasm"));
        assert!(!is_named_by_content("/pkg/floor.0123456789abcdeg.js"));
        assert!(!is_named_by_content("/pkg/crossdock"));
    }
}
