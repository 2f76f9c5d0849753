//! Programs that are told what happened.

mod deliveries;
pub mod detail;
mod form;
pub mod list;
mod message;
