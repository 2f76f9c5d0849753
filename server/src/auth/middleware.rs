//! Puts the caller beside every request.

use super::session_store::DATA_KEY;
use super::{Backend, COOKIE, Session, Sessions, SignIn, stored_id};
use crate::settings::Settings;
use app::session::CurrentCaller;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use axum_login::{AuthManagerLayer, AuthManagerLayerBuilder};
use store::Store;
use tower_sessions::cookie::SameSite;
use tower_sessions::cookie::time::Duration;
use tower_sessions::{Expiry, SessionManagerLayer};

/// The session layer: a cookie that scripts cannot read and other sites cannot send along.
pub fn layer(
    settings: &Settings,
    store: Store,
    sessions: Sessions,
    sign_in: SignIn,
) -> AuthManagerLayer<Backend, Sessions> {
    let secure = settings
        .public_url
        .as_ref()
        .is_some_and(|url| url.is_https());
    let seconds = i64::try_from(settings.session.as_secs()).unwrap_or(i64::MAX);
    let cookies = SessionManagerLayer::new(sessions)
        .with_name(COOKIE)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_secure(secure)
        .with_expiry(Expiry::OnInactivity(Duration::seconds(seconds)));
    AuthManagerLayerBuilder::new(Backend::new(store, sign_in), cookies)
        .with_data_key(DATA_KEY)
        .build()
}

/// Middleware: tells pages and server functions who calls.
pub async fn current_caller(session: Session, mut request: Request, next: Next) -> Response {
    let caller = session.user.map(|user| user.caller.as_ref().clone());
    request.extensions_mut().insert(CurrentCaller(caller));
    next.run(request).await
}

/// What the session is called in the table, once it is kept there.
pub fn session_key(session: &Session) -> Option<String> {
    session.session.id().as_ref().map(stored_id)
}
