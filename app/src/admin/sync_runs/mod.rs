//! Executions of a sync.

pub mod detail;
pub(crate) mod history;
mod rejected;
