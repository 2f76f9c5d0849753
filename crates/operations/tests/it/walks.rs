//! The frame of tests that try any order of steps: one site, the same cases every time.

use crate::support::Site;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::cell::Cell;
use tokio::runtime::{Builder, Runtime};

/// How often an order that failed is tried shorter: each try is a whole walk over the database.
const SHRINKS: u32 = 60;

pub struct Walks {
    runtime: Runtime,
    pub site: Site,
}

impl Walks {
    pub fn open() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let site = runtime.block_on(Site::open());
        Self { runtime, site }
    }

    /// Takes so many orders of steps, each with the number of its case.
    pub fn run<S: Strategy>(&self, cases: u32, steps: &S, walk: impl AsyncFn(u32, S::Value)) {
        let config = Config {
            cases,
            max_shrink_iters: SHRINKS,
            failure_persistence: None,
            ..Config::default()
        };
        let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
        let case = Cell::new(0);
        TestRunner::new_with_rng(config, rng)
            .run(steps, |steps| {
                case.set(case.get() + 1);
                self.block_on(walk(case.get(), steps));
                Ok(())
            })
            .unwrap();
    }

    pub fn block_on<F: Future>(&self, future: F) -> F::Output {
        self.runtime.block_on(future)
    }
}
