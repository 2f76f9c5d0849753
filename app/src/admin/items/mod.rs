//! Things we stock.

pub mod detail;
pub mod list;
