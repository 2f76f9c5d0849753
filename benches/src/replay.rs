//! What a handheld did without a network, sent when it is back: whole, and with the line cut again
//! and again.

use crate::floor::{self, Work};
use crate::outcome::{Outcome, Row};
use crate::postgres::{Database, Server};
use crate::served::{Served, once};
use crate::statistics::median;
use crate::{Effort, Failure};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const PASSWORD: &str = "demo-crossdock";
/// Acts a device kept.
const ACTS: usize = 500;
/// Lines of a document: more than most have, because an act may not cost what its document is long.
const LINES: i32 = 100;
/// Times the line is cut.
const CUTS: u32 = 50;

/// All rounds.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let rounds = if effort.quick { 1 } else { effort.rounds };
    let database = Server::get()?.migrated("bench_replay").await?;
    once(&database, &["seed", "--demo"]).await?;
    let work = floor::make(&database, "marko", 5, LINES).await?;
    let served = Served::start(&database, "web").await?;
    let device = Device::sign_in(&served.address).await?;
    let (mut whole, mut cut) = (Vec::new(), Vec::new());
    for number in 1..=rounds {
        eprintln!("replay: round {number} of {rounds}");
        whole.push(device.replay(&database, &work, 0).await?);
        cut.push(device.replay(&database, &work, CUTS).await?);
    }
    served.stop().await?;
    database.drop().await?;
    let mut outcome = Outcome::new(
        "Replay of a handheld's day without a network",
        "500 picks of documents of 100 lines, kept by one device, sent in their order to \
         `POST /api/v1/operations/batch`, each a transaction of its own with its rules, its timeline, its \
         figures and its live events. With the line cut, the connection is dropped at fifty moments spread \
         over the replay and everything unanswered is sent again; afterwards the database holds each act \
         once, and the lines have exactly what was picked.",
        effort.quick,
    );
    let (whole, cut) = (median(&whole), median(&cut));
    outcome.rows = vec![
        Row::new("500 acts", format!("{whole:.2} s")).bar("< 3 s", whole < 3.0),
        Row::new("500 acts, the line cut 50 times", format!("{cut:.2} s")).bar("< 3 s", cut < 3.0),
        Row::new("Acts lost or doubled", "0").bar("0", true),
    ];
    outcome.keep("replay")
}

/// A signed-in handheld.
struct Device {
    client: reqwest::Client,
    url: String,
    token: String,
}

impl Device {
    async fn sign_in(address: &str) -> Result<Self, Failure> {
        let client = reqwest::Client::new();
        let url = format!("http://{address}/api/v1/auth/token");
        let body = json!({ "login": "marko", "password": PASSWORD });
        let answer = client.post(url).json(&body).send().await?;
        let answer: Value = answer.error_for_status()?.json().await?;
        let token = answer["access_token"].as_str().ok_or("no token")?;
        Ok(Self {
            token: token.to_owned(),
            url: format!("http://{address}/api/v1/operations/batch"),
            client,
        })
    }

    /// Seconds until every act is answered; fails when one is lost, refused or counted twice.
    async fn replay(&self, database: &Database, work: &[Work], cuts: u32) -> Result<f64, Failure> {
        let before = counted(database).await?;
        let acts: Vec<Value> = work
            .iter()
            .cycle()
            .take(ACTS)
            .map(|work| serde_json::to_value(work.pick()))
            .collect::<Result<_, _>>()?;
        let started = Instant::now();
        for cut in 0..cuts {
            // Spread over the time one whole replay takes, in an order that repeats nothing.
            let moment = Duration::from_millis(u64::from(cut * 37 % 50) + 2);
            // Dropping the request closes its connection.
            let _ = tokio::time::timeout(moment, self.send(&acts)).await;
        }
        let answers = self.send(&acts).await?;
        let took = started.elapsed().as_secs_f64();
        let accepted = |answer: &&Value| answer["answer"]["outcome"]["outcome"] == "accepted";
        let accepted = answers.iter().filter(accepted).count();
        let after = counted(database).await?;
        if accepted != ACTS || after != (before.0 + 500, before.1 + 500) {
            return Err(
                format!("{accepted} of {ACTS} accepted; {before:?} became {after:?}").into(),
            );
        }
        Ok(took)
    }

    async fn send(&self, acts: &[Value]) -> Result<Vec<Value>, Failure> {
        let request = self.client.post(&self.url).bearer_auth(&self.token);
        let body = json!({ "operations": acts });
        let answer = request.json(&body).send().await?.error_for_status()?;
        let answer: Value = answer.json().await?;
        let answers = answer["answers"].as_array().ok_or("no answers")?;
        Ok(answers.clone())
    }
}

/// Acts and picked pieces, as the database has them.
async fn counted(database: &Database) -> Result<(i64, i64), Failure> {
    let mut admin = database.admin().await?;
    let counted = sqlx::query_as(
        "select (select count(*) from operations where kind = 'pick' and accepted),
                (select coalesce(sum(done), 0)::bigint from document_lines)",
    );
    Ok(counted.fetch_one(&mut admin).await?)
}
