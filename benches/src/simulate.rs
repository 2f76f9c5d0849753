//! The upstream of a bench, in a process of its own.

use crate::Failure;
use serde::{Deserialize, Serialize};
use simulators::pantheon::{Config, DocumentSource, ItemSource, Simulator};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::child::Process;

/// What it serves.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Generated items; the real catalogue when left out.
    #[arg(long)]
    items: Option<usize>,
    /// All invoices of the year.
    #[arg(long)]
    year: bool,
    /// Milliseconds between two requests of an account; no limit when left out.
    #[arg(long)]
    interval_ms: Option<u64>,
}

/// Its first line.
#[derive(Debug, Serialize, Deserialize)]
struct Started {
    url: String,
}

/// What arrived.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Arrivals {
    /// Requests for data.
    pub(crate) requests: usize,
    /// Answers with status 429.
    pub(crate) too_fast: u64,
    /// Seconds between the two closest.
    pub(crate) shortest_gap: f64,
    /// Seconds from the first to the last.
    pub(crate) span: f64,
}

/// The simulator as the bench holds it.
pub(crate) struct Upstream {
    process: Process,
    /// Where it listens.
    pub(crate) url: String,
}

impl Upstream {
    /// Starts one.
    pub(crate) async fn start(arguments: &[&str]) -> Result<Self, Failure> {
        let mut all = vec!["simulate"];
        all.extend(arguments);
        let mut process = Process::start(&all)?;
        let Started { url } = process.hear().await?;
        Ok(Self { process, url })
    }

    /// Edits this share of the items, in thousandths; returns how many.
    pub(crate) async fn touch(&mut self, per_mille: u16) -> Result<usize, Failure> {
        self.process.ask(&format!("touch {per_mille}")).await
    }

    /// What arrived so far.
    pub(crate) async fn arrivals(&mut self) -> Result<Arrivals, Failure> {
        self.process.ask("arrivals").await
    }

    /// Ends it.
    pub(crate) async fn end(self) -> Result<(), Failure> {
        self.process.end().await
    }
}

/// Serves until the input ends.
pub(crate) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let config = Config {
        items: arguments
            .items
            .map_or(ItemSource::Demo, ItemSource::Synthetic),
        documents: if arguments.year {
            DocumentSource::FullYear(simulators::full_year_path())
        } else {
            DocumentSource::None
        },
        min_interval: arguments.interval_ms.map(Duration::from_millis),
        ..Config::default()
    };
    let account = config.username.clone();
    let running = Simulator::start(config, ([127, 0, 0, 1], 0).into()).await?;
    say(&Started { url: running.url() })?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        match line.split_once(' ') {
            Some(("touch", share)) => say(&running.handle.touch_share(share.parse()?))?,
            _ => {
                let gap = running.handle.shortest_gap(&account);
                say(&arrivals(&running.handle, gap))?;
            }
        }
    }
    running.stop().await;
    Ok(())
}

fn arrivals(handle: &simulators::pantheon::Handle, gap: Option<Duration>) -> Arrivals {
    let data: Vec<_> = handle
        .requests()
        .into_iter()
        .filter(|request| request.method != "login")
        .collect();
    let span = match (data.first(), data.last()) {
        (Some(first), Some(last)) => last.at.duration_since(first.at),
        _ => Duration::ZERO,
    };
    Arrivals {
        requests: data.len(),
        too_fast: handle.counters().too_fast,
        shortest_gap: gap.unwrap_or_default().as_secs_f64(),
        span: span.as_secs_f64(),
    }
}

fn say(value: &impl Serialize) -> Result<(), Failure> {
    println!("{}", serde_json::to_string(value)?);
    Ok(())
}
