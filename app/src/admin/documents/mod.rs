//! Dispatches and receipts.

mod assign;
pub mod detail;
mod lines;
pub mod list;
mod timeline;

pub(crate) use assign::{AssignDialog, Assigning, use_assigning};
