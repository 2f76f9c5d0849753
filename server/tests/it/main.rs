//! The whole server over HTTP and WebSocket, on a real PostgreSQL, with a clock that stands still.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::allow_attributes,
    missing_docs,
    reason = "a test that cannot go on has to stop"
)]
#![recursion_limit = "256"]

mod access;
mod administration;
mod chaos;
mod connection_files;
mod connections;
mod documentation;
mod documents;
mod erp;
mod exports;
mod figures;
mod floor;
mod handheld;
mod harness;
mod idempotency;
mod languages;
mod live;
mod monitoring;
mod openapi;
mod origins;
mod pages;
mod photos;
mod process;
mod refused;
mod reseeding;
mod rest;
mod sap_connection;
mod seeding;
mod sessions;
mod tokens;
mod users;
