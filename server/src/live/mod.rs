//! The live link. One tailer per process reads the feed; each event is written as JSON once and
//! handed to every socket that listens, may see it, and belongs to the company.
//!
//! A socket's queue is bounded: a client too slow for it is told to read everything again instead
//! of holding the others up.

mod hub;
mod registry;
mod replay;
mod revocation;
mod socket;
mod topics;

pub use hub::Hub;
pub use socket::upgrade;
