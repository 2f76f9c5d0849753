//! The handheld's page and its service worker: files of the site, the same for everybody. They carry
//! no data, so nobody has to be signed in for them.

use axum::Router;
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Scripts and WebAssembly only from us; drawn colours and widths are attributes.
const PAGE_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
     style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; \
     worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; \
     frame-ancestors 'none'";
/// It fetches what it keeps, and nothing else.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'";

/// `/floor` and all below it, and `/floor-worker.js`.
pub fn router<S: Clone + Send + Sync + 'static>(site_root: &Path) -> Router<S> {
    let page = File::new(
        site_root,
        "floor/shell.html",
        "text/html; charset=utf-8",
        PAGE_POLICY,
    );
    let worker = File::new(
        site_root,
        "floor/worker.js",
        "text/javascript; charset=utf-8",
        WORKER_POLICY,
    );
    let below = page.clone();
    Router::new()
        .route("/floor", get(move || page.clone().read()))
        .route("/floor/{*path}", get(move || below.clone().read()))
        .route("/floor-worker.js", get(move || worker.clone().read()))
}

#[derive(Clone)]
struct File {
    path: Arc<PathBuf>,
    kind: &'static str,
    policy: &'static str,
}

impl File {
    fn new(site_root: &Path, path: &str, kind: &'static str, policy: &'static str) -> Self {
        Self {
            path: Arc::new(site_root.join(path)),
            kind,
            policy,
        }
    }

    /// Asked for again each time: it names the newest build.
    async fn read(self) -> Response {
        let headers: [(HeaderName, &'static str); 3] = [
            (CONTENT_TYPE, self.kind),
            (CONTENT_SECURITY_POLICY, self.policy),
            (CACHE_CONTROL, "no-cache"),
        ];
        match tokio::fs::read(self.path.as_ref()).await {
            Ok(bytes) => (headers, Body::from(bytes)).into_response(),
            Err(error) => {
                tracing::error!(%error, path = %self.path.display(), "a file of the handheld is missing; run scripts/build");
                let words =
                    "The handheld's files are missing on this server. Tell your administrator.\n";
                (StatusCode::SERVICE_UNAVAILABLE, words).into_response()
            }
        }
    }
}
