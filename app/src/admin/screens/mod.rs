//! TV screens: paired, changed, revoked.

mod form;
mod list;

pub use list::List;
