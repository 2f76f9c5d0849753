//! What every connector does over HTTP in the same way: pace, breaker, time limits, size limit,
//! short repeats of reads, correlation id, metrics, redacted recording.

mod body;
pub mod breaker;
pub(crate) mod call;
mod client;
pub(crate) mod gateway;
mod gauge;
pub mod pacer;
pub mod recorder;
pub(crate) mod redact;
mod retry;
pub(crate) mod status;
