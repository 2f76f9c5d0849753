//! What can go wrong with a system, and whether a fault hits reads or writes.

use serde::{Deserialize, Serialize};

use crate::frame::{self, Mishap};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The answer is right but late by `latency_ms`.
    Latency,
    /// 429, nothing is executed.
    #[serde(rename = "429")]
    TooManyRequests,
    /// 500 with SAP's error body, nothing is executed.
    #[serde(rename = "500")]
    ServerError,
    /// 503 with a page in HTML, nothing is executed.
    #[serde(rename = "503")]
    Unavailable,
    /// Executed; the connection breaks in the middle of the answer.
    Cut,
    /// Executed; the answer ends early, as if it were whole.
    Malformed,
    /// 200 with a login page in HTML, as a proxy in front sends it; nothing is executed.
    HtmlLogin,
    /// Sessions and CSRF tokens end before the request is looked at.
    ExpiredSession,
    /// A write is executed, then the connection breaks before any of the answer.
    LostAnswer,
    /// A write is refused because somebody works on the record.
    Locked,
    /// A write is refused because the record changed: 412.
    Changed,
    /// A function module breaks off with a message of type A, although HTTP is well; nothing is
    /// executed. OData goes on.
    Aborted,
}

/// Which requests a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Access {
    /// Reads, batches of reads included.
    Read,
    /// Everything that changes something.
    Write,
}

/// A fault and the requests it applies to; without a restriction reads and writes.
pub type Fault = frame::Fault<FaultKind, Access>;

/// The faults in force.
pub type Faults = frame::Faults<FaultKind>;

impl Mishap for FaultKind {
    type On = Access;
    type Request<'a> = Access;
    const LATENCY: Self = Self::Latency;

    fn concerns(fault: &Fault, access: Access) -> bool {
        let writes_only = matches!(fault.kind, Self::LostAnswer | Self::Locked | Self::Changed);
        fault.on.is_none_or(|on| on == access) && (!writes_only || access == Access::Write)
    }
}
