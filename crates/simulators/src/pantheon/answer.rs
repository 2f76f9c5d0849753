//! Turns a page into an answer, and spoils it when a fault says so.

use std::io;
use std::time::Duration;

use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, stream};

use super::config::Nothing;
use super::faults::{Fault, FaultKind};
use super::wire::{Method, Refusal};

const JSON: [(header::HeaderName, &str); 1] =
    [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
const LOGIN_PAGE: &str = "<!doctype html><html><head><title>Sign in</title></head>\
    <body><form method=post action=/portal><input name=user><input name=pass type=password></form></body></html>";

/// How many pieces a slow body comes in.
const PIECES: u32 = 10;

fn json(body: Vec<u8>) -> Response {
    (JSON, body).into_response()
}

/// The answer to a request without matching rows; `turn` counts them for [`Nothing::Rotate`].
pub(crate) fn nothing(face: Nothing, method: Method, turn: usize) -> Response {
    let face = match (face, method) {
        (Nothing::ByMethod, Method::Dispatches | Method::Receipts) => Nothing::NotFound,
        (Nothing::ByMethod, Method::Items) => Nothing::EmptyArray,
        (Nothing::ByMethod, _) => Nothing::NoContent,
        (Nothing::Rotate, _) => {
            [Nothing::NotFound, Nothing::NoContent, Nothing::EmptyArray][turn % 3]
        }
        (face, _) => face,
    };
    match face {
        Nothing::NoContent => StatusCode::NO_CONTENT.into_response(),
        Nothing::EmptyArray => json(b"[]".to_vec()),
        _ => Refusal::no_data().into_response(),
    }
}

/// The answer a fault gives in place of the page, if it does.
pub(crate) fn instead(fault: FaultKind) -> Option<Response> {
    Some(match fault {
        FaultKind::TooManyRequests => Refusal::too_fast().into_response(),
        FaultKind::ServerError => Refusal::broken().into_response(),
        FaultKind::ExpiredToken => Refusal::bad_token().into_response(),
        FaultKind::HtmlLogin => Html(LOGIN_PAGE).into_response(),
        FaultKind::EmptyPage => json(b"[]".to_vec()),
        _ => return None,
    })
}

/// The page as it is, or as a fault lets it through.
pub(crate) fn spoil(fault: Option<&Fault>, body: Vec<u8>) -> Response {
    match fault.map(|fault| (fault.kind, fault.latency_ms)) {
        Some((FaultKind::Cut, _)) => cut(body),
        Some((FaultKind::Malformed, _)) => malformed(body),
        Some((FaultKind::SlowBody, ms)) => slow(body, Duration::from_millis(ms)),
        _ => json(body),
    }
}

pub(crate) async fn pause(delay: Duration) {
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
}

/// The first two thirds of a body, sent as if it were whole.
fn malformed(mut body: Vec<u8>) -> Response {
    body.truncate((body.len() * 2 / 3).max(1));
    json(body)
}

/// Promises the whole body, sends half of it, and breaks the connection.
fn cut(mut body: Vec<u8>) -> Response {
    body.truncate(body.len() / 2);
    let half = Bytes::from(body);
    let broken = io::Error::new(io::ErrorKind::ConnectionReset, "cut on request");
    let pieces = stream::iter([Ok(half), Err(broken)]).then(|piece| async {
        // Lets the first half leave before the break, so that the client sees both.
        tokio::time::sleep(Duration::from_millis(5)).await;
        piece
    });
    (JSON, Body::from_stream(pieces)).into_response()
}

/// The right body in pieces, over the given time.
fn slow(body: Vec<u8>, lasting: Duration) -> Response {
    let size = body.len().div_ceil(PIECES as usize).max(1);
    let pieces: Vec<Bytes> = body.chunks(size).map(Bytes::copy_from_slice).collect();
    let pause = lasting / PIECES;
    let pieces = stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, io::Error>(piece)
    });
    (JSON, Body::from_stream(pieces)).into_response()
}
