//! Accounts at upstream systems.

mod brake;
mod calls;
mod delivery;
pub mod detail;
pub(crate) mod entities;
pub mod list;
pub(crate) mod schedules;
mod secrets;
