//! Logins.

mod create;
mod list;

pub use list::List;
