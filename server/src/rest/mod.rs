//! The REST API, version 1. Decimals are strings, instants are RFC 3339 in UTC, lists are
//! `{"rows": […], "next": cursor}`, and every error is `application/problem+json`.

mod access;
mod audit;
mod boards;
mod conditional;
mod connections;
mod counts;
mod deliveries;
mod docs;
mod documents;
mod erp;
mod erp_entries;
mod extract;
mod files;
mod findings;
mod gs1;
mod idempotency;
mod items;
mod kpis;
mod locations;
mod mappings;
mod negotiate;
mod openapi;
mod operations;
mod paging;
mod partners;
mod people;
mod photos;
mod previews;
mod problem;
mod reports;
mod routes;
mod schedules;
mod schemas;
mod selection;
mod session;
mod stock;
mod sync;
mod tasks;
mod tokens;
mod waves;
mod webhooks;

pub(crate) use access::admit;
pub use access::{Access, bearer};
pub(crate) use extract::RestCaller;
pub use openapi::{document, without_route};
pub use problem::{Problem, uniform_errors};
pub use routes::{Endpoint, endpoints, router};

/// Where the API lives.
pub const PREFIX: &str = "/api/v1";
