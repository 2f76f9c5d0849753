//! Errors as `application/problem+json` (RFC 9457).

use super::conditional;
use crate::connecting::Refusal;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::connection_form::{Misfit, NAME};
use problem_details::{JsonProblemDetails, ProblemDetails};
use serde::Serialize;
use std::time::Duration;

/// A refusal or failure of the API.
#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    /// The part of the request that is to blame.
    field: Option<Box<str>>,
    /// Boxed, so that results stay small.
    header: Option<Box<(HeaderName, HeaderValue)>>,
}

#[derive(Debug, Serialize)]
struct Extension {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<Box<str>>,
}

impl Problem {
    /// A status, a stable word for programs and a sentence for people.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            code,
            detail: detail.into(),
            field: None,
            header: None,
        }
    }

    /// The same, naming the part of the request that is to blame.
    fn at(mut self, field: &str) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The word for programs and the sentence, where the request itself is at fault; none when the
    /// server is.
    pub fn told(&self) -> Option<(&'static str, &str)> {
        let ours = self.status.is_server_error();
        (!ours).then_some((self.code, self.detail.as_str()))
    }

    /// Nobody is signed in, or the token is no longer good.
    pub fn unauthorized() -> Self {
        let detail = "Sign in, or send a valid access token as 'Authorization: Bearer …'.";
        let mut problem = Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail);
        let challenge = HeaderValue::from_static("Bearer realm=\"crossdock\"");
        problem.header = Some(Box::new((header::WWW_AUTHENTICATE, challenge)));
        problem
    }

    /// The password was given by an administrator and is good for nothing but replacing it.
    pub fn password_due() -> Self {
        let detail = "Choose your own password first, at /password.";
        Self::new(StatusCode::FORBIDDEN, "password_due", detail)
    }

    /// The role does not grant it.
    pub fn forbidden() -> Self {
        let detail = "Your role does not allow this.";
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// It does not exist, or not for this caller.
    pub fn not_found(what: &str) -> Self {
        let detail = format!("This {what} does not exist.");
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// The request can be read and makes no sense.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
    }

    /// The body is larger than the limit.
    pub fn too_large() -> Self {
        let detail = "The body is too large.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail)
    }

    /// Another request with the same idempotency key is being answered.
    pub fn still_running() -> Self {
        let detail = "A request with this Idempotency-Key is being answered; ask again.";
        let mut problem = Self::new(StatusCode::CONFLICT, "in_progress", detail);
        problem.header = Some(Box::new((header::RETRY_AFTER, HeaderValue::from(1))));
        problem
    }

    /// Our fault; the log has the chain.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %crate::telemetry::chain(error), "a request of the API failed");
        let detail = "Something went wrong on the server. Try again later.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    /// The database is away or has no room: it passes by itself, or with its operator's help.
    fn unavailable(reason: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %crate::telemetry::chain(error), "the database did not do what the API asked");
        let detail = format!(
            "The database cannot be used now: {reason}. Send the same again later; with an \
             Idempotency-Key it counts once."
        );
        let mut problem = Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail);
        problem.header = Some(Box::new((header::RETRY_AFTER, HeaderValue::from(5))));
        problem
    }

    /// Too many tries.
    pub fn too_many(wait: Duration, detail: impl Into<String>) -> Self {
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail);
        let seconds = HeaderValue::from(wait.as_secs().max(1));
        problem.header = Some(Box::new((header::RETRY_AFTER, seconds)));
        problem
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let details = ProblemDetails::from_status_code(self.status)
            .with_detail(self.detail)
            .with_extensions(Extension {
                code: self.code,
                field: self.field,
            });
        let mut response = JsonProblemDetails::from(details).into_response();
        if let Some(header) = self.header {
            let (name, value) = *header;
            response.headers_mut().insert(name, value);
        }
        response
    }
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound { what } => Self::not_found(what),
            store::Error::Taken { .. } => Self::new(
                StatusCode::CONFLICT,
                "conflict",
                "This name is already taken.",
            ),
            store::Error::BadCursor => Self::invalid(error.to_string()),
            other => match other.outage() {
                Some(reason) => Self::unavailable(reason, &other),
                None => Self::internal(&other),
            },
        }
    }
}

impl From<::operations::Error> for Problem {
    fn from(error: ::operations::Error) -> Self {
        use ::operations::Error as E;
        match error {
            E::NotFound(what) => Self::not_found(what),
            E::Forbidden(_) => Self::forbidden(),
            E::Invalid(sentence) => Self::invalid(sentence),
            E::Conflict(sentence) => Self::new(StatusCode::CONFLICT, "conflict", sentence),
            E::Store(error) => error.into(),
        }
    }
}

impl From<Misfit> for Problem {
    fn from(misfit: Misfit) -> Self {
        let problem = Self::invalid(misfit.sentence);
        match misfit.field {
            Some(field) => problem.at(&field),
            None => problem,
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        use ::operations::Error as E;
        match refusal {
            Refusal::Misfit(misfit) => misfit.into(),
            Refusal::Operation(E::Store(error @ store::Error::Taken { .. })) => {
                Self::from(error).at(NAME)
            }
            Refusal::Operation(error) => error.into(),
        }
    }
}

/// The answer for a path of the API that is none.
pub async fn no_such_path() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "There is no such path in the API.",
    )
}

/// The answer for a method that a path does not have.
pub async fn no_such_method() -> Problem {
    let detail = "This path does not answer that method.";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

/// Middleware: errors that a layer answered for the API become problems too.
pub async fn uniform_errors(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_api = path.starts_with("/api") && !path.starts_with("/api/fn/");
    let mut response = next.run(request).await;
    conditional::mark_encoding(response.headers_mut());
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let told = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind == JsonProblemDetails::<()>::CONTENT_TYPE);
    if !is_api || !failed || told {
        return response;
    }
    let (code, detail) = match status {
        StatusCode::REQUEST_TIMEOUT => ("timeout", "The request took too long."),
        StatusCode::PAYLOAD_TOO_LARGE => ("too_large", "The body is too large."),
        _ => ("failed", "The request failed."),
    };
    Problem::new(status, code, detail).into_response()
}
