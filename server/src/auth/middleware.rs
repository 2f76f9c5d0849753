//! Puts the caller beside every request.

use super::session_store::DATA_KEY;
use super::{Backend, COOKIE, ClientAddress, Session, Sessions, SignIn, device_of, stored_id};
use crate::settings::Settings;
use app::session::{CurrentCaller, CurrentSession, PasswordDue};
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
    // The cookie lives as long as a session can; the table knows when it is idle.
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
    let key = session_key(&session);
    let device = device_of(
        request.headers(),
        request.extensions().get::<ClientAddress>(),
    );
    let (mut caller, mut due) = (None, None);
    if let Some(user) = session.user {
        let mut whole = user.caller.as_ref().clone();
        whole.device = Some(device);
        // Who has yet to choose a password is nobody to everything else.
        *if user.password_due {
            &mut due
        } else {
            &mut caller
        } = Some(whole);
    }
    request.extensions_mut().insert(CurrentSession(key));
    request.extensions_mut().insert(CurrentCaller(caller));
    request.extensions_mut().insert(PasswordDue(due));
    next.run(request).await
}

/// What the session is called in the table, once it is kept there.
pub fn session_key(session: &Session) -> Option<String> {
    session.session.id().as_ref().map(stored_id)
}
