//! The crossdock binary.

use clap::Parser as _;
use server::commands::{Cli, run};
use std::process::ExitCode;

/// Requests and messages are many short-lived pieces of memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // Outgoing TLS needs one provider per process, chosen before the first connection.
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        eprintln!("error: another TLS provider is installed already");
        return ExitCode::FAILURE;
    }
    run(Cli::parse()).await
}
