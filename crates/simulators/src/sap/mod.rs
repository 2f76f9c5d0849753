//! A simulated SAP system.
//!
//! Speaks OData (`API_PRODUCT_SRV`, its successor of version 4, `API_BILL_OF_MATERIAL_SRV`,
//! `API_PROCESS_ORDER_2_SRV`) and function modules over SOAP, with the quirks of both: CSRF tokens bound to a session, versions
//! that have to be shown, decimals as text, units of changes in `$batch`, refusals in HTML, faults
//! without a word, messages inside accepted answers, numbers in the user's format. Holds
//! AdventureWorks' products and bills of materials. `/_panel` shows what arrives and makes the
//! system misbehave; it asks for no password, so listen on a loopback address unless the network is
//! trusted.

mod batch;
mod bills;
mod config;
mod faults;
mod handle;
mod modules;
mod orders;
mod panel;
mod products;
mod query;
mod recipes;
mod render;
mod reply;
mod routes;
mod sessions;
mod soap;
mod world;
mod xml;

use crate::frame;

pub use config::Config;
pub use faults::{Access, Fault, FaultKind, Faults};
pub use handle::{Counters, Handle, Request};
pub use orders::ProcessOrder;
pub use recipes::{Recipe, RecipeMaterial};
pub use world::{Bom, BomItem, Product};

/// A simulated system before it listens.
pub type Simulator = frame::Simulator<Handle>;

/// A simulated system that listens; dropping it stops it without waiting.
pub type Running = frame::Running<Handle>;
