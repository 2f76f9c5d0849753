//! Wiring of the `crossdock` binary: settings, sign-in, HTTP, live link, and starting and stopping
//! it all. Rules live in `domain` and `operations`, SQL in `store`, pages in `app`.
#![recursion_limit = "256"]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::allow_attributes
    )
)]

pub mod auth;
pub mod clock;
pub mod commands;
pub mod connecting;
pub mod connection_file;
pub mod connection_files;
pub mod database;
pub mod doctor;
pub mod exports;
pub mod live;
pub mod rest;
pub mod secret_key;
pub mod seed;
pub mod services;
pub mod settings;
pub mod stop;
pub mod telemetry;
pub mod web;
pub mod work;
