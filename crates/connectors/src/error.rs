//! Why a call to an upstream system did not work, and whether asking again can help.

use std::sync::Arc;
use std::time::Duration;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The account is refused.
    Unauthorized,
    /// The account may not do this.
    Forbidden,
    /// There is no such address or record.
    NotFound,
    /// The request, or the settings behind it, are refused.
    Rejected,
    /// The record changed meanwhile.
    Conflict,
    /// Too many calls.
    RateLimited,
    /// Nobody answers, the answer is a server error, or the breaker is open.
    Unavailable,
    /// No answer in time.
    Timeout,
    /// The answer cannot be read.
    Malformed,
    /// This connector cannot do this.
    Unsupported,
}

impl ErrorKind {
    /// The stable word used in metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthorized => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::Rejected => "rejected",
            Self::Conflict => "conflict",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Malformed => "malformed",
            Self::Unsupported => "unsupported",
        }
    }
}

/// Whether the same call can succeed without anybody changing anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// No: a person has to look.
    Never,
    /// Yes, after the caller's own waiting time.
    Later,
    /// Yes, but not before this time has passed.
    After(Duration),
}

/// A call that did not work. Prints as a sentence that says what to do and holds no secret; the
/// cause is its source.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    kind: ErrorKind,
    operation: &'static str,
    message: String,
    setting: Option<String>,
    retry_after: Option<Duration>,
    turned_away: bool,
    one_record: bool,
    #[source]
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of this kind; the message is read by people.
    pub fn new(kind: ErrorKind, operation: &'static str, message: impl Into<String>) -> Self {
        Self {
            kind,
            operation,
            message: message.into(),
            setting: None,
            retry_after: None,
            turned_away: false,
            one_record: false,
            source: None,
        }
    }

    /// Somebody holds the record it is about; the system takes everything else.
    #[must_use]
    pub fn about_one_record(mut self) -> Self {
        self.one_record = true;
        self
    }

    /// Whether it is about the record alone: what is about others goes on.
    pub fn is_about_one_record(&self) -> bool {
        self.one_record
    }

    /// The system is there and takes nothing at the moment (503).
    #[must_use]
    pub fn turned_away(mut self) -> Self {
        self.turned_away = true;
        self
    }

    /// Not to be asked again before this time has passed.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// The setting or secret that is to blame, by its name.
    #[must_use]
    pub fn about(mut self, setting: impl Into<String>) -> Self {
        self.setting = Some(setting.into());
        self
    }

    /// What lies under it. Must not hold secrets either: it is logged.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// What went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Name of the setting or secret that is to blame, where it is one.
    pub fn setting(&self) -> Option<&str> {
        self.setting.as_deref()
    }

    /// What was being done: `login`, `items`, `settings` …
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Whether it asked to come later (429, 503) instead of failing on the request.
    pub fn is_turned_away(&self) -> bool {
        self.turned_away || self.kind == ErrorKind::RateLimited
    }

    /// Whether asking again can help. The only place that decides it.
    pub fn retry(&self) -> Retry {
        match (self.kind, self.retry_after) {
            (ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Timeout, Some(wait)) => {
                Retry::After(wait)
            }
            (ErrorKind::RateLimited | ErrorKind::Unavailable | ErrorKind::Timeout, None) => {
                Retry::Later
            }
            (
                ErrorKind::Unauthorized
                | ErrorKind::Forbidden
                | ErrorKind::NotFound
                | ErrorKind::Rejected
                | ErrorKind::Conflict
                | ErrorKind::Malformed
                | ErrorKind::Unsupported,
                _,
            ) => Retry::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_by_itself_is_worth_asking_again() {
        let retry = |kind| Error::new(kind, "items", "x").retry();
        assert_eq!(retry(ErrorKind::Unavailable), Retry::Later);
        assert_eq!(retry(ErrorKind::Timeout), Retry::Later);
        assert_eq!(retry(ErrorKind::RateLimited), Retry::Later);
        for kind in [
            ErrorKind::Unauthorized,
            ErrorKind::Forbidden,
            ErrorKind::NotFound,
            ErrorKind::Rejected,
            ErrorKind::Conflict,
            ErrorKind::Malformed,
            ErrorKind::Unsupported,
        ] {
            assert_eq!(retry(kind), Retry::Never, "{}", kind.as_str());
        }
    }

    #[test]
    fn being_asked_to_come_later_is_told_from_a_failure() {
        let error = |kind| Error::new(kind, "items", "x");
        assert!(error(ErrorKind::RateLimited).is_turned_away());
        assert!(!error(ErrorKind::Unavailable).is_turned_away());
        let later = error(ErrorKind::Unavailable).turned_away();
        assert!(later.is_turned_away());
        assert_eq!(later.retry(), Retry::Later);
    }

    #[test]
    fn a_stated_wait_is_kept() {
        let error = Error::new(ErrorKind::Unavailable, "items", "x");
        let wait = Duration::from_secs(120);
        assert_eq!(error.retry_after(wait).retry(), Retry::After(wait));
    }
}
