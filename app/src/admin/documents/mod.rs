//! Dispatches and receipts.

mod assign;
mod buttons;
pub mod detail;
mod erp;
mod lines;
pub mod list;
mod photos;
mod timeline;
mod try_out;
