//! Who did what.

mod detail;
mod link;
mod list;

pub use detail::Detail;
pub use list::List;
