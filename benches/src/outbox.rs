//! Delivery of messages to other systems: how fast and at what cost, what queueing costs those who
//! change something, how soon a message arrives, and what remains of workers that are killed.

pub(crate) mod deliver;
pub(crate) mod enqueue;
pub(crate) mod killed;
pub(crate) mod latency;
mod messages;
mod peers;
pub(crate) mod posting;
mod processor;
pub(crate) mod upstream;
pub(crate) mod worker;
