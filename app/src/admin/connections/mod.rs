//! Accounts at upstream systems.

mod calls;
pub mod detail;
pub(crate) mod entities;
pub mod list;
pub(crate) mod schedules;
