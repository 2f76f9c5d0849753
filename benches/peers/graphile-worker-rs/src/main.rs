//! The Rust crate graphile_worker with a local queue and batched completion. It speaks with the bench
//! line by line: it says that everything is queued, hears "go" and "stop", and ends with its input.

use graphile_worker::{
    Database, IntoTaskHandlerResult, JobSpec, LocalQueueConfig, RawJobSpec, TaskHandler,
    WorkerContext, WorkerOptions, WorkerUtils,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sqlx::postgres::PgPoolOptions;
use std::env::var;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const SCHEMA: &str = "graphile_worker";
const AT_ONCE: usize = 24;

/// A message.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Deliver {
    id: String,
    document: usize,
    number: String,
    lines: u32,
    note: String,
}

/// Where messages go.
#[derive(Debug, Clone)]
struct Upstream {
    client: reqwest::Client,
    url: String,
}

impl TaskHandler for Deliver {
    const IDENTIFIER: &'static str = "deliver";

    async fn run(self, ctx: WorkerContext) -> impl IntoTaskHandlerResult {
        deliver(&ctx, &self).await
    }
}

async fn deliver(ctx: &WorkerContext, message: &Deliver) -> Result<(), String> {
    let upstream = ctx.get_ext::<Upstream>().ok_or("no upstream")?;
    send(upstream, message)
        .await
        .map_err(|error| error.to_string())
}

async fn send(upstream: &Upstream, message: &Deliver) -> Result<(), Failure> {
    let answer = upstream
        .client
        .post(&upstream.url)
        .header("content-type", "application/json")
        .header("webhook-id", &message.id)
        .body(serde_json::to_vec(message)?)
        .send()
        .await?;
    answer.error_for_status()?.bytes().await?;
    Ok(())
}

fn message(number: usize) -> Deliver {
    Deliver {
        id: number.to_string(),
        document: number / 2,
        number: format!("BENCH-{number:06}"),
        lines: 12,
        note: "finished by the floor, with every line done and nothing left to be decided"
            .to_owned(),
    }
}

async fn queue(utils: &WorkerUtils, count: usize) -> Result<(), Failure> {
    let numbers: Vec<usize> = (0..count).collect();
    for numbers in numbers.chunks(1_000) {
        let jobs: Vec<RawJobSpec> = numbers
            .iter()
            .map(|number| RawJobSpec {
                identifier: Deliver::IDENTIFIER.to_owned(),
                payload: json!(message(*number)),
                spec: JobSpec::default(),
            })
            .collect();
        utils.add_raw_jobs(&jobs).await?;
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let (count, upstream) = (var("COUNT")?.parse()?, var("UPSTREAM")?);
    let pool = PgPoolOptions::new()
        .max_connections(20)
        .connect(&var("DATABASE_URL")?)
        .await?;
    let database = Database::from(pool);
    let utils = WorkerUtils::new(database.clone(), SCHEMA);
    utils.migrate().await?;
    queue(&utils, count).await?;
    let upstream = Upstream {
        client: reqwest::Client::builder().no_proxy().build()?,
        url: format!("{upstream}/hook"),
    };
    let worker = WorkerOptions::default()
        .database(database)
        .schema(SCHEMA)
        .concurrency(AT_ONCE)
        .poll_interval(Duration::from_millis(5))
        .local_queue(LocalQueueConfig::default().with_size(500))
        .complete_job_batch_delay(Duration::from_millis(5))
        .listen_os_shutdown_signals(false)
        .add_extension(upstream)
        .define_job::<Deliver>()
        .init()
        .await?;
    let worker = Arc::new(worker);
    println!("{}", json!({ "queued": count }));
    let mut working = None;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        if line == "go" {
            let worker = Arc::clone(&worker);
            working = Some(tokio::spawn(async move { worker.run().await }));
        } else {
            worker.request_shutdown();
            if let Some(working) = working.take() {
                working.await??;
            }
        }
        println!("{}", json!({ "done": line }));
    }
    Ok(())
}
