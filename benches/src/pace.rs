//! A sync against an upstream that allows one request a second.

use crate::engine_child::work;
use crate::outcome::{Outcome, Row};
use crate::postgres::Server;
use crate::simulate::Upstream;
use crate::site::Site;
use crate::{Effort, Failure};
use domain::sync::{Entity, SyncMode};

const PAGE: usize = 1_000;

/// One pass; the upstream's own log is the judge.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let pages: usize = if effort.quick { 20 } else { 200 };
    // The last page is the empty one that ends the pass.
    let items = ((pages - 1) * PAGE).to_string();
    let mut upstream = Upstream::start(&["--items", &items, "--interval-ms", "1000"]).await?;
    let database = Server::get()?.migrated("bench_pace").await?;
    let site = Site::set_up(&database, &upstream.url, 1.0).await?;
    let run = site.request(Entity::Items, SyncMode::Full).await?;
    let worked = work(&database).await?;
    let figures = site.figures(run).await?;
    let arrivals = upstream.arrivals().await?;
    site.close().await;
    upstream.end().await?;
    database.drop().await?;

    let (bar, gaps) = (1.03 * pages as f64 + 2.0, (arrivals.requests - 1) as f64);
    let used = gaps / arrivals.span;
    let mut outcome = Outcome::new(
        "A sync at one request a second",
        "A full pass over the catalogue against the simulator with its limit on, which answers 429 \
         when two requests of an account come within a second. The time is the engine's, from the \
         claim to the finished run; requests and gaps are the simulator's.",
        effort.quick,
    );
    outcome.rows = vec![
        Row::new(
            format!("{pages} pages, {} rows", figures.counts.rows),
            format!("{:.1} s", worked.seconds),
        )
        .bar(format!("≤ {bar:.0} s"), worked.seconds <= bar),
        Row::new("Requests for data", arrivals.requests.to_string())
            .bar(format!("{pages}, none wasted"), arrivals.requests == pages),
        Row::new("Answered 429", arrivals.too_fast.to_string()).bar("0", arrivals.too_fast == 0),
        Row::new(
            "Closest two arrivals",
            format!("{:.3} s", arrivals.shortest_gap),
        )
        .bar("≥ 1 s", arrivals.shortest_gap >= 1.0),
        Row::new(
            "Share of the allowed rate used",
            format!("{:.1} %", used * 100.0),
        )
        .bar("≥ 97 %", used >= 0.97),
    ];
    outcome.keep("pace")
}
