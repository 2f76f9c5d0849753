//! Accounts at upstream systems.

pub mod detail;
pub(crate) mod entities;
pub mod list;
pub(crate) mod schedules;
