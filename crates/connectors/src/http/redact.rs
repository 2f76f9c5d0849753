//! Takes secrets out of everything that is kept, logged or shown.

use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use std::borrow::Cow;

/// What stands in a secret's place.
const HIDDEN: &str = "[hidden]";
/// Characters kept of a body.
const KEPT: usize = 2_000;
/// Bytes looked at: more than is kept, because redacted text is shorter than it was.
const LOOKED_AT: usize = 8_192;
/// Parts of names whose values are secret.
const SECRET_NAMES: [&str; 9] = [
    "password",
    "passwd",
    "pwd",
    "secret",
    "token",
    "api_key",
    "apikey",
    "authorization",
    "credential",
];

/// Knows the secrets of one connection, and secrets by their look.
#[derive(Debug, Default)]
pub(crate) struct Redactor {
    known: Vec<SecretString>,
}

impl Redactor {
    /// Also hides these values wherever they appear. Very short ones are left to their names:
    /// hiding every `a` of a text would give the secret away.
    pub fn new(known: impl IntoIterator<Item = SecretString>) -> Self {
        let known = known.into_iter();
        Self {
            known: known
                .filter(|secret| secret.expose_secret().len() >= 4)
                .collect(),
        }
    }

    /// The beginning of a body.
    pub fn body(&self, bytes: &[u8]) -> String {
        let looked_at = bytes.get(..LOOKED_AT).unwrap_or(bytes);
        self.text(&String::from_utf8_lossy(looked_at))
            .chars()
            .take(KEPT)
            .collect()
    }

    /// A text of any kind: JSON values with secret names, signed tokens, known secrets.
    pub fn text(&self, text: &str) -> String {
        let mut text = hide_tokens(&hide_json(text)).into_owned();
        for secret in &self.known {
            let secret = secret.expose_secret();
            if text.contains(secret) {
                text = text.replace(secret, HIDDEN);
            }
        }
        text
    }

    /// An address without user info and without secrets in its query.
    pub fn url(&self, url: &Url) -> String {
        let mut url = url.clone();
        // Only addresses that cannot have user info refuse this, and they have none.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        if url.query().is_some() {
            let pairs: Vec<(String, String)> = url
                .query_pairs()
                .map(|(name, value)| {
                    let value = if is_secret(&name) {
                        HIDDEN.into()
                    } else {
                        value
                    };
                    (name.into_owned(), value.into_owned())
                })
                .collect();
            url.query_pairs_mut().clear().extend_pairs(pairs);
        }
        self.text(url.as_str())
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRET_NAMES.iter().any(|secret| name.contains(secret))
}

/// Hides the values of secret names. Works on pieces of JSON too, since heads of bodies are cut.
fn hide_json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(quote) = rest.find('"') {
        let end = quote + string_length(&rest[quote..]);
        out.push_str(&rest[..end]);
        let name = &rest[quote..end];
        rest = &rest[end..];
        let colon = rest.len() - rest.trim_start().len();
        if rest[colon..].starts_with(':') && is_secret(name) {
            out.push_str(&rest[..=colon]);
            rest = rest[colon + 1..].trim_start();
            out.push('"');
            out.push_str(HIDDEN);
            out.push('"');
            rest = &rest[value_length(rest)..];
        }
    }
    out.push_str(rest);
    out
}

/// Bytes of the JSON string that `text` begins with, quotes included; a cut string goes to the end.
fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            b'\\' if !escaped => escaped = true,
            b'"' if !escaped => return at + 1,
            _ => escaped = false,
        }
    }
    text.len()
}

/// Bytes of the JSON value that `text` begins with.
fn value_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(byte) = text.as_bytes().get(at) {
        match byte {
            b'"' => {
                at += string_length(&text[at..]);
                if depth == 0 {
                    return at;
                }
                continue;
            }
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth > 1 => depth -= 1,
            b']' | b'}' if depth == 1 => return at + 1,
            b',' | b']' | b'}' if depth == 0 => return at,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// Hides everything that looks like a signed token: `eyJ`, then at least two dots.
fn hide_tokens(text: &str) -> Cow<'_, str> {
    if !text.contains("eyJ") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("eyJ") {
        let of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let length = rest[start..]
            .find(|c| !of_token(c))
            .unwrap_or(rest.len() - start);
        let word = &rest[start..start + length];
        out.push_str(&rest[..start]);
        out.push_str(if word.matches('.').count() >= 2 {
            HIDDEN
        } else {
            word
        });
        rest = &rest[start + length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_secret_names_are_hidden_whole_or_cut() {
        let redactor = Redactor::default();
        for (text, clean) in [
            (
                r#"{"username":"ana","password" : "pa\"ss"}"#,
                r#"{"username":"ana","password" :"[hidden]"}"#,
            ),
            (
                r#"{"access_token":12345,"expires_in":60}"#,
                r#"{"access_token":"[hidden]","expires_in":60}"#,
            ),
            (
                r#"{"tokens":["a",{"b":"c]"}],"x":1}"#,
                r#"{"tokens":"[hidden]","x":1}"#,
            ),
            (
                r#"{"message":"ok","token":"abc"#,
                r#"{"message":"ok","token":"[hidden]""#,
            ),
            (r#"["password"]"#, r#"["password"]"#),
        ] {
            assert_eq!(redactor.text(text), clean);
        }
    }

    #[test]
    fn tokens_and_known_secrets_are_hidden_wherever_they_stand() {
        let redactor = Redactor::new([SecretString::from("hunter22")]);
        assert_eq!(
            redactor.text("user ana, hunter22, bearer eyJhbGci.eyJleHAi.c2ln!"),
            "user ana, [hidden], bearer [hidden]!"
        );
    }

    #[test]
    fn addresses_lose_user_info_and_secrets() {
        let url = Url::parse("http://ana:pw@erp.example.invalid/get?token=abc&limit=5").unwrap();
        let shown = Redactor::default().url(&url);
        assert_eq!(
            shown,
            "http://erp.example.invalid/get?token=%5Bhidden%5D&limit=5"
        );
    }

    #[test]
    fn a_body_is_capped() {
        let long = "x".repeat(50_000);
        assert_eq!(Redactor::default().body(long.as_bytes()).len(), KEPT);
    }

    proptest::proptest! {
        #[test]
        fn no_text_whatever_stops_it(text in r#"([{}\[\],:\\" ]|password|token|eyJ|[a-zčž.]){0,60}"#) {
            let clean = Redactor::default().text(&text);
            proptest::prop_assert_eq!(Redactor::default().text(&clean), clean);
        }

        #[test]
        fn a_password_never_shows(password in "[a-zA-Z0-9!?#]{4,20}", cut in 0_usize..200) {
            let body = serde_json::json!({ "username": "ana", "password": password.clone() });
            let body = body.to_string();
            let head = body.get(..cut).unwrap_or(&body);
            let shown = Redactor::default().text(head);
            let as_value = [":\"", &password].concat();
            proptest::prop_assert!(!shown.contains(&as_value));
        }
    }
}
