//! Why a change did not happen. Nothing was written.

use domain::permission::Permission;

/// A change that did not happen.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No such thing in the caller's scope.
    #[error("this {0} does not exist")]
    NotFound(&'static str),
    /// The caller's role does not grant it.
    #[error("your role does not allow this")]
    Forbidden(Permission),
    /// The input breaks a rule; the sentence says which.
    #[error("{0}")]
    Invalid(String),
    /// Somebody was faster, or the thing is in another state; the sentence says which.
    #[error("{0}")]
    Conflict(String),
    /// The database failed.
    #[error("the change could not be stored")]
    Store(#[source] store::Error),
}

impl Error {
    /// What is wrong with the database itself, in words; see [`store::Error::outage`].
    pub fn outage(&self) -> Option<&'static str> {
        match self {
            Self::Store(error) => error.outage(),
            _ => None,
        }
    }

    /// Whether the data itself could not be stored, so that trying again would fail the same way.
    pub fn is_lasting(&self) -> bool {
        match self {
            Self::Store(error) => error.is_lasting(),
            Self::NotFound(_) | Self::Forbidden(_) | Self::Invalid(_) => true,
            // Somebody was faster.
            Self::Conflict(_) => false,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::NotFound { what } => Self::NotFound(what),
            other => Self::Store(other),
        }
    }
}
