//! The mapping inbox: what an upstream name, unit or code means here.

mod accept;
mod answer;
pub mod inbox;
mod taught;
