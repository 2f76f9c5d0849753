//! Accounts at upstream systems.

mod brake;
mod calls;
mod delivery;
mod delivery_setting;
pub mod detail;
pub(crate) mod entities;
mod form;
mod form_field;
mod form_windows;
pub mod list;
pub(crate) mod schedules;
mod secrets;
