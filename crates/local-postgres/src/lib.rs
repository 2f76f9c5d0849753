//! Finds, initialises, starts and stops a private PostgreSQL.
//!
//! Crossdock runs on a PostgreSQL of its own unless it is told to use another one. The server
//! programs come from the machine ([`find`]); the data lives in a directory of the caller's choice:
//!
//! ```text
//! <data_dir>/postgres/            or a link to /var/lib/crossdock/… (see below)
//!   cluster/                      what initdb made; appears only when it is complete
//!   s/                            the Unix socket, closed to other accounts
//!   superuser.password            0600
//!   crossdock.password            0600
//!   settings                      what the running server was started with
//!   start.lock  users.lock        who is starting or stopping it, who is using it
//!   postgres.log
//! ```
//!
//! **Root.** PostgreSQL refuses to run as root. When the caller is root the server runs as the
//! account that owns the directory already, else as `CROSSDOCK_PG_USER`, else `postgres`, else
//! `nobody`. When that account cannot reach the data directory (root's home is closed to others)
//! the data is placed under `/var/lib/crossdock` and `<data_dir>/postgres` links to it. So delete
//! a cluster with [`erase`]; deleting the data directory alone leaves that data where it is.
//!
//! **Several users of one directory.** Every [`Cluster`] holds a shared lock while it lives; the
//! last one to stop shuts the server down. A server whose users were all killed is adopted by the
//! next [`Cluster::start`], or restarted when other settings are asked for.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::allow_attributes
    )
)]

mod account;
mod address;
mod binaries;
mod cluster;
mod ending;
mod error;
mod home;
mod initialise;
mod options;
mod pidfile;
mod process;
mod psql;
mod secret;
mod server;
mod watch;

pub use binaries::{Binaries, MINIMUM_MAJOR, find};
pub use cluster::Cluster;
pub use ending::{erase, stop};
pub use error::Error;
pub use options::Options;

/// The role that owns Crossdock's database. It may log in and create databases, and is no
/// superuser, so that row-level security binds it.
pub const APP_ROLE: &str = "crossdock";

/// The database that every started cluster has, owned by [`APP_ROLE`].
pub const APP_DATABASE: &str = "crossdock";
