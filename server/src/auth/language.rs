//! The language follows the person: what they choose while signed in, and what they bring along to a
//! device. The device's cookie says what its pages speak.

use super::Session;
use app::words::{COOKIE, Choice, NOTED};
use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use domain::user::Caller;
use store::Store;

/// A year, as where the page sets it.
const SECONDS: u32 = 31_536_000;

/// Middleware: notes what somebody who is signed in just chose. What was chosen where somebody signs in
/// waits for them.
pub async fn keep_language(
    State(store): State<Store>,
    session: Session,
    request: Request,
    next: Next,
) -> Response {
    let chosen = Choice::of(request.headers());
    let chosen = chosen.filter(|choice| choice.is_new && !choice.is_for_next);
    let mut noted = None;
    if let (Some(choice), Some(user)) = (chosen, session.user) {
        noted = note(&store, &user.caller, &choice).await;
    }
    let mut response = next.run(request).await;
    if let Some(cookie) = noted {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// What a device is told when a person signs in on it: a choice just made on its sign-in page becomes
/// the person's, otherwise the person's becomes the device's. Nothing when they agree already.
pub async fn brought_along(
    store: &Store,
    caller: &Caller,
    headers: &HeaderMap,
) -> Option<HeaderValue> {
    let here = Choice::of(headers);
    if let Some(choice) = here.as_ref().filter(|choice| choice.is_new) {
        return note(store, caller, choice).await;
    }
    let own = store::users::language(store, caller).await;
    let own = own.unwrap_or_else(|error| {
        tracing::warn!(error = %crate::telemetry::chain(&error), "a person's language could not be read");
        None
    })?;
    let known = here.is_some_and(|choice| choice.language == own);
    if known {
        None
    } else {
        cookie(COOKIE, own.as_str())
    }
}

/// Keeps it; the cookie that says so. The choice itself stays in its own cookie, which the person may have
/// changed meanwhile: then the later one is noted with the next request, whichever came first here. A
/// failure is tried again with the next request.
async fn note(store: &Store, caller: &Caller, choice: &Choice) -> Option<HeaderValue> {
    let kept = operations::users::choose_language(store, caller, choice.language).await;
    if let Err(error) = kept {
        tracing::warn!(error = %crate::telemetry::chain(&error), "a person's language could not be kept");
        return None;
    }
    cookie(NOTED, &choice.text)
}

fn cookie(name: &str, value: &str) -> Option<HeaderValue> {
    let text = format!("{name}={value}; Path=/; Max-Age={SECONDS}; SameSite=Lax");
    HeaderValue::from_str(&text).ok()
}
