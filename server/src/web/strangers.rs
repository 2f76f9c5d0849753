//! Server functions deny by default: whoever is not signed in reaches none but those listed here,
//! not even their arguments are read.

use app::session::CurrentCaller;
use app::{AppError, ErrorCode};
use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Where server functions live.
const PREFIX: &str = "/api/fn/";
/// Those that answer anybody.
pub const OPEN: &[&str] = &[
    "/api/fn/session/sign_in",
    "/api/fn/session/sign_in_form",
    "/api/fn/session/sign_out",
    // A screen that nobody knows yet: it gets a code to show, and asks whether it was entered.
    "/api/fn/screens/begin",
    "/api/fn/screens/ask",
    // For those as well who have yet to replace a password that was given to them.
    "/api/fn/session/change_password",
];
/// Tells the browser's side that the body is the function's error.
const ERROR_HEADER: HeaderName = HeaderName::from_static("serverfnerror");

/// Middleware: turns strangers away.
pub async fn turn_away(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let closed = path.starts_with(PREFIX) && !OPEN.contains(&path);
    let signed_in = request
        .extensions()
        .get::<CurrentCaller>()
        .is_some_and(|caller| caller.0.is_some());
    if !closed || signed_in {
        return next.run(request).await;
    }
    let error = AppError {
        code: ErrorCode::SignedOut,
        message: "Please sign in.".to_owned(),
    };
    let mut response = (StatusCode::UNAUTHORIZED, Json(error)).into_response();
    if let Ok(path) = HeaderValue::from_str(path) {
        response.headers_mut().insert(ERROR_HEADER, path);
    }
    response
}
