//! Dispatches and receipts.

mod assign;
pub mod detail;
mod lines;
pub mod list;
mod timeline;
mod try_out;
