//! Reads how long a signed token lives. The signature is the upstream's business.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use std::time::Duration;

#[derive(Deserialize)]
struct Claims {
    exp: Option<serde_json::Number>,
    iat: Option<serde_json::Number>,
}

/// Time left of a token received `now`. Where the token says when it was issued, that is taken as
/// now: the upstream's clock may be off. `None` when it does not say.
pub(crate) fn life(token: &str, now: DateTime<Utc>) -> Option<Duration> {
    let payload = token.split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&payload).ok()?;
    let seconds = |number: serde_json::Number| {
        let whole = number.as_str().split(['.', 'e', 'E']).next()?;
        let plain = !number.as_str().contains(['e', 'E']);
        plain.then(|| whole.parse::<i64>().ok()).flatten()
    };
    let expires = claims.exp.and_then(seconds)?;
    let issued = claims.iat.and_then(seconds).unwrap_or(now.timestamp());
    let left = u64::try_from(expires.checked_sub(issued)?).ok()?;
    (left > 0).then(|| Duration::from_secs(left))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("head.{}.signature", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn life_is_read_from_the_payload() {
        let now = DateTime::from_timestamp(1_000_000, 0).unwrap();
        for (claims, left) in [
            (r#"{"exp":1000600}"#, Some(600)),
            (r#"{"exp":1000600.5}"#, Some(600)),
            (r#"{"exp":2000600,"iat":2000000}"#, Some(600)),
            (r#"{"exp":999}"#, None),
            (r#"{"exp":99999999999999999999}"#, None),
            (r#"{"sub":"x"}"#, None),
            ("not json", None),
        ] {
            let left = left.map(Duration::from_secs);
            assert_eq!(life(&token(claims), now), left, "{claims}");
        }
        assert_eq!(life("opaque", now), None);
    }
}
