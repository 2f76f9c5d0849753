//! A mark beside the session's cookie that scripts can read: that there is a session, not which one. A page
//! that the device keeps learns by it whether there is anything to ask the server for.

use super::COOKIE;
use axum::extract::Request;
use axum::http::HeaderValue;
use axum::http::header::SET_COOKIE;
use axum::middleware::Next;
use axum::response::Response;
use std::iter::once;

/// What `frontend/floor/device.js` looks for.
const MARK: &str = "signed_in";

/// Middleware: sets and takes away the mark with the session's cookie, for as long.
pub async fn mark_session(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let mut set = response.headers().get_all(SET_COOKIE).iter();
    let mark = set.find_map(|cookie| mark_of(cookie.to_str().ok()?));
    if let Some(mark) = mark {
        response.headers_mut().append(SET_COOKIE, mark);
    }
    response
}

fn mark_of(cookie: &str) -> Option<HeaderValue> {
    let mut parts = cookie.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    if name != COOKIE {
        return None;
    }
    let mark = if value.is_empty() { "" } else { "1" };
    let rest = parts.filter(|part| !part.eq_ignore_ascii_case("HttpOnly"));
    let text: Vec<String> = once(format!("{MARK}={mark}"))
        .chain(rest.map(str::to_owned))
        .collect();
    HeaderValue::from_str(&text.join("; ")).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_lives_as_long_as_the_cookie_and_tells_nothing_of_it() {
        let mark = mark_of("crossdock=secret; HttpOnly; SameSite=Lax; Path=/; Max-Age=60");
        assert_eq!(
            mark.unwrap(),
            "signed_in=1; SameSite=Lax; Path=/; Max-Age=60"
        );
        let gone = mark_of("crossdock=; Path=/; Max-Age=0");
        assert_eq!(gone.unwrap(), "signed_in=; Path=/; Max-Age=0");
        assert_eq!(mark_of("language=sr; Path=/"), None);
    }
}
