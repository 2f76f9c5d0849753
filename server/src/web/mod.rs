//! HTTP: pages, server functions, API, live link, files, health.

mod assets;
mod authenticator;
mod csp;
mod floor;
mod headers;
mod health;
mod metrics;
pub mod origin;
mod pages;
mod router;
mod strangers;
mod words;

pub use router::{router, watch_router};
pub use strangers::OPEN;
