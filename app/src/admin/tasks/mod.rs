//! The lead's work: who does what, by when, and whether it will be done.

mod ask;
mod desk;
mod drag;
mod forecast;
mod give;
mod list;
mod people;

pub use list::List;
