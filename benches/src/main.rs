//! Measures Crossdock beside its peers and beside hand-written limits, in the same run.
//!
//! Figures are ratios of medians of interleaved rounds, because this machine is shared: compare
//! only what stands in one run. `scripts/bench` sets up what is needed and calls this program.

mod catalogue;
mod child;
mod engine_child;
mod floor;
mod handheld;
mod history;
mod import;
mod kpi;
mod limit;
mod live;
mod machine;
mod outbox;
mod outcome;
mod pace;
mod page;
mod postgres;
mod replay;
mod rest;
mod served;
mod simulate;
mod site;
mod sockets;
mod start;
mod statistics;
mod table;
mod writers;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// The server's, for the engine that runs in this program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What ends a bench early; the text is for people.
pub(crate) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Measures Crossdock beside its peers.
#[derive(Debug, Parser)]
#[command(name = "bench")]
struct Cli {
    #[command(subcommand)]
    bench: Bench,
}

/// How thorough a bench is.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(crate) struct Effort {
    /// Fewer rounds and less data: shows that everything works, not how fast it is.
    #[arg(long)]
    quick: bool,
    /// Interleaved rounds; the median counts.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
}

#[derive(Debug, Subcommand)]
enum Bench {
    /// Writes server settings that need a restart.
    Prepare,
    /// Cores, memory, PostgreSQL, disk.
    Machine,
    /// A catalogue of 200,000 items: first load, 10 % changed, unchanged.
    Catalogue(Effort),
    /// A year of invoices as dispatches.
    Import(Effort),
    /// A sync at one request a second.
    Pace(Effort),
    /// Commit of a pick to a thousand sockets, and to ten thousand.
    Live(Effort),
    /// What pushing costs sixteen writers.
    Writers(Effort),
    /// Figures over ten million acts, and what they cost writers.
    Kpi(Effort),
    /// Status, metrics, lists and pages over ten million messages.
    History(Effort),
    /// A backlog of messages over HTTP, beside other queues on PostgreSQL.
    Outbox(Effort),
    /// What queueing a message costs sixteen writers.
    Enqueue(Effort),
    /// Commit of a change to the arrival of its message.
    Latency(Effort),
    /// A worker killed again and again while it delivers.
    Killed(Effort),
    /// A day without a network, sent when it is back.
    Replay(Effort),
    /// A page of document lines through the REST API.
    Rest(Effort),
    /// Start of the program to the first page, and memory at rest.
    Start(Effort),
    /// A handheld's cold start and its answer to a scan, in a slow browser.
    Handheld(Effort),
    /// What a handheld downloads at its first visit.
    Page,
    /// Puts the results into the document between its markers.
    Table(table::Arguments),
    /// The upstream of a bench, in a process of its own.
    #[command(hide = true)]
    Simulate(simulate::Arguments),
    /// The engine of a bench, in a process of its own.
    #[command(hide = true)]
    Engine(engine_child::Arguments),
    /// What receives the messages of a bench, in a process of its own.
    #[command(hide = true)]
    Receive(outbox::upstream::Arguments),
    /// The engine that delivers the messages of a bench, in a process of its own.
    #[command(hide = true)]
    Deliver(outbox::worker::Arguments),
    /// What posts the messages of a bench and nothing else, in a process of its own.
    #[command(hide = true)]
    Post(outbox::posting::Arguments),
    /// A plain handler of the REST bench's list, in a process of its own.
    #[command(hide = true)]
    Plain,
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn".into()),
        )
        .with_writer(std::io::stderr)
        .init();
    // A second installation of the provider is harmless.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match run(Cli::parse().bench).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {}", chain(failure.as_ref()));
            ExitCode::FAILURE
        }
    }
}

async fn run(bench: Bench) -> Result<(), Failure> {
    match bench {
        Bench::Prepare => machine::prepare().await,
        Bench::Machine => machine::measure().await,
        Bench::Catalogue(effort) => catalogue::run(effort).await,
        Bench::Import(effort) => import::run(effort).await,
        Bench::Pace(effort) => pace::run(effort).await,
        Bench::Live(effort) => live::run(effort).await,
        Bench::Writers(effort) => writers::run(effort).await,
        Bench::Kpi(effort) => kpi::run(effort).await,
        Bench::History(effort) => history::run(effort).await,
        Bench::Outbox(effort) => outbox::deliver::run(effort).await,
        Bench::Enqueue(effort) => outbox::enqueue::run(effort).await,
        Bench::Latency(effort) => outbox::latency::run(effort).await,
        Bench::Killed(effort) => outbox::killed::run(effort).await,
        Bench::Replay(effort) => replay::run(effort).await,
        Bench::Rest(effort) => rest::run(effort).await,
        Bench::Start(effort) => start::run(effort).await,
        Bench::Handheld(effort) => handheld::run(effort).await,
        Bench::Page => page::run(),
        Bench::Table(arguments) => table::run(&arguments),
        Bench::Simulate(arguments) => simulate::run(arguments).await,
        Bench::Engine(arguments) => engine_child::run(arguments).await,
        Bench::Receive(arguments) => outbox::upstream::run(arguments).await,
        Bench::Deliver(arguments) => outbox::worker::run(arguments).await,
        Bench::Post(arguments) => outbox::posting::run(arguments).await,
        Bench::Plain => rest::plain::run().await,
    }
}

fn chain(failure: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut text = failure.to_string();
    let mut source = failure.source();
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}
