//! What SAP says when it refuses, and what that means.

use super::xml;
use crate::http::call::Answer;
use crate::http::status;
use crate::{Error, ErrorKind};
use serde_json::Value;
use std::time::Duration;

/// How long a locked object is left alone.
const LOCKED_WAIT: Duration = Duration::from_secs(30);
/// Characters of SAP's words that are shown.
const SHOWN: usize = 600;

/// Class and number of a message, which are the same in every language.
pub(super) type MessageId = (&'static str, &'static str);

/// There is no such material.
pub(super) const NO_MATERIAL: MessageId = ("M3", "305");
/// Somebody works on a material's valuation, on its data of a plant, on the object asked for. Not all
/// that SAP has: other locks are known by their words.
const LOCKS: [MessageId; 3] = [("M3", "024"), ("M3", "897"), ("MC", "601")];
/// What modules call the exception when a right is missing.
const NO_RIGHT: [&str; 4] = [
    "NO_AUTHORITY",
    "NO_AUTHORIZATION",
    "NOT_AUTHORIZED",
    "AUTHORIZATION_FAILURE",
];

/// SAP's own words.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Said {
    /// Message class and number, for example `29/045`, or the name of an exception.
    pub code: String,
    /// Class and number of every message, those without any being empty.
    pub messages: Vec<String>,
    /// Sentences, the first one being the headline.
    pub sentences: Vec<String>,
    /// A message ended the work (type A or X): SAP failed, whatever was asked.
    pub aborted: bool,
}

impl Said {
    /// One sentence under a code.
    pub fn new(code: impl Into<String>, sentence: impl Into<String>) -> Self {
        let code = code.into();
        Self {
            messages: vec![code.clone()],
            code,
            sentences: vec![sentence.into()],
            aborted: false,
        }
    }

    /// An exception of a module with what is told of it, and the message behind it, if that is told.
    pub fn raised(exception: &str, words: String, message: Option<String>) -> Self {
        Self {
            messages: message.into_iter().collect(),
            ..Self::new(exception, words)
        }
    }

    /// Reads the error body of OData, JSON of both versions or XML.
    pub fn read(body: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start();
        if text.starts_with('{') {
            return Self::of_json(&serde_json::from_str(text).ok()?);
        }
        let error = xml::read(text).ok()?;
        if error.name != "error" {
            return None;
        }
        Some(Self::new(error.value("code"), error.value("message")))
    }

    fn of_json(body: &Value) -> Option<Self> {
        let error = body.get("error")?;
        let code = word(error, "code");
        let mut said = Self {
            messages: vec![code.clone()],
            code,
            ..Self::default()
        };
        said.add(&message(error));
        let inner = error.get("innererror");
        let details = inner
            .and_then(|inner| inner.get("errordetails"))
            .or_else(|| error.get("details"))
            .and_then(Value::as_array);
        for detail in details.into_iter().flatten() {
            // The headline comes again among the details under a technical code.
            let code = word(detail, "code");
            if !code.starts_with("/IWBEP/CX_") {
                said.add(&message(detail));
                said.messages.push(code);
            }
        }
        Some(said)
    }

    fn add(&mut self, sentence: &str) {
        let sentence = sentence.trim();
        if !sentence.is_empty() && !self.sentences.iter().any(|known| known == sentence) {
            self.sentences.push(sentence.to_owned());
        }
    }

    /// Whether this message is all that is said.
    pub fn is_only(&self, id: MessageId) -> bool {
        !self.messages.is_empty() && self.messages.iter().all(|code| is(code, id))
    }

    /// Somebody else works on the record: it passes by itself.
    pub fn locked(&self) -> bool {
        let known = |code: &String| LOCKS.iter().any(|id| is(code, *id));
        self.messages.iter().any(known) || self.words().any(|words| tells_lock(&words))
    }

    /// The user lacks a right.
    pub fn unauthorised(&self) -> bool {
        NO_RIGHT.iter().any(|name| self.code.contains(name))
            || self.words().any(|words| tells_missing_right(&words))
    }

    fn words(&self) -> impl Iterator<Item = String> {
        self.sentences
            .iter()
            .map(|sentence| sentence.to_lowercase())
    }

    /// The service is not switched on in SAP.
    pub fn inactive_service(&self) -> bool {
        self.code.starts_with("/IWFND/MED") || self.code.starts_with("/IWFND/CM_MGW/")
    }

    /// All of it, quoted.
    pub fn quoted(&self) -> String {
        let text: String = self.sentences.join(" ").chars().take(SHOWN).collect();
        match (self.code.is_empty(), text.is_empty()) {
            (true, true) => String::new(),
            (true, false) => format!("\"{text}\""),
            (false, true) => format!("message {}", self.code),
            (false, false) => format!("\"{text}\" ({})", self.code),
        }
    }
}

/// Whether a code is this message: `M3/305`, or `M3305` in the older structure.
fn is(code: &str, (class, number): MessageId) -> bool {
    let rest = code.trim().strip_prefix(class);
    rest.is_some_and(|rest| rest.trim_start_matches(['/', ' ']) == number)
}

/// In English or German. A thing that is locked by nobody in particular is blocked for good, so that a user has to
/// be told of.
fn tells_lock(words: &str) -> bool {
    let any = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    let english = ["being processed by", "locked by"];
    let by_a_user = [
        "durch benutzer",
        "durch den benutzer",
        "von benutzer",
        "vom benutzer",
    ];
    any(&english) || (any(&by_a_user) && any(&["gesperrt", "bearbeite"]))
}

/// In English or German.
fn tells_missing_right(words: &str) -> bool {
    let parts = ["authorization", "authorisation", "berechtig"];
    parts.iter().any(|part| words.contains(part))
}

fn word(value: &Value, name: &str) -> String {
    match value.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}

/// `message` is an object with its language in version 2, a text in version 4 and in details.
fn message(error: &Value) -> String {
    match error.get("message") {
        Some(Value::Object(message)) => message
            .get("value")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned(),
        Some(Value::String(message)) => message.clone(),
        _ => String::new(),
    }
}

/// The error of a whole answer; none when it was accepted.
pub(super) fn of_answer(operation: &'static str, user: &str, answer: &Answer) -> Option<Error> {
    of_status(operation, user, answer.status, &answer.body)
}

/// The error of a status with its body; none when it was accepted.
pub(super) fn of_status(
    operation: &'static str,
    user: &str,
    status: u16,
    body: &[u8],
) -> Option<Error> {
    let kind = status::kind(status)?;
    let said = Said::read(body).unwrap_or_default();
    Some(error(operation, user, kind, status, &said))
}

/// Puts a refusal into words.
pub(super) fn error(
    operation: &'static str,
    user: &str,
    kind: ErrorKind,
    status: u16,
    said: &Said,
) -> Error {
    if said.locked() {
        return locked(operation, said);
    }
    let quoted = match said.quoted() {
        quoted if quoted.is_empty() => format!("status {status}"),
        quoted => quoted,
    };
    let message = match kind {
        ErrorKind::Unauthorized => format!(
            "SAP does not accept user name and password of '{user}'. Check both in the settings, \
             and the client; too many wrong ones lock the user."
        ),
        ErrorKind::Forbidden => forbidden(user, &quoted),
        ErrorKind::NotFound if said.inactive_service() => format!(
            "SAP says: {quoted}. The service is not active: have it activated in transaction \
             /IWFND/MAINT_SERVICE."
        ),
        ErrorKind::NotFound => format!(
            "SAP knows no such record or address: {quoted}. Check base_url if this concerns all \
             of it."
        ),
        ErrorKind::Conflict => format!(
            "The record was changed in SAP meanwhile: {quoted}. Look at it there, then send this \
             again."
        ),
        ErrorKind::Unavailable => format!("SAP failed on the request: {quoted}."),
        _ => format!("SAP refused it: {quoted}."),
    };
    Error::new(kind, operation, message)
}

fn forbidden(user: &str, quoted: &str) -> String {
    format!(
        "SAP does not let '{user}' do this: {quoted}. Ask for the authorisation; transaction SU53 \
         shows which one is missing."
    )
}

/// SAP refused with messages of its own while the HTTP request was fine.
pub(super) fn by_messages(operation: &'static str, user: &str, said: &Said) -> Error {
    if said.locked() {
        return locked(operation, said);
    }
    let quoted = said.quoted();
    match said.unauthorised() {
        true => Error::new(ErrorKind::Forbidden, operation, forbidden(user, &quoted)),
        false => Error::new(
            ErrorKind::Rejected,
            operation,
            format!("SAP refused it: {quoted}."),
        ),
    }
}

/// A read that was refused with messages: what broke off is asked again later.
pub(super) fn of_read(operation: &'static str, user: &str, said: &Said) -> Error {
    match said.aborted {
        true => failed(operation, said),
        false => by_messages(operation, user, said),
    }
}

/// SAP failed, which says nothing about what was asked.
pub(super) fn failed(operation: &'static str, said: &Said) -> Error {
    let message = format!("SAP failed on the request: {}.", said.quoted());
    Error::new(ErrorKind::Unavailable, operation, message)
}

/// Counts as being too fast: it passes by itself and says nothing against SAP.
fn locked(operation: &'static str, said: &Said) -> Error {
    let message = format!(
        "Somebody works on the record in SAP: {}. It is sent again in {} s.",
        said.quoted(),
        LOCKED_WAIT.as_secs()
    );
    let error = Error::new(ErrorKind::RateLimited, operation, message);
    error.retry_after(LOCKED_WAIT).about_one_record()
}

/// Warnings of the `sap-message` header, which do not stop anything.
pub(super) fn warnings(header: Option<&str>) -> Vec<String> {
    let Some(message) = header.and_then(|text| serde_json::from_str::<Value>(text).ok()) else {
        return Vec::new();
    };
    let details = message.get("details").and_then(Value::as_array);
    let all = std::iter::once(&message).chain(details.into_iter().flatten());
    all.filter(|one| word(one, "severity").eq_ignore_ascii_case("warning"))
        .map(|one| word(one, "message"))
        .filter(|text| !text.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Retry;

    const REFUSAL: &str = r#"{"error":{"code":"29/045","message":{"lang":"en","value":"Material FG-404 does not exist in plant 1000"},
        "innererror":{"transactionid":"4A5C","errordetails":[
        {"code":"29/045","message":"Material FG-404 does not exist in plant 1000","severity":"error"},
        {"code":"29/100","message":"Item 0010 was not saved","severity":"error"},
        {"code":"/IWBEP/CX_MGW_BUSI_EXCEPTION","message":"An exception was raised","severity":"error"}]}}}"#;

    #[test]
    fn bodies_of_every_shape_give_code_and_sentences() {
        let said = Said::read(REFUSAL.as_bytes()).unwrap();
        assert_eq!(said.code, "29/045");
        let expected =
            "\"Material FG-404 does not exist in plant 1000 Item 0010 was not saved\" (29/045)";
        assert_eq!(said.quoted(), expected);
        let v4 = Said::read(
            br#"{"error":{"code":"X/1","message":"No.","details":[{"message":"Why."}]}}"#,
        );
        assert_eq!(v4.unwrap().sentences, ["No.", "Why."]);
        let xml = br#"<?xml version="1.0"?><error xmlns="x"><code>X/2</code><message xml:lang="en">No.</message></error>"#;
        assert_eq!(Said::read(xml), Some(Said::new("X/2", "No.")));
        assert_eq!(Said::read(b"<html><body>Error</body></html>"), None);
    }

    #[test]
    fn a_locked_record_is_tried_again_and_a_refusal_is_not() {
        let lock = r#"{"error":{"code":"M3/024","message":{"value":"Material FG-1 is being processed by user ANA"}}}"#;
        let locked = of_status("push", "U", 400, lock.as_bytes()).unwrap();
        assert_eq!(locked.retry(), Retry::After(LOCKED_WAIT));
        let refused = of_status("push", "U", 400, REFUSAL.as_bytes()).unwrap();
        assert_eq!(
            (refused.kind(), refused.retry()),
            (ErrorKind::Rejected, Retry::Never)
        );
        assert!(of_status("push", "U", 204, b"").is_none());
    }

    #[test]
    fn locks_and_missing_rights_are_known_by_their_messages_in_every_language() {
        for code in ["M3/024", "M3024", "MC/601"] {
            assert!(Said::new(code, "Materiał jest zajęty").locked(), "{code}");
        }
        let behind = Some("M3/024".to_owned());
        assert!(Said::raised("ERROR", "Zajęty".to_owned(), behind).locked());
        let second = r#"{"error":{"code":"29/100","message":{"value":"Nie zapisano"},
            "innererror":{"errordetails":[{"code":"M3/024","message":"Materiał jest zajęty"}]}}}"#;
        assert!(Said::read(second.as_bytes()).unwrap().locked());
        assert!(Said::new("", "Material FG-1 wird von Benutzer ANA bearbeitet").locked());
        assert!(!Said::new("M3/305", "Material FG-1 ist nicht vorhanden").locked());
        assert!(!Said::new("ME/1", "Material FG-1 ist für den Einkauf gesperrt").locked());
        assert!(Said::new("RFC_NO_AUTHORITY", "").unauthorised());
        assert!(Said::new("ERROR", "Keine Berechtigung zum Ändern").unauthorised());
    }

    #[test]
    fn a_message_is_told_from_others_in_both_of_its_spellings() {
        for code in ["M3/305", "M3305", "M3 305"] {
            assert!(Said::new(code, "").is_only(NO_MATERIAL), "{code}");
        }
        for code in ["", "M3", "M3/3055", "M3/024", "XM3/305", "ERROR"] {
            assert!(!Said::new(code, "").is_only(NO_MATERIAL), "{code}");
        }
        let mut both = Said::new("M3/305", "No.");
        both.messages.push("00/671".to_owned());
        assert!(!both.is_only(NO_MATERIAL));
        assert!(!Said::raised("ERROR", String::new(), None).is_only(NO_MATERIAL));
    }

    #[test]
    fn warnings_are_taken_from_the_header_alone_when_they_are_warnings() {
        let header = r#"{"code":"29/1","message":"Unit differs","severity":"warning","details":[
            {"message":"Saved","severity":"info"},{"message":"Price missing","severity":"warning"}]}"#;
        assert_eq!(warnings(Some(header)), ["Unit differs", "Price missing"]);
        assert!(warnings(Some("saved")).is_empty() && warnings(None).is_empty());
    }
}
