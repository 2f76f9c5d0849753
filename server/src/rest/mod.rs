//! The REST API, version 1. Decimals are strings, instants are RFC 3339 in UTC, lists are
//! `{"rows": […], "next": cursor}`, and every error is `application/problem+json`.

mod access;
mod boards;
mod documents;
mod extract;
mod items;
mod operations;
mod partners;
mod problem;
mod routes;
mod sync;
mod tasks;
mod tokens;

pub use access::{Access, bearer};
pub use problem::{Problem, uniform_errors};
pub use routes::{Endpoint, endpoints, router};

/// Where the API lives.
pub const PREFIX: &str = "/api/v1";
