//! The words of the office and the boards: a script per language, which every page of that language
//! loads before the app. Nobody has to be signed in for them.

use app::words::{Catalogue, Language, catalogue};
use axum::Router;
use axum::extract::Path;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::compression::CompressionLayer;

/// `/words/{language}.{hash}.js`.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/words/{file}", get(script))
        .layer(CompressionLayer::new())
}

async fn script(Path(file): Path<String>) -> Response {
    match Language::of_tag(file.split('.').next().unwrap_or_default()).and_then(catalogue) {
        Some(catalogue) => words(catalogue, file == catalogue.file),
        None => (StatusCode::NOT_FOUND, "There is no such file.\n").into_response(),
    }
}

/// While nodes are replaced one by one, a page may ask for the words of another build: it gets these,
/// and keeps them for this once.
fn words(catalogue: &'static Catalogue, is_ours: bool) -> Response {
    let how_long = if is_ours {
        "public, max-age=31536000, immutable"
    } else {
        "no-store"
    };
    let headers: [(HeaderName, &'static str); 2] = [
        (CONTENT_TYPE, "text/javascript; charset=utf-8"),
        (CACHE_CONTROL, how_long),
    ];
    (headers, catalogue.script.as_str()).into_response()
}
