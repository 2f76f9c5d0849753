//! What changes promise, against a real database.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on says so by failing"
)]

mod board;
mod floor;
mod import;
mod interleavings;
mod live;
mod mapping;
mod parallel;
mod scope;
mod support;
