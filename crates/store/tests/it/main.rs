//! What the schema promises, read from the database's own catalogue.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by failing"
)]

mod carried_figures;
mod full_pass;
mod patience;
mod schema;
