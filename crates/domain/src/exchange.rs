//! Calls to upstream systems as they went over the wire, without secrets.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// One captured call. Of the calls that succeed a sample is kept, of those that fail each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CapturedExchange {
    /// Order.
    pub id: i64,
    /// Sent as `X-Correlation-ID`; also in the log, on timelines and with the run.
    pub correlation_id: String,
    /// What it was for.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// Without secrets.
    pub url: String,
    /// HTTP status; none when no answer came.
    pub status: Option<i16>,
    /// Milliseconds until the answer or the error.
    pub latency_ms: i32,
    /// Without secrets, at most 2,000 characters.
    pub request_body: Option<String>,
    /// Its beginning, without secrets, at most 2,000 characters.
    pub response_head: Option<String>,
    /// Why there is no usable answer.
    pub error: Option<String>,
    /// When it was sent.
    pub at: DateTime<Utc>,
}

/// Which calls.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeFilter {
    /// Of one click, operation or run.
    pub correlation_id: Option<String>,
    /// Only those that failed, or only those that did not.
    pub failed: Option<bool>,
}
