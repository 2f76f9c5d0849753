//! Handhelds: who uses which, and how they are.

mod list;

pub use list::List;
