//! What every connector does over HTTP in the same way: pace, breaker, time limits, size limit,
//! short repeats of reads, correlation id, metrics, redacted recording.

pub mod breaker;
pub mod pacer;
pub mod recorder;
