//! `erp`: what is written into ERPs, how it goes, and a person's word on what does not.

mod queue;
mod read;
mod word;

// All of each: the description of a route stands beside its handler under a name of its own.
pub use queue::*;
pub use read::*;
pub use word::*;
