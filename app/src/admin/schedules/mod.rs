//! When syncs run by themselves.

mod edit;
pub mod list;
