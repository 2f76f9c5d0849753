//! What Odoo's answers mean: rows, or one of the many faces of a refusal.

use super::config::Settings;
use crate::http::call::Answer;
use crate::http::redact::Redactor;
use crate::http::status;
use crate::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::Value;

/// Characters of Odoo's own words that are shown.
const WORDS_SHOWN: usize = 400;

/// A refusal in Odoo's words: the whole body over JSON-2, a part of the error over JSON-RPC. The
/// traceback beside it is not even read.
#[derive(Debug, Deserialize)]
struct Fault {
    name: String,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct Envelope {
    #[serde(default)]
    result: Value,
    error: Option<EnvelopeError>,
}

#[derive(Deserialize)]
struct EnvelopeError {
    #[serde(default)]
    message: String,
    data: Option<Fault>,
}

/// Reads answers for one account.
#[derive(Debug)]
pub(super) struct Reader {
    who: String,
    database: String,
}

impl Reader {
    pub fn new(settings: &Settings) -> Self {
        let who = match settings.username.trim() {
            "" => "the account".to_owned(),
            name => format!("'{name}'"),
        };
        Self {
            who,
            database: settings.database.clone(),
        }
    }

    /// The result of a JSON-2 call.
    pub fn json2(
        &self,
        operation: &'static str,
        answer: &Answer,
        redactor: &Redactor,
    ) -> Result<Value, Error> {
        let Some(by_status) = status::kind(answer.status) else {
            return parse(operation, &answer.body);
        };
        match serde_json::from_slice::<Fault>(&answer.body) {
            Ok(fault) => Err(self.refusal(operation, &fault, Some(by_status), redactor)),
            Err(_) => Err(self.wordless(operation, answer.status, by_status)),
        }
    }

    /// The result of a JSON-RPC call; none at all reads as null.
    pub fn jsonrpc(
        &self,
        operation: &'static str,
        answer: &Answer,
        redactor: &Redactor,
    ) -> Result<Value, Error> {
        if let Some(by_status) = status::kind(answer.status) {
            return Err(self.wordless(operation, answer.status, by_status));
        }
        let value = parse(operation, &answer.body)?;
        let envelope = Envelope::deserialize(value).map_err(|_| {
            unreadable(
                operation,
                "it is not the answer to a call; check that base_url is Odoo's",
            )
        })?;
        match envelope.error {
            None => Ok(envelope.result),
            Some(error) => {
                let fault = error.data.unwrap_or(Fault {
                    name: String::new(),
                    message: error.message,
                });
                Err(self.refusal(operation, &fault, None, redactor))
            }
        }
    }

    fn refusal(
        &self,
        operation: &'static str,
        fault: &Fault,
        by_status: Option<ErrorKind>,
        redactor: &Redactor,
    ) -> Error {
        let kind = kind_of(fault, by_status);
        let words = shown(&redactor.text(&fault.message));
        let message = match kind {
            ErrorKind::Unauthorized => return self.unauthorized(operation, &words),
            ErrorKind::Forbidden => format!(
                "Odoo does not let {} do this: \"{words}\". Give the user the rights named in the \
                 connection's check.",
                self.who
            ),
            ErrorKind::NotFound if fault.name.starts_with("werkzeug") => format!(
                "Odoo does not know what was asked for: \"{words}\". Check that the apps \
                 Inventory and Manufacturing are installed in database {}.",
                self.database
            ),
            ErrorKind::NotFound => format!("The record is gone from Odoo: \"{words}\"."),
            ErrorKind::RateLimited => format!(
                "Odoo could not get hold of the records, because others work on them: \
                 \"{words}\". It is tried again later."
            ),
            ErrorKind::Unavailable => format!("Odoo cannot answer at the moment: \"{words}\"."),
            _ => format!("Odoo refused: \"{words}\"."),
        };
        let error = Error::new(kind, operation, message);
        match kind == ErrorKind::RateLimited && !fault.name.ends_with("TooManyRequests") {
            true => error.about_one_record(),
            false => error,
        }
    }

    /// The account is refused.
    pub fn unauthorized(&self, operation: &'static str, words: &str) -> Error {
        Error::new(
            ErrorKind::Unauthorized,
            operation,
            format!(
                "Odoo does not accept the key of {} for database {}{}. Make a new API key in Odoo \
                 (Preferences, Account security) and enter it; check the database's name too.",
                self.who,
                self.database,
                match words {
                    "" => String::new(),
                    words => format!(" (\"{words}\")"),
                }
            ),
        )
    }

    /// A status without Odoo's own words: what stands in front of it, or no database.
    fn wordless(&self, operation: &'static str, status: u16, kind: ErrorKind) -> Error {
        let message = match kind {
            ErrorKind::Unauthorized => return self.unauthorized(operation, ""),
            ErrorKind::NotFound => format!(
                "There is no database {} at this address, or this Odoo does not speak the chosen \
                 protocol (404). Check base_url, database and protocol.",
                self.database
            ),
            ErrorKind::Unavailable => {
                format!(
                    "Odoo answered with a server error ({status}). If this lasts, ask whoever runs it."
                )
            }
            _ => format!("Odoo refused the request ({status}). Check base_url and protocol."),
        };
        Error::new(kind, operation, message)
    }
}

/// The kind behind the name of Odoo's exception; its text is translated and its code differs by
/// version, so neither decides.
fn kind_of(fault: &Fault, by_status: Option<ErrorKind>) -> ErrorKind {
    let short = fault.name.rsplit('.').next().unwrap_or_default();
    match short {
        "AccessDenied" | "SessionExpiredException" | "Unauthorized" => ErrorKind::Unauthorized,
        "AccessError" | "Forbidden" => ErrorKind::Forbidden,
        "MissingError" | "NotFound" => ErrorKind::NotFound,
        "LockError"
        | "SerializationFailure"
        | "DeadlockDetected"
        | "LockNotAvailable"
        | "ConcurrencyError"
        | "TooManyRequests" => ErrorKind::RateLimited,
        "OperationalError" if names_no_database(&fault.message) => ErrorKind::Rejected,
        "OperationalError" | "InterfaceError" | "PoolError" => ErrorKind::Unavailable,
        "ValidationError"
        | "UserError"
        | "RedirectWarning"
        | "UnprocessableEntity"
        | "BadRequest" => ErrorKind::Rejected,
        _ if fault.name.starts_with("builtins.") => ErrorKind::Rejected,
        _ => by_status.unwrap_or(ErrorKind::Rejected),
    }
}

fn names_no_database(message: &str) -> bool {
    message.contains("database") && message.contains("does not exist")
}

fn parse(operation: &'static str, body: &[u8]) -> Result<Value, Error> {
    serde_json::from_slice(body).map_err(|error| {
        let why = match body.trim_ascii_start().first() {
            Some(b'<') => {
                "it is a web page; check base_url, and that no proxy or firewall answers in \
                 Odoo's place"
                    .to_owned()
            }
            None => "it is empty".to_owned(),
            Some(_) if error.is_eof() => format!(
                "it breaks off at line {}, column {}",
                error.line(),
                error.column()
            ),
            Some(_) => "it is not JSON".to_owned(),
        };
        unreadable(operation, &why)
    })
}

/// An answer that is not what was asked for.
pub(super) fn unreadable(operation: &'static str, why: &str) -> Error {
    Error::new(
        ErrorKind::Malformed,
        operation,
        format!("Odoo's answer for {operation} cannot be read: {why}."),
    )
}

/// On one line, and not too long.
fn shown(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    line.trim_end_matches('.')
        .chars()
        .take(WORDS_SHOWN)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(name: &str, message: &str, by_status: Option<ErrorKind>) -> ErrorKind {
        let fault = Fault {
            name: name.into(),
            message: message.into(),
        };
        kind_of(&fault, by_status)
    }

    #[test]
    fn the_name_of_the_exception_decides() {
        for (name, expected) in [
            ("odoo.exceptions.AccessDenied", ErrorKind::Unauthorized),
            ("odoo.http.SessionExpiredException", ErrorKind::Unauthorized),
            ("odoo.exceptions.AccessError", ErrorKind::Forbidden),
            ("odoo.exceptions.MissingError", ErrorKind::NotFound),
            ("odoo.exceptions.ValidationError", ErrorKind::Rejected),
            ("odoo.exceptions.UserError", ErrorKind::Rejected),
            ("builtins.ValueError", ErrorKind::Rejected),
            (
                "psycopg2.errors.SerializationFailure",
                ErrorKind::RateLimited,
            ),
            ("odoo.exceptions.LockError", ErrorKind::RateLimited),
            ("psycopg2.OperationalError", ErrorKind::Unavailable),
        ] {
            assert_eq!(kind(name, "", None), expected, "{name}");
            assert_eq!(
                kind(name, "", Some(ErrorKind::Unavailable)),
                expected,
                "{name} inside 500"
            );
        }
        let unknown = "FATAL:  database \"nodb\" does not exist";
        assert_eq!(
            kind("psycopg2.OperationalError", unknown, None),
            ErrorKind::Rejected
        );
        assert_eq!(
            kind("x.NobodyKnows", "", Some(ErrorKind::Unavailable)),
            ErrorKind::Unavailable
        );
    }

    #[test]
    fn answers_that_are_no_json_say_what_they_are() {
        let complaint = |body: &str| parse("items", body.as_bytes()).unwrap_err().to_string();
        assert!(complaint("<html>Maintenance</html>").contains("web page"));
        assert!(complaint("").contains("empty"));
        assert!(complaint("[{\"id\": 1").contains("breaks off"));
        assert!(complaint("Service down").contains("not JSON"));
    }
}
