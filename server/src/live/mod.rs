//! The live link. One tailer per process reads the feed; each event is framed once and written, the
//! same bytes, to every socket that listens, may see it, and belongs to the company. Whoever hands
//! out writes, without waking a task per socket; sockets are parted among a few writers.
//!
//! What waits for a socket is bounded: a client that does not take it is told to read everything
//! again, or given up, instead of holding the others up.

mod client;
mod frame;
mod hub;
mod outbox;
mod registry;
mod replay;
mod revocation;
mod shard;
mod socket;
mod stream;
mod topics;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use hub::Hub;
pub use socket::upgrade;

/// A panic elsewhere leaves what is kept here usable.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
