//! A simulated Pantheon WMS gateway.
//!
//! Speaks the gateway's wire format with its quirks: `POST /login` and `POST /get`, the older
//! `GET /<method>`, bare arrays without a total, several faces of "no data", fixed-width text,
//! display names for warehouses, documents filtered by document date, one request a second.
//! `/_panel` shows what arrives and makes the server misbehave; it asks for no password, so
//! listen on a loopback address unless the network is trusted.
//!
//! ```no_run
//! # async fn run() -> std::io::Result<()> {
//! use simulators::pantheon::{Config, Fault, FaultKind, Simulator};
//!
//! let running = Simulator::start(Config::default(), ([127, 0, 0, 1], 0).into()).await?;
//! running.handle.faults().add(Fault::times(FaultKind::ServerError, 2));
//! println!("listening on {}", running.url());
//! running.stop().await;
//! # Ok(())
//! # }
//! ```

mod answer;
mod barcode;
mod catalogue;
mod change;
mod clock;
mod config;
mod cycle;
mod documents;
mod faults;
mod filter;
mod handle;
mod invoices;
mod methods;
mod pace;
mod panel;
mod partners;
mod purchases;
mod records;
mod requests;
mod routes;
mod rows;
mod shelf;
mod stock;
mod tokens;
mod wire;
mod world;

use std::io;

use axum::Router;

use crate::frame;

pub use change::Changes;
pub use config::{Config, DocumentSource, ItemSource, Nothing};
pub use faults::{Fault, FaultKind, Faults};
pub use handle::Handle;
pub use records::{Document, DocumentKind, Item, Line, Partner, Roles};
pub use requests::{Counters, Request};
pub use wire::Method;

/// A simulated gateway before it listens.
pub type Simulator = frame::Simulator<Handle>;

/// A simulated gateway that listens; dropping it stops it without waiting.
pub type Running = frame::Running<Handle>;

/// The routes of a server with this configuration, for a caller that serves them itself.
///
/// Fails when the full year's file cannot be read.
pub fn router(config: Config) -> io::Result<Router> {
    Ok(Simulator::new(config)?.router())
}
