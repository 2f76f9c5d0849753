//! What a worker waits for: the list of tasks on a cold handheld, and the answer to a scan. Measured in
//! a real browser, slowed down, by `benches/browser/handheld.mjs`.

use crate::floor::{self, Work};
use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::{Database, Server, run as run_sql};
use crate::served::{Served, once};
use crate::statistics::{median, percentile};
use crate::{Effort, Failure};
use serde::Deserialize;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::Stdio;
use tokio::process::Command;

const LOGIN: &str = "marko";
const PASSWORD: &str = "demo-crossdock";
/// A worker's list and its documents.
const TASKS: i32 = 12;
const LINES: i32 = 25;
/// The barcode of every line's item, and a sound one that nothing has.
const RIGHT: &str = "4006381333931";
const WRONG: &str = "4006381333948";
/// The least that counts as four times slower, on a machine that others use as well.
const SLOW_ENOUGH: f64 = 2.5;

/// What the browser's script found; times in milliseconds.
#[derive(Debug, Deserialize)]
struct Found {
    browser: String,
    slowdown: f64,
    bytes: f64,
    encoding: String,
    firsts: Vec<f64>,
    laters: Links<Vec<f64>>,
    scans: Links<Scans>,
}

/// The same with the network and without.
#[derive(Debug, Deserialize)]
struct Links<T> {
    online: T,
    offline: T,
}

#[derive(Debug, Deserialize)]
struct Scans {
    green: Vec<f64>,
    red: Vec<f64>,
}

/// Visits, later visits and scans.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let database = Server::get()?.migrated("bench_handheld").await?;
    once(&database, &["seed", "--demo"]).await?;
    let work = floor::make(&database, LOGIN, TASKS, LINES).await?;
    label(&database).await?;
    let served = Served::start(&database, "web").await?;
    let found = ask_browser(&wishes(effort, &served.address, &work)?).await?;
    served.stop().await?;
    database.drop().await?;
    if found.slowdown < SLOW_ENOUGH {
        let slowdown = found.slowdown;
        return Err(format!("the page was only {slowdown:.1} times slower: {found:?}").into());
    }
    outcome(effort, &found).keep("handheld")
}

/// Gives the item of all lines its barcode.
async fn label(database: &Database) -> Result<(), Failure> {
    let mut admin = database.admin().await?;
    let statement = format!(
        "insert into item_barcodes (company_id, key, item_id, barcode)
         select company_id, '0{RIGHT}', id, '{RIGHT}' from items where code = 'BENCH'"
    );
    run_sql(&mut admin, &statement).await?;
    Ok(())
}

fn wishes(effort: Effort, address: &str, work: &[Work]) -> Result<Value, Failure> {
    let (firsts, laters, scans) = if effort.quick {
        (1, 2, 6)
    } else {
        (2 * effort.rounds + 1, 2 * effort.rounds + 1, 60)
    };
    let first = work.first().ok_or("no work was made")?;
    Ok(json!({
        "url": format!("http://{address}"), "login": LOGIN, "password": PASSWORD,
        "tasks": TASKS, "task": first.task, "right": RIGHT, "wrong": WRONG,
        "firsts": firsts, "laters": laters, "scans": scans,
    }))
}

async fn ask_browser(wishes: &Value) -> Result<Found, Failure> {
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("browser/handheld.mjs");
    let browser = Command::new("node")
        .arg(script)
        .arg(wishes.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = browser.wait_with_output().await?;
    if !output.status.success() {
        return Err("the browser's part failed; its words are above".into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn outcome(effort: Effort, found: &Found) -> Outcome {
    let (bytes, encoding) = (thousands(found.bytes), &found.encoding);
    let (browser, slowdown) = (&found.browser, found.slowdown);
    let mut outcome = Outcome::new(
        "A handheld's cold start and its answer to a scan",
        &format!(
            "Chromium {browser}, its page's thread slowed down to a quarter ({slowdown:.1} times, by a loop timed with and \
             without), the network to 1.6 Mbit/s down, 750 kbit/s up and 150 ms until an answer begins, by the browser's own \
             means: they count neither the opening of a connection nor the live link. {TASKS} tasks of {LINES} lines each. \
             A start is cold: the browser itself was started for it, with what the device had kept. Its time runs from the navigation to the \
             painted frame with the first task, which can be touched from then on; medians. The first visit is one of a \
             signed-in person with nothing on the device; it had loaded {bytes} bytes by then, the module with the encoding \
             {encoding}. The time of a scan runs from the browser's moment of the key Enter to the painted frame with the colour, \
             and for a wrong code with its screen; keys come four milliseconds apart. Chromium slows only the page's thread \
             down: the service worker's runs at full speed."
        ),
        effort.quick,
    );
    outcome.rows = vec![
        start("First visit to the list", &found.firsts, 6.0),
        start("Later visit", &found.laters.online, 2.0),
        start("Later visit, no network", &found.laters.offline, 2.0),
        scan("Scan to green", &found.scans.online.green),
        scan("Scan to red", &found.scans.online.red),
        scan("Scan to green, no network", &found.scans.offline.green),
        scan("Scan to red, no network", &found.scans.offline.red),
    ];
    outcome
}

/// A start against its limit in seconds.
fn start(what: &str, milliseconds: &[f64], limit: f64) -> Row {
    let seconds = median(milliseconds) / 1e3;
    Row::new(what, format!("{seconds:.2} s")).bar(format!("< {limit:.0} s"), seconds < limit)
}

fn scan(what: &str, milliseconds: &[f64]) -> Row {
    let p95 = percentile(milliseconds, 0.95);
    let middle = median(milliseconds);
    let ours = format!("p95 {p95:.0} ms, median {middle:.0} ms");
    Row::new(what, ours).bar("p95 ≤ 150 ms", p95 <= 150.0)
}
