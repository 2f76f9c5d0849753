//! What can go wrong with a server, and which calls a fault hits.

use super::methods::changes;
use crate::frame::{self, Mishap};
use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The answer is right but late by `latency_ms`.
    Latency,
    /// 429, as a hosted front end sends it.
    #[serde(rename = "429")]
    TooManyRequests,
    /// 500 in HTML, as a broken worker sends it.
    #[serde(rename = "500")]
    ServerError,
    /// 503, as a restart sends it.
    #[serde(rename = "503")]
    Unavailable,
    /// Nothing is done and no answer comes.
    Timeout,
    /// Nothing is done and the connection breaks.
    Cut,
    /// What was asked is done, and the connection breaks before the answer.
    LostAnswer,
    /// 200 with JSON that ends early.
    Malformed,
    /// The key is not accepted any more.
    ExpiredKey,
    /// Others hold the records: nothing is done.
    Locked,
}

impl FaultKind {
    /// All of them, for the panel.
    pub const ALL: [Self; 10] = [
        Self::Latency,
        Self::TooManyRequests,
        Self::ServerError,
        Self::Unavailable,
        Self::Timeout,
        Self::Cut,
        Self::LostAnswer,
        Self::Malformed,
        Self::ExpiredKey,
        Self::Locked,
    ];
}

/// A fault and the calls it applies to: a model, a method, `model/method`, `writes` for everything
/// that changes something; without one every call of a method.
pub type Fault = frame::Fault<FaultKind, String>;

/// The faults in force.
pub type Faults = frame::Faults<FaultKind>;

impl Mishap for FaultKind {
    type On = String;
    /// Model and method.
    type Request<'a> = (&'a str, &'a str);
    const LATENCY: Self = Self::Latency;

    fn concerns(fault: &Fault, (model, method): (&str, &str)) -> bool {
        match fault.on.as_deref() {
            None | Some("" | "*") => true,
            Some("writes") => changes(method),
            Some(wanted) => match wanted.split_once('/') {
                Some(both) => both == (model, method),
                None => wanted == model || wanted == method,
            },
        }
    }
}
