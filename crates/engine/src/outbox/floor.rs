//! What the parts of the dispatcher share, and when they go on.
//!
//! A claim and a write cost much before the first message and little for each. While few messages are
//! on their way nobody waits; while many are, claiming and writing wait for a lull, so that they
//! handle many at once, and then go on side by side.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use tokio::sync::{Notify, Semaphore};
use tokio_util::task::TaskTracker;

/// Messages that one node holds at once: on their way, or waiting to be written.
const HELD: usize = 512;
/// With no more than so many on their way, nobody waits for others to end.
const FEW: usize = 32;
/// How long a lull is waited for.
const MOMENT: Duration = Duration::from_millis(5);

/// What the parts of the dispatcher share.
pub(super) struct Floor {
    /// Of messages that this node holds.
    pub(super) places: Arc<Semaphore>,
    /// Messages were written: those behind them may go.
    pub(super) written: Notify,
    /// On their way.
    flying: AtomicUsize,
    /// Few are on their way, or a moment is over. What is not waited for is not kept.
    pub(super) lulls: Notify,
    /// The database takes nothing: what ended is kept, and nothing more is claimed.
    pub(super) waits: AtomicBool,
    pub(super) attempts: TaskTracker,
}

impl Floor {
    pub(super) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(HELD)),
            written: Notify::new(),
            flying: AtomicUsize::new(0),
            lulls: Notify::new(),
            waits: AtomicBool::new(false),
            attempts: TaskTracker::new(),
        }
    }

    /// Passes when few are on their way, and after a moment in any case; then for all who wait.
    pub(super) async fn lull(&self) {
        // Made before it is looked: a lull in between is not missed.
        let lulled = self.lulls.notified();
        if self.flying.load(Ordering::Acquire) <= FEW {
            return;
        }
        if tokio::time::timeout(MOMENT, lulled).await.is_err() {
            self.lulls.notify_waiters();
        }
    }

    /// The first lull after an event.
    pub(super) async fn lull_after(&self, event: impl Future<Output = ()>) {
        event.await;
        self.lull().await;
    }
}

/// One message on its way, until it is dropped.
pub(super) struct Flight(Arc<Floor>);

impl Flight {
    pub(super) fn begin(floor: &Arc<Floor>) -> Self {
        floor.flying.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(floor))
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        if self.0.flying.fetch_sub(1, Ordering::AcqRel) == FEW + 1 {
            self.0.lulls.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt as _;

    fn flying(floor: &Arc<Floor>, count: usize) -> Vec<Flight> {
        (0..count).map(|_| Flight::begin(floor)).collect()
    }

    #[test]
    fn while_few_messages_are_on_their_way_nobody_waits() {
        let floor = Arc::new(Floor::new());
        let _few = flying(&floor, FEW);
        assert!(floor.lull().now_or_never().is_some());
    }

    #[tokio::test(start_paused = true)]
    async fn while_many_messages_are_on_their_way_all_wait_until_few_are_left() {
        let floor = Arc::new(Floor::new());
        let mut many = flying(&floor, FEW + 2);
        let began = tokio::time::Instant::now();
        let landing = async {
            tokio::task::yield_now().await;
            many.truncate(FEW);
        };
        tokio::join!(floor.lull(), floor.lull(), landing);
        assert!(began.elapsed() < MOMENT);
    }

    #[tokio::test(start_paused = true)]
    async fn when_many_stay_on_their_way_all_wait_for_a_moment_and_no_longer() {
        let floor = Arc::new(Floor::new());
        let _many = flying(&floor, FEW + 1);
        let (claiming, began) = (floor.lulls.notified(), tokio::time::Instant::now());
        tokio::join!(floor.lull(), claiming);
        assert!((MOMENT..MOMENT * 2).contains(&began.elapsed()));
    }
}
