//! The words and rules of the warehouse floor.
//!
//! Everything here is a value or a pure function: no IO, no async, no clock. The crate compiles for
//! the browser too, so that the handheld and the server decide alike. Instants are arguments.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::allow_attributes
    )
)]

pub mod audit;
pub mod barcode;
pub mod board;
pub mod company;
pub mod connection;
pub mod document;
pub mod ids;
pub mod item;
pub mod live;
pub mod mapping;
pub mod operation;
pub mod page;
pub mod partner;
pub mod permission;
pub mod picking;
pub mod quantity;
pub mod scan;
pub mod schedule;
pub mod shift;
pub mod shortage;
pub mod sync;
pub mod task;
pub mod team;
pub mod timeline;
pub mod user;

pub use ids::*;
pub use quantity::Quantity;
