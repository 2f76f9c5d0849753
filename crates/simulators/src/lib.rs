//! Upstream systems to try Crossdock against: real wire formats, real data, faults on demand.
//!
//! One module per upstream. Each is an axum application that answers exactly as the vendor's
//! server does, quirks included, and carries a fault panel to make it misbehave on request; what is
//! the same for all of them is in [`frame`].
//! The demo, the tests and `crossdock simulate` all run these.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::allow_attributes
    )
)]

mod sources;
mod spread;

pub mod frame;
pub mod odoo;
pub mod pantheon;
pub mod sap;

pub use sources::full_year_path;
