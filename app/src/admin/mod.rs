//! The office: what leads and administrators work with.

pub mod audit;
pub mod connections;
pub mod documents;
pub mod items;
pub mod mappings;
pub mod overview;
pub mod partners;
pub(crate) mod shell;
pub mod sync_runs;
pub mod tasks;
pub mod users;

pub use shell::Shell;
