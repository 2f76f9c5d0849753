//! A simulated Odoo server.
//!
//! Speaks JSON-2 (`POST /json/2/<model>/<method>`) as Odoo 19 does and JSON-RPC (`POST /jsonrpc`)
//! as all versions do, on the models that stock and manufacturing need: records with their rules,
//! domains, external ids, inventory adjustments, transfers with lots and backorders. `/_panel`
//! shows what was written and makes the server misbehave; it asks for no password, so listen on a
//! loopback address unless the network is trusted.
//!
//! ```no_run
//! # async fn run() -> std::io::Result<()> {
//! use simulators::odoo::{Config, Fault, FaultKind, Simulator};
//!
//! let running = Simulator::start(Config::default(), ([127, 0, 0, 1], 0).into()).await?;
//! running.faults().add(Fault::times(FaultKind::LostAnswer, 1).on("button_validate"));
//! println!("listening on {}", running.url());
//! running.stop().await;
//! # Ok(())
//! # }
//! ```

mod answer;
mod change;
mod config;
mod database;
mod demo;
mod domain;
mod external;
mod fault;
mod faults;
mod handle;
mod load;
mod methods;
mod panel;
mod places;
mod records;
mod routes;
mod rules;
mod schema;
mod stock;

use crate::frame;

pub use change::Changes;
pub use config::{Config, Data};
pub use faults::{Fault, FaultKind, Faults};
pub use handle::{Counters, Handle};

/// A simulated server before it listens.
pub type Simulator = frame::Simulator<Handle>;

/// A simulated server that listens; dropping it stops it without waiting.
pub type Running = frame::Running<Handle>;
