//! What a private PostgreSQL promises, against the real programs.
#![allow(
    clippy::unwrap_used,
    clippy::allow_attributes,
    reason = "a test that cannot go on says so by failing"
)]

mod accounts;
mod exec;
mod recover;
mod refuse;
mod share;
mod start;
mod support;
