//! Things we stock.

pub mod detail;
pub mod list;
mod stock;
mod uses;
