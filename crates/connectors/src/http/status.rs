//! What the outcomes of HTTP mean, in sentences that say what to do.

use super::body::BodyError;
use super::breaker::Paused;
use super::call::Upstream;
use crate::{Error, ErrorKind};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// The kind of refusal behind a status; `None` when the request was accepted.
pub(crate) fn kind(status: u16) -> Option<ErrorKind> {
    Some(match status {
        200..=299 => return None,
        401 => ErrorKind::Unauthorized,
        403 => ErrorKind::Forbidden,
        404 | 410 => ErrorKind::NotFound,
        408 | 504 => ErrorKind::Timeout,
        409 | 412 => ErrorKind::Conflict,
        429 => ErrorKind::RateLimited,
        501 => ErrorKind::Unsupported,
        500..=599 => ErrorKind::Unavailable,
        _ => ErrorKind::Rejected,
    })
}

/// Statuses that say nothing about the request itself: busy or broken upstreams, and redirects,
/// which are never followed because they could carry the credentials elsewhere.
pub(crate) fn general(
    upstream: &Upstream,
    operation: &'static str,
    status: u16,
    location: Option<&str>,
    asked_wait: Option<Duration>,
) -> Option<Error> {
    let label = upstream.label;
    let kind = kind(status)?;
    let message = match (kind, status) {
        (ErrorKind::RateLimited, _) => format!(
            "{label} says that this account makes too many requests. If this lasts, lower \
             rate_per_second, or look for something else that uses the same account."
        ),
        (ErrorKind::Timeout, _) => {
            format!("{label} gave up on the request ({status}). It is tried again later.")
        }
        (ErrorKind::Unavailable, _) => format!(
            "{label} answered with a server error ({status}). If this lasts, ask whoever runs it."
        ),
        (_, 300..=399) => match location {
            Some(location) => format!(
                "{label} sends us on to {location}. Enter the address it now has as base_url."
            ),
            None => format!("{label} sends us elsewhere ({status}). Check base_url."),
        },
        _ => return None,
    };
    let error = match status {
        503 => Error::new(kind, operation, message).turned_away(),
        _ => Error::new(kind, operation, message),
    };
    Some(match asked_wait {
        Some(wait) => error.retry_after(wait),
        None => error,
    })
}

/// The call was not made: the breaker is open.
pub(crate) fn paused(upstream: &Upstream, operation: &'static str, paused: &Paused) -> Error {
    let (label, seconds) = (upstream.label, paused.retry_after.as_secs().max(1));
    let cause = &paused.cause;
    let message = format!(
        "Calls to {label} are paused for {seconds} s, because requests in a row failed, the \
         last with: {cause} One request then tries whether it answers again."
    );
    Error::new(ErrorKind::Unavailable, operation, message).retry_after(paused.retry_after)
}

/// What is told of an account whose calls pause until then, because of the failure that came last.
pub fn pause(until: DateTime<Utc>, cause: &str) -> String {
    let until = until.format("%H:%M:%S");
    format!(
        "Three calls in a row failed, the last with: {cause} Calls pause until {until} UTC, then \
         one tries again."
    )
}

/// No complete answer came.
pub(crate) fn transport(
    upstream: &Upstream,
    operation: &'static str,
    error: reqwest::Error,
) -> Error {
    let (label, address) = (upstream.label, &upstream.address);
    let error = error.without_url();
    let (kind, message) = if error.is_connect() && error.is_timeout() {
        let message = format!(
            "{label} at {address} cannot be reached: no connection within the time for it. Check \
             base_url, the network and the firewall, or raise connection_timeout_seconds."
        );
        (ErrorKind::Timeout, message)
    } else if error.is_timeout() {
        let message = format!(
            "{label} did not answer within the time limit. Lower page_size or raise \
             timeout_seconds (request_timeout_seconds and idle_timeout_seconds count before it) if \
             this happens on large pages."
        );
        (ErrorKind::Timeout, message)
    } else if error.is_connect() {
        let message = format!(
            "{label} at {address} cannot be reached. Check base_url, and that it runs and lets \
             this machine in."
        );
        (ErrorKind::Unavailable, message)
    } else if error.is_builder() {
        let message = format!("The request to {label} could not be made. Check base_url.");
        (ErrorKind::Rejected, message)
    } else if is_broken_packing(&error) {
        let message = format!("The answer of {label} is packed in a way that cannot be read.");
        (ErrorKind::Malformed, message)
    } else {
        let message = format!("{label} cut the connection before the answer was complete.");
        (ErrorKind::Unavailable, message)
    };
    Error::new(kind, operation, message).caused_by(error)
}

/// The answer began but could not be read to its end.
pub(crate) fn body(upstream: &Upstream, operation: &'static str, error: BodyError) -> Error {
    match error {
        BodyError::Transport(error) => transport(upstream, operation, error),
        BodyError::TooLarge => Error::new(
            ErrorKind::Malformed,
            operation,
            format!(
                "The answer of {} is larger than {} MB and was not read. Lower page_size or \
                 raise max_body_mb.",
                upstream.label,
                upstream.limits.body_cap / 1_000_000
            ),
        ),
    }
}

/// Whether unpacking failed, as opposed to the connection under it.
fn is_broken_packing(error: &reqwest::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            let kind = error.kind();
            let inner = error.get_ref().is_some();
            if kind == std::io::ErrorKind::InvalidData
                || kind == std::io::ErrorKind::InvalidInput
                || (kind == std::io::ErrorKind::UnexpectedEof && !inner)
            {
                return true;
            }
        }
        cause = error.source();
    }
    false
}
