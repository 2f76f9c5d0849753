//! What can go wrong with a gateway, and which of its methods a fault hits.

use serde::{Deserialize, Serialize};

use super::wire::Method;
use crate::frame::{self, Mishap};

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The answer is right but late by `latency_ms`.
    Latency,
    /// 429 although the pace was kept.
    #[serde(rename = "429")]
    TooManyRequests,
    /// 500 with the vendor's error body.
    #[serde(rename = "500")]
    ServerError,
    /// The connection breaks in the middle of the body.
    Cut,
    /// 200 with JSON that ends early.
    Malformed,
    /// The caller's token is revoked: 401.
    ExpiredToken,
    /// The right body, dribbled over `latency_ms`.
    SlowBody,
    /// 200 with a login page in HTML, as a proxy in front sends it.
    HtmlLogin,
    /// 200 with `[]` although there are rows.
    EmptyPage,
    /// Half the rows that were asked for although there are more.
    ShortPage,
    /// The last row of the page is sent twice.
    DuplicateRow,
}

/// A fault and the requests it applies to: `login`, a data method in any spelling, or `*` for
/// everything; without one the data methods only.
pub type Fault = frame::Fault<FaultKind, String>;

/// The faults in force.
pub type Faults = frame::Faults<FaultKind>;

impl Mishap for FaultKind {
    type On = String;
    type Request<'a> = &'a str;
    const LATENCY: Self = Self::Latency;

    fn concerns(fault: &Fault, method: &str) -> bool {
        match fault.on.as_deref() {
            None => method != "login",
            Some("*") => true,
            Some(wanted) if wanted.eq_ignore_ascii_case(method) => true,
            Some(wanted) => {
                Method::parse(wanted).is_some_and(|wanted| Method::parse(method) == Some(wanted))
            }
        }
    }
}
