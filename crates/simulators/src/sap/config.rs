//! How a simulated SAP system is set up.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// Settings of one simulated SAP system. `Config::default()` is the demo.
#[derive(Clone, Debug)]
pub struct Config {
    /// User that may sign in.
    pub user: String,
    /// Its password.
    pub password: String,
    /// Three letters or digits, part of the session cookie's name.
    pub system: String,
    /// The only client the user exists in, three digits.
    pub client: String,
    /// The plant that has bills of materials.
    pub plant: String,
    /// Rows the server sends at most on a page, whatever is asked for; `None` sends what is asked.
    pub page_cap: Option<usize>,
    /// Whether the OData services are active; what is not is answered 404.
    pub odata: bool,
    /// Whether the bill of materials service is active beside the product services.
    pub bill_service: bool,
    /// Whether function modules may be called over SOAP.
    pub soap: bool,
    /// Whether the user lacks the right to change bills of materials.
    pub read_only: bool,
    /// Whether SOAP calls can share a session, so that a commit in the next call reaches the last.
    pub keeps_sessions: bool,
    /// Whether the user's decimals are written with a comma and thousands with a point.
    pub decimal_comma: bool,
    /// Where the simulated clock starts; `None` is the moment the simulator is built.
    pub now: Option<DateTime<Utc>>,
    /// How often products change by themselves; `None` is never.
    pub mutate_every: Option<Duration>,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            user: "CROSSDOCK".into(),
            password: "change-me".into(),
            system: "S4H".into(),
            client: "100".into(),
            plant: "1000".into(),
            page_cap: None,
            odata: true,
            bill_service: true,
            soap: true,
            read_only: false,
            keeps_sessions: false,
            decimal_comma: false,
            now: None,
            mutate_every: None,
            seed: 7,
        }
    }
}
