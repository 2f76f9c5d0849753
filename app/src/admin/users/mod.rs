//! Logins.

mod create;
mod detail;
mod fields;
mod list;
mod one_time;
mod roles;

pub use detail::Detail;
pub use list::List;
pub use roles::Roles;
