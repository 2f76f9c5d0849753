//! The office: what leads and administrators work with.

pub mod audit;
pub mod conflicts;
pub mod connections;
pub mod counts;
pub mod deliveries;
pub mod devices;
pub mod doc_types;
pub mod documents;
pub mod exceptions;
mod filters;
pub mod items;
pub mod kpis;
pub mod locations;
pub mod mappings;
pub mod operations;
pub mod overview;
pub mod partners;
mod restock;
mod rests;
pub mod schedules;
pub mod screens;
pub(crate) mod shell;
pub mod shortages;
mod source;
pub mod sync_runs;
pub mod tasks;
pub mod teams;
pub mod users;
pub mod webhooks;
pub mod why;

pub use shell::Shell;
