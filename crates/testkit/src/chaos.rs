//! Faults at random points: numbers that follow from a seed, and the rows that `scripts/chaos` prints.

use std::io::Write as _;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::people::done;

/// Repeats a run that failed: the seed it told.
const SEED: &str = "CROSSDOCK_CHAOS_SEED";
/// The file that rows are added to; without it none are.
const REPORT: &str = "CROSSDOCK_CHAOS_REPORT";

/// Numbers without a pattern that follow from a seed (SplitMix64). It tells its seed when the test fails.
#[derive(Debug)]
pub struct Chance {
    seed: u64,
    state: u64,
}

impl Chance {
    /// A fresh seed, or the one that `CROSSDOCK_CHAOS_SEED` names.
    ///
    /// # Panics
    /// When that is no number.
    #[must_use]
    pub fn of_run() -> Self {
        let seed = match std::env::var(SEED) {
            Ok(named) => done(named.parse()),
            Err(_) => Uuid::new_v4().as_u64_pair().0,
        };
        Self { seed, state: seed }
    }

    /// From 0 on, below the limit.
    pub fn below(&mut self, limit: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        // Half of the bits are enough, and fit everywhere.
        usize::try_from(mixed >> 32).map_or(0, |number| number % limit.max(1))
    }

    /// A moment no longer than that, to the microsecond.
    pub fn moment(&mut self, longest: Duration) -> Duration {
        let most = usize::try_from(longest.as_micros()).unwrap_or(usize::MAX);
        let micros = self.below(most);
        Duration::from_micros(u64::try_from(micros).unwrap_or_default())
    }
}

impl Drop for Chance {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{SEED}={} repeats this", self.seed);
        }
    }
}

/// One fault and what came of it.
#[derive(Debug)]
pub struct Trial {
    fault: &'static str,
    size: String,
    began: Instant,
}

impl Trial {
    /// Begins now.
    #[must_use]
    pub fn begin(fault: &'static str, size: String) -> Self {
        Self {
            fault,
            size,
            began: Instant::now(),
        }
    }

    /// Tells more beside the size, such as a figure that came of it.
    pub fn note(&mut self, text: &str) {
        self.size.push_str(", ");
        self.size.push_str(text);
    }

    /// Adds the row to the report, then fails unless nothing was lost and nothing doubled.
    ///
    /// # Panics
    /// When something was, or the report cannot be written.
    pub fn end(self, lost: usize, doubled: usize) {
        if let Some(path) = std::env::var_os(REPORT) {
            let options = std::fs::OpenOptions::new()
                .create(true)
                .append(true)
                .open(path);
            let seconds = self.began.elapsed().as_secs_f64();
            let (fault, size) = (self.fault, &self.size);
            let row = format!("{fault}\t{size}\t{lost}\t{doubled}\t{seconds:.1}\n");
            done(done(options).write_all(row.as_bytes()));
        }
        let (fault, size) = (self.fault, &self.size);
        assert_eq!((lost, doubled), (0, 0), "lost and doubled: {fault}, {size}");
    }
}
