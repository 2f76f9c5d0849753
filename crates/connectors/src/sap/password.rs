//! Whether SAP takes the password. It locks a user after a few refusals in a row, so nothing is sent for a while after
//! one, and only one call at a time before the password was taken.

use crate::{Error, ErrorKind};
use chrono::{DateTime, Utc};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long nothing is sent after a refusal.
const QUIET: Duration = Duration::from_secs(15 * 60);
/// How long a call waits for its turn: where SAP does not answer, the calls before it say nothing of the password.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Standing {
    #[default]
    Unknown,
    Taken,
    Refused(DateTime<Utc>),
}

/// What is known of the password.
#[derive(Debug, Default)]
pub(super) struct Password {
    standing: Mutex<Standing>,
    /// Held by who tries it.
    trying: tokio::sync::Mutex<()>,
}

impl Password {
    fn standing(&self) -> MutexGuard<'_, Standing> {
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_taken(&self) -> bool {
        *self.standing() == Standing::Taken
    }

    /// Waits a while for nobody to try it; nothing to hold once it was taken, or when that lasts too long.
    pub async fn turn(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        if self.is_taken() {
            return None;
        }
        let turn = tokio::time::timeout(PATIENCE, self.trying.lock())
            .await
            .ok()?;
        (!self.is_taken()).then_some(turn)
    }

    /// How long nothing is to be sent yet. A clock that was set back ends it.
    pub fn quiet(&self, now: DateTime<Utc>) -> Option<Duration> {
        let Standing::Refused(at) = *self.standing() else {
            return None;
        };
        QUIET.checked_sub((now - at).to_std().ok()?)
    }

    /// What a call's outcome says of it. Where nobody answered, or somebody before SAP did, that is nothing.
    pub fn learn<T>(&self, outcome: &Result<T, Error>, now: DateTime<Utc>) {
        let standing = match outcome.as_ref().err().map(Error::kind) {
            Some(ErrorKind::Unauthorized) => Standing::Refused(now),
            Some(
                ErrorKind::Unavailable
                | ErrorKind::Timeout
                | ErrorKind::RateLimited
                | ErrorKind::Malformed,
            ) => return,
            _ => Standing::Taken,
        };
        *self.standing() = standing;
    }

    /// Has it tried again at once.
    pub fn try_again(&self) {
        *self.standing() = Standing::Unknown;
    }
}
