//! The lead's work: who does what, by when, and whether it will be done.

mod ask;
mod desk;
mod drag;
mod filters;
mod forecast;
mod give;
mod hold;
mod list;
mod people;
mod sites;
mod waves;

pub use list::List;
