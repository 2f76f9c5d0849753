//! Requests that change something must come from our own pages or from a program that holds a
//! token: a foreign site must not act with a visitor's cookie.

use crate::auth::COOKIE;
use crate::rest::Problem;
use crate::settings::PublicUrl;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, COOKIE as COOKIES, HOST, ORIGIN};
use axum::http::{HeaderMap, Method, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// Middleware: answers 403 to changes that another site asked for.
pub async fn guard(
    State(public_url): State<Arc<Option<PublicUrl>>>,
    request: Request,
    next: Next,
) -> Response {
    let reads = matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    );
    if reads || may_change(request.headers(), public_url.as_ref().as_ref()) {
        return next.run(request).await;
    }
    Problem::forbidden().into_response()
}

/// Whether the headers show one of our own pages as the origin.
pub fn is_ours(headers: &HeaderMap, public_url: Option<&PublicUrl>) -> bool {
    let Some(origin) = text(headers, ORIGIN.as_str()) else {
        return false;
    };
    if public_url.is_some_and(|url| url.as_str() == origin) {
        return true;
    }
    let uri: Option<Uri> = origin.parse().ok();
    let host = uri.as_ref().and_then(Uri::authority);
    host.is_some_and(|host| text(headers, HOST.as_str()) == Some(host.as_str()))
}

fn may_change(headers: &HeaderMap, public_url: Option<&PublicUrl>) -> bool {
    let ours = is_ours(headers, public_url);
    if headers.contains_key(ORIGIN) && !ours {
        return false;
    }
    match text(headers, "sec-fetch-site") {
        // `none` is a person's own doing, such as a reload of a sent form.
        Some("same-origin" | "none") => true,
        Some(_) => ours,
        None => ours || !sends_cookie(headers) || headers.contains_key(AUTHORIZATION),
    }
}

/// Without our cookie there is nothing a foreign site could misuse.
fn sends_cookie(headers: &HeaderMap) -> bool {
    let mut sent = headers.get_all(COOKIES).iter();
    sent.any(|value| {
        let pairs = value.to_str().unwrap_or(COOKIE).split(';');
        pairs
            .map(|pair| pair.split('=').next().unwrap_or_default().trim())
            .any(|name| name == COOKIE)
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            let name: axum::http::HeaderName = name.parse().unwrap();
            headers.insert(name, value.parse().unwrap());
        }
        headers
    }

    fn allowed(pairs: &[(&str, &str)]) -> bool {
        let url = "https://wms.example.com".parse().unwrap();
        may_change(&headers(pairs), Some(&url))
    }

    #[test]
    fn another_site_cannot_change_anything() {
        let host = ("host", "wms.local:3000");
        for foreign in [
            "https://evil.example",
            "null",
            "http://wms.local",
            "http://wms.local:3000.evil.example",
            "https://wms.example.com.evil.example",
            "file://",
        ] {
            assert!(!allowed(&[host, ("origin", foreign)]), "{foreign}");
            let with_token = [host, ("origin", foreign), ("authorization", "Bearer x")];
            assert!(!allowed(&with_token), "{foreign}");
        }
        assert!(!allowed(&[host, ("sec-fetch-site", "cross-site")]));
        assert!(!allowed(&[host, ("sec-fetch-site", "same-site")]));
    }

    #[test]
    fn our_pages_may_change_things() {
        let host = ("host", "wms.local:3000");
        assert!(allowed(&[host, ("origin", "http://wms.local:3000")]));
        assert!(allowed(&[host, ("origin", "https://wms.example.com")]));
        assert!(allowed(&[host, ("sec-fetch-site", "same-origin")]));
    }

    #[test]
    fn a_program_needs_no_origin_and_a_bare_cookie_does() {
        let host = ("host", "wms.local:3000");
        assert!(allowed(&[host]));
        assert!(allowed(&[host, ("cookie", "theme=dark")]));
        assert!(!allowed(&[host, ("cookie", "theme=dark; crossdock=abc")]));
        let both = [
            host,
            ("cookie", "crossdock=abc"),
            ("authorization", "Bearer x"),
        ];
        assert!(allowed(&both));
    }
}
