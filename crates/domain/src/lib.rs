//! The words and rules of the warehouse floor.
//!
//! Everything here is a value or a pure function: no IO, no async, no clock. The crate compiles for
//! the browser too, so that the handheld and the server decide alike. Instants are arguments.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::allow_attributes
    )
)]

pub mod alert;
pub mod assignment;
pub mod audit;
pub mod audit_words;
pub mod barcode;
pub mod board;
pub mod company;
pub mod connection;
pub mod connection_form;
pub mod counting;
pub mod csv;
pub mod cut_off;
pub mod delivery;
pub mod device;
pub mod doc_type;
pub mod document;
pub mod erp;
pub mod exception;
pub mod exchange;
pub mod export;
pub mod forecast;
pub mod gs1;
pub mod ids;
pub mod item;
pub mod kpi;
pub mod live;
pub mod location;
pub mod mapping;
pub mod monitoring;
pub mod operation;
pub mod outbox;
pub mod page;
pub mod partner;
pub mod permission;
pub mod photo;
pub mod picking;
pub mod preview;
pub mod push;
pub mod put_away;
pub mod quantity;
pub mod rest;
pub mod restock;
pub mod roster;
pub mod saved_view;
pub mod scan;
pub mod scanner_check;
pub mod scanning;
pub mod schedule;
pub mod screen;
pub mod shift;
pub mod shortage;
pub mod shortage_report;
pub mod sort;
pub mod stock;
pub mod sync;
pub mod task;
pub mod task_list;
pub mod taught_barcode;
pub mod team;
pub mod timeline;
pub mod user;
pub mod wave;
pub mod webhook;
pub mod why;
pub mod words;

pub use ids::*;
pub use quantity::Quantity;
