//! TV screens: read from across the hall, touched by nobody.
//!
//! [`Choose`] is `/board`: a code to pair by, what a paired screen shows, or the choice of a person.
//! [`SitePage`] is `/board/:warehouse`, for people.

mod chart;
mod choose;
pub(crate) mod clock;
mod connections;
pub(crate) mod figures;
mod frame;
mod header;
mod hours;
mod leaders;
mod pairing;
mod quality;
mod reading;
mod shift;
pub(crate) mod shifts;
mod site_page;
mod teams;
mod throughput;
mod tiles;

pub use choose::Choose;
pub use site_page::SitePage;
