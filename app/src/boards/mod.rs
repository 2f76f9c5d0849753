//! TV screens: read from across the hall, touched by nobody.
//!
//! [`Choose`] is `/board`, [`ShiftPage`] is `/board/:warehouse`.

mod choose;
pub(crate) mod clock;
pub(crate) mod figures;
mod header;
mod hours;
mod leaders;
mod shift_page;
pub(crate) mod shifts;
mod tiles;

pub use choose::Choose;
pub use shift_page::ShiftPage;
