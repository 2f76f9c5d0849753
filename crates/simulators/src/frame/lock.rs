//! Locks that outlive a panic: a test that fails elsewhere still sees the system's inside.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What the lock guards, whoever held it before.
pub(crate) fn open<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
