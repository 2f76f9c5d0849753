//! How Crossdock talks to ERPs: one folder per system over shared HTTP layers.
//!
//! A connector turns an ERP's wire format into the records of [`domain`] and nothing else: it has
//! no database, no schedule and no clock of its own. What surrounds it comes in through
//! [`Services`]: the pace per account, the recorder of exchanges, the time.
//!
//! [`registry::build`] makes a [`Connector`] from a kind, its settings and its secrets. Build one
//! per connection and keep it while the settings stay the same: the sign-in token and the breaker
//! live in it.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::allow_attributes,
        clippy::disallowed_methods
    )
)]

mod auth;
mod connector;
mod error;
pub mod http;
pub mod odoo;
pub mod pantheon;
pub mod registry;
pub mod sap;
mod secrets;
mod services;
mod settings;

pub use connector::{
    Acceptance, Capability, CheckReport, Connector, Direction, PullRequest, PulledPage,
    PushRequest, Records, RefusedRow,
};
pub use error::{Error, ErrorKind, Retry};
pub use http::breaker::BreakerState;
pub use http::pacer::{LocalPacer, NoPacing, PACE, Pacer};
pub use http::recorder::{BreakerChange, Exchange, NoRecording, Recorder};
pub use http::status::pause;
pub use secrets::Secrets;
pub use services::Services;
