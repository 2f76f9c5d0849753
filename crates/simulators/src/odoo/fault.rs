//! What Odoo says when it refuses: an exception's name, its text, and the status JSON-2 gives it.

use serde_json::{Value, json};

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub name: &'static str,
    pub message: String,
    pub status: u16,
}

impl Refusal {
    fn new(name: &'static str, status: u16, message: impl Into<String>) -> Self {
        Self {
            name,
            message: message.into(),
            status,
        }
    }

    pub fn value(message: impl Into<String>) -> Self {
        Self::new("builtins.ValueError", 500, message)
    }

    pub fn type_error(message: impl Into<String>) -> Self {
        Self::new("builtins.TypeError", 500, message)
    }

    pub fn attribute(message: impl Into<String>) -> Self {
        Self::new("builtins.AttributeError", 500, message)
    }

    pub fn user(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.UserError", 422, message)
    }

    pub fn validation(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.ValidationError", 422, message)
    }

    pub fn access(message: impl Into<String>) -> Self {
        Self::new("odoo.exceptions.AccessError", 403, message)
    }

    pub fn denied() -> Self {
        Self::new("odoo.exceptions.AccessDenied", 403, "Access Denied")
    }

    pub fn missing(model: &str, id: i64) -> Self {
        let message = format!(
            "Record does not exist or has been deleted.\n(Record: {model}({id},), User: 2)"
        );
        Self::new("odoo.exceptions.MissingError", 404, message)
    }

    pub fn no_database(name: &str) -> Self {
        let message = format!(
            "connection to server at \"127.0.0.1\", port 5499 failed: FATAL:  database \
             \"{name}\" does not exist\n"
        );
        Self::new("psycopg2.OperationalError", 500, message)
    }

    pub fn serialization() -> Self {
        let message = "could not serialize access due to concurrent update\n";
        Self::new("psycopg2.errors.SerializationFailure", 500, message)
    }

    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new("werkzeug.exceptions.NotFound", 404, message)
    }

    pub fn unprocessable(message: impl Into<String>) -> Self {
        Self::new("werkzeug.exceptions.UnprocessableEntity", 422, message)
    }

    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new("werkzeug.exceptions.BadRequest", 400, message)
    }

    pub fn unauthorized(message: impl Into<String>) -> Self {
        Self::new("werkzeug.exceptions.Unauthorized", 401, message)
    }

    pub fn session_expired() -> Self {
        Self::new("odoo.http.SessionExpiredException", 403, "Session expired")
    }

    /// The exception as both protocols show it; HTTP's own carry their status.
    pub fn shown(&self) -> Value {
        let arguments = match self.name.starts_with("werkzeug.") {
            true => json!([self.message, self.status]),
            false => json!([self.message]),
        };
        json!({
            "name": self.name,
            "message": self.message,
            "arguments": arguments,
            "context": {},
            "debug": "<traceback>",
        })
    }
}
