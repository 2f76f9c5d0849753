//! The inbox of what needs a lead's eye.

mod list;
mod look_after;
mod waiting;

pub use list::List;
pub(crate) use waiting::waiting;
