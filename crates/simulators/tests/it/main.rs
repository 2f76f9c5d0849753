//! The simulators over real HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so by panicking"
)]

mod support;

mod changes;
mod content;
mod faults;
mod filters;
mod panel;
mod sap;
mod session;
mod wire;
