//! Programs that are told what happened.

pub(in crate::admin) mod about;
pub(in crate::admin) mod deliveries;
pub mod detail;
mod draft;
mod edit;
mod form;
pub mod list;
mod message;
mod rehearse;
mod steps;
