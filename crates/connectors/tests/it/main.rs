//! The promises of the connectors, each over real HTTP.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::allow_attributes,
    clippy::disallowed_methods,
    missing_docs,
    reason = "a failing expectation is how a test speaks"
)]

mod breaker;
mod capture;
mod faces;
mod limits;
mod pace;
mod paging;
mod retry;
mod rows;
mod sap;
mod sign_in;
mod simulator;
mod support;
