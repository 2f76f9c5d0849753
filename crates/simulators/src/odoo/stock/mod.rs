//! What moves: counts are applied, transfers are validated, quants follow.

mod moves;
mod quants;
mod transfers;

use super::database::Record;
use serde_json::Value;

pub(crate) use moves::{before_write, reserve};
pub(crate) use quants::{add, apply, count};
pub(crate) use transfers::{answer_backorder, assign, cancel, confirm, validate};

/// Less than this is nothing: quantities are sums of floats.
const DUST: f64 = 0.000_000_5;

/// An object as a record.
pub(crate) fn record(value: Value) -> Record {
    value.as_object().cloned().unwrap_or_default()
}
