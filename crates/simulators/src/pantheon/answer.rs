//! Turns a page into an answer, and spoils it when a fault says so.

use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::config::Nothing;
use super::faults::FaultKind;
use super::wire::{Method, Refusal};
use crate::frame::{Spell, spoil};

const JSON: [(header::HeaderName, &str); 1] =
    [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
const LOGIN_PAGE: &str = "<!doctype html><html><head><title>Sign in</title></head>\
    <body><form method=post action=/portal><input name=user><input name=pass type=password></form></body></html>";

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
pub(crate) fn spoilt(spell: &Spell<FaultKind>, body: Vec<u8>) -> Response {
    match spell.kind {
        Some(FaultKind::Cut) => cut(body),
        Some(FaultKind::Malformed) => malformed(body),
        Some(FaultKind::SlowBody) => (JSON, spoil::slow(&body, spell.lasting)).into_response(),
        _ => json(body),
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
    (JSON, spoil::breaking(body.into())).into_response()
}
