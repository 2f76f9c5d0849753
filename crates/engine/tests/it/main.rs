//! What runs by itself, against a simulated Pantheon over HTTP and a real database.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test that cannot go on says so by failing, and is the edge that hands in clock and ids"
)]

mod accounts;
mod alerts;
mod bad_rows;
mod books;
mod busy;
mod captures;
mod catalogue;
mod chaos;
mod checks;
mod cursor;
mod deactivation;
mod dry_run;
mod edited;
mod faults;
mod killed;
mod lookup;
mod nodes;
mod odoo;
mod outbox;
mod receivers;
mod rehearsals;
mod restart;
mod saga_edits;
mod sagas;
mod schedule;
mod secrets;
mod stock;
mod support;
mod treatment;
mod write_back;
