//! Figures with what they are made of.

mod detail;
mod page;
mod parts;

pub use page::Page;
