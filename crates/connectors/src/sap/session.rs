//! Cookies and the CSRF token of one session.

use reqwest::header::{HeaderMap, HeaderName, SET_COOKIE};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Carries the token, both ways.
pub(super) const CSRF: HeaderName = HeaderName::from_static("x-csrf-token");
/// SAP's name of the cookie that holds a session, before system and client.
const SESSION: &str = "SAP_SESSIONID_";
/// The cookie of a session that lasts over calls.
const CONTEXT: &str = "sap-contextid";

/// Cookies and token of one session.
#[derive(Debug, Default)]
pub(super) struct Session {
    kept: Mutex<Kept>,
    /// Held by who fetches a token.
    fetching: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct Kept {
    token: Option<String>,
    cookies: BTreeMap<String, String>,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&String> = self.cookies.keys().collect();
        f.debug_struct("Kept")
            .field("cookies", &names)
            .finish_non_exhaustive()
    }
}

impl Session {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn token(&self) -> Option<String> {
        self.kept().token.clone()
    }

    /// Waits until nobody fetches a token.
    pub async fn fetching(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.fetching.lock().await
    }

    /// Forgets a token that was refused, unless there is another one by now.
    pub fn forget_token(&self, refused: Option<&str>) {
        let mut kept = self.kept();
        if kept.token.as_deref() == refused {
            kept.token = None;
        }
    }

    pub fn cookies(&self) -> Option<String> {
        let kept = self.kept();
        let pairs = kept
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let text = pairs.collect::<Vec<_>>().join("; ");
        (!text.is_empty()).then_some(text)
    }

    /// Whether SAP keeps what one call did for the next.
    pub fn is_kept(&self) -> bool {
        self.kept().cookies.contains_key(CONTEXT)
    }

    /// System and client of the session, as SAP names its cookie.
    pub fn system(&self) -> Option<String> {
        let kept = self.kept();
        let name = kept
            .cookies
            .keys()
            .find_map(|name| name.strip_prefix(SESSION))?;
        Some(name.rsplit_once('_')?.0.to_owned())
    }

    pub fn keep(&self, headers: &HeaderMap) {
        let mut kept = self.kept();
        for cookie in headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap_or_default().split(';').next();
            let Some((name, value)) = pair.and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            kept.cookies
                .insert(name.trim().to_owned(), value.trim().to_owned());
        }
        let token = headers.get(CSRF).and_then(|token| token.to_str().ok());
        if let Some(token) = token.filter(|token| !token.eq_ignore_ascii_case("required")) {
            kept.token = Some(token.to_owned());
        }
    }
}

/// Whether an answer says that a token is wanted, or another one.
pub(super) fn wants_token(headers: &HeaderMap) -> bool {
    let token = headers.get(CSRF).and_then(|token| token.to_str().ok());
    token.is_some_and(|token| token.eq_ignore_ascii_case("required"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn cookies_and_token_are_kept_until_others_come() {
        let session = Session::default();
        assert_eq!(
            (session.token(), session.cookies(), session.system()),
            (None, None, None)
        );
        session.keep(&headers(&[
            ("set-cookie", "SAP_SESSIONID_S4H_100=a%3d; path=/; HttpOnly"),
            ("set-cookie", "sap-usercontext=sap-client=100; path=/"),
            ("x-csrf-token", "T1=="),
        ]));
        session.keep(&headers(&[
            ("set-cookie", "SAP_SESSIONID_S4H_100=b"),
            ("x-csrf-token", "Required"),
        ]));
        let cookies = "SAP_SESSIONID_S4H_100=b; sap-usercontext=sap-client=100";
        assert_eq!(session.cookies().as_deref(), Some(cookies));
        assert_eq!(session.token().as_deref(), Some("T1=="));
        assert_eq!(session.system().as_deref(), Some("S4H"));
        assert!(!format!("{session:?}").contains("T1=="));
    }
}
