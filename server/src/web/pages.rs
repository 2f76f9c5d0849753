//! Pages and server functions of the app.

use super::{assets, authenticator, csp};
use crate::connecting::Connecting;
use crate::services::Services;
use app::state::{AppState, Clock};
use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::LeptosOptions;
use leptos_axum::{LeptosRoutes as _, generate_route_list, render_app_to_stream_with_context};
use std::sync::Arc;

/// What pages and server functions are given.
pub fn state(services: &Services) -> AppState {
    let clock = services.clock.clone();
    AppState {
        leptos_options: options(services),
        store: services.store.clone(),
        clock: Clock::new(move || clock.now()),
        webhooks: app::state::Webhooks {
            key: services.secret.sealing().clone(),
            addresses: services.settings.monitoring.addresses.clone(),
            nonce: Arc::new(rand::random),
        },
        connections: Arc::new(Connecting::of(services)),
        auth: Arc::new(authenticator::Sessions {
            sign_in: services.sign_in.clone(),
            hub: services.hub.clone(),
            store: services.store.clone(),
            clock: services.clock.clone(),
        }),
    }
}

/// All pages and server functions, and the "not found" page for everything else.
pub fn router(state: &AppState) -> Router<AppState> {
    let options = state.leptos_options.clone();
    let shell = move || app::shell(options.clone());
    let mut pages = generate_route_list(app::App);
    // The handheld's page is a file; see `floor`.
    pages.retain(|page| !page.path().starts_with(app::routes::FLOOR));
    Router::new()
        .leptos_routes_with_context(state, pages, csp::protect_page, shell)
        .fallback(not_found)
}

fn options(services: &Services) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("crossdock")
        .site_root(services.settings.site_root.to_string_lossy().into_owned())
        .site_pkg_dir("pkg")
        .site_addr(services.settings.bind)
        .build()
}

/// A file of the site's directory, the page that was meant where a slash stands at the end, else the
/// page that says that there is none.
async fn not_found(State(state): State<AppState>, request: Request) -> Response {
    let site_root = state.leptos_options.site_root.to_string();
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    if let Some(file) = assets::find(site_root.as_ref(), uri, headers).await {
        return file;
    }
    if let Some(path) = without_slash(request.method(), request.uri()) {
        return Redirect::permanent(&path).into_response();
    }
    let options = state.leptos_options.clone();
    let context = move || {
        leptos::prelude::provide_context(state.clone());
        csp::protect_page();
    };
    let page = render_app_to_stream_with_context(context, move || app::shell(options.clone()));
    let mut response = page(request).await.into_response();
    // Redirects to the sign-in page keep their status.
    if response.status() == StatusCode::OK {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    response
}

/// `/admin/?q=1` is `/admin?q=1`. Two slashes at the beginning would lead to another site.
fn without_slash(method: &Method, uri: &Uri) -> Option<String> {
    let path = uri.path().strip_suffix('/')?.trim_end_matches('/');
    let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
    let reads = *method == Method::GET || *method == Method::HEAD;
    let query = uri.query().map(|query| format!("?{query}"));
    (ours && reads).then(|| format!("{path}{}", query.unwrap_or_default()))
}
