//! Reads that were not changed since: `ETag` and `If-None-Match`.

use super::Problem;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// Answers keep their own tag when they are compressed, because their bytes differ.
const ENCODINGS: [&str; 2] = ["-br", "-gzip"];
/// Larger answers than pages are streamed and have no tag.
const LARGEST: usize = 4 * 1024 * 1024;

/// Middleware of reads: adds a strong tag made of the content, and answers 304 to who has it.
pub async fn tag(request: Request, next: Next) -> Response {
    let known = request.headers().get_all(IF_NONE_MATCH);
    let known: Vec<HeaderValue> = known.iter().cloned().collect();
    let response = next.run(request).await;
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = match axum::body::to_bytes(body, LARGEST).await {
        Ok(body) => body,
        Err(error) => return Problem::internal(&error).into_response(),
    };
    let tag = tag_of(&parts.headers, &body);
    parts
        .headers
        .insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    match matching(&known, &tag) {
        Some(theirs) => {
            parts.headers.insert(ETAG, theirs);
            parts.headers.remove(CONTENT_TYPE);
            parts.headers.remove(CONTENT_LENGTH);
            parts.status = StatusCode::NOT_MODIFIED;
            Response::from_parts(parts, Body::empty())
        }
        None => {
            if let Ok(value) = HeaderValue::from_str(&format!("\"{tag}\"")) {
                parts.headers.insert(ETAG, value);
            }
            Response::from_parts(parts, Body::from(body))
        }
    }
}

/// Marks the tag of a compressed answer; runs outside of the compression.
pub fn mark_encoding(headers: &mut HeaderMap) {
    let encoding = headers
        .get(CONTENT_ENCODING)
        .and_then(|value| value.to_str().ok());
    let plain = headers.get(ETAG).and_then(|value| value.to_str().ok());
    let (Some(encoding), Some(tag)) = (encoding, plain.and_then(|tag| tag.strip_suffix('"')))
    else {
        return;
    };
    if let Ok(value) = HeaderValue::from_str(&format!("{tag}-{encoding}\"")) {
        headers.insert(ETAG, value);
    }
}

fn tag_of(headers: &HeaderMap, body: &Bytes) -> String {
    let mut hash = Sha256::new();
    hash.update(
        headers
            .get(CONTENT_TYPE)
            .map_or(&b""[..], HeaderValue::as_bytes),
    );
    hash.update(body);
    let mut tag = String::with_capacity(32);
    for byte in &hash.finalize()[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag
}

/// The tag the client sent that names this content, in any encoding; comparison is weak.
fn matching(known: &[HeaderValue], tag: &str) -> Option<HeaderValue> {
    let sent = known.iter().filter_map(|value| value.to_str().ok());
    let theirs = sent
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .find(|theirs| {
            let bare = theirs
                .strip_prefix("W/")
                .unwrap_or(theirs)
                .trim_matches('"');
            let strip = |bare: &'_ str| {
                ENCODINGS
                    .iter()
                    .find_map(|end| Some(bare.strip_suffix(end)?.to_owned()))
            };
            bare == "*" || bare == tag || strip(bare).is_some_and(|bare| bare == tag)
        })?;
    match theirs {
        "*" => HeaderValue::from_str(&format!("\"{tag}\"")).ok(),
        theirs => HeaderValue::from_str(theirs).ok(),
    }
}
