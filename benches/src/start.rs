//! How soon the server answers, and what it holds while nobody asks.

use crate::outcome::{Outcome, Row};
use crate::postgres::Server;
use crate::served::{Served, once};
use crate::statistics::median;
use crate::{Effort, Failure};
use std::time::Duration;

/// Starts it again and again on a migrated database.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let database = Server::get()?.migrated("bench_start").await?;
    once(&database, &["seed"]).await?;
    let starts = if effort.quick { 3 } else { 11 };
    let (mut milliseconds, mut megabytes) = (Vec::new(), Vec::new());
    for _ in 0..starts {
        let served = Served::start(&database, "all").await?;
        milliseconds.push(served.first_page.as_secs_f64() * 1e3);
        tokio::time::sleep(Duration::from_secs(2)).await;
        megabytes.push(served.memory_mb()?);
        served.stop().await?;
    }
    database.drop().await?;
    let mut outcome = Outcome::new(
        "Start and rest",
        "`crossdock serve` with web and worker in one process on a migrated database with a company. \
         The time runs from the start of the program to the whole sign-in page, rendered on the \
         server. The memory is the resident set two seconds later. The key is made and PostgreSQL \
         runs before.",
        effort.quick,
    );
    let (start, memory) = (median(&milliseconds), median(&megabytes));
    outcome.rows = vec![
        Row::new(
            "Start of the program to the first page",
            format!("{start:.0} ms"),
        )
        .bar("≤ 300 ms", start <= 300.0),
        Row::new("Idle server's memory", format!("{memory:.1} MB")).bar("≤ 40 MB", memory <= 40.0),
    ];
    outcome.keep("start")
}
