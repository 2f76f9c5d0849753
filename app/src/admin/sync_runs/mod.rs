//! Executions of a sync.

mod apply;
pub mod detail;
mod field_names;
mod figures;
pub(crate) mod history;
pub mod list;
mod preview;
mod rejected;
