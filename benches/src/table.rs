//! Puts the results into the document between its markers.

use crate::Failure;
use crate::outcome::{Outcome, folder};
use std::path::PathBuf;

const BEGIN: &str = "<!-- results: written by scripts/bench -->";
const END: &str = "<!-- end of results -->";
const ORDER: [&str; 18] = [
    "machine",
    "catalogue",
    "import",
    "pace",
    "live",
    "live_crowd",
    "writers",
    "kpi",
    "history",
    "outbox",
    "enqueue",
    "latency",
    "killed",
    "replay",
    "rest",
    "start",
    "handheld",
    "page",
];

/// Where to.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The document with the markers.
    document: PathBuf,
}

/// Replaces what stands between the markers by what the benches left.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let path = &arguments.document;
    let text = std::fs::read_to_string(path)?;
    let (before, rest) = text
        .split_once(BEGIN)
        .ok_or("the document has no markers")?;
    let (_, after) = rest
        .split_once(END)
        .ok_or("the document has no end marker")?;
    let mut sections = String::new();
    for name in ORDER {
        if let Ok(bytes) = std::fs::read(folder()?.join(format!("{name}.json"))) {
            sections.push_str(&section(&serde_json::from_slice(&bytes)?));
        }
    }
    std::fs::write(path, format!("{before}{BEGIN}\n{sections}\n{END}{after}"))?;
    println!("results are in {}", path.display());
    Ok(())
}

fn section(outcome: &Outcome) -> String {
    let mut text = format!("\n### {}\n\n", outcome.title);
    if outcome.quick {
        text.push_str("A short run: it shows that the bench works, not how fast Crossdock is.\n\n");
    }
    let bars = outcome.rows.iter().any(|row| !row.bar.is_empty());
    if bars {
        text.push_str(
            "| What | Crossdock | Beside | Ratio | Bar | Holds |\n|---|---|---|---|---|---|\n",
        );
    } else {
        text.push_str("| What | |\n|---|---|\n");
    }
    for row in &outcome.rows {
        let holds = match row.holds {
            Some(true) => "yes",
            Some(false) => "**no**",
            None => "",
        };
        if bars {
            text.push_str(&format!(
                "| {} | {} | {} | {} | {} | {holds} |\n",
                row.what, row.ours, row.beside, row.ratio, row.bar
            ));
        } else {
            text.push_str(&format!("| {} | {} |\n", row.what, row.ours));
        }
    }
    if !outcome.method.is_empty() {
        text.push_str(&format!("\n{}\n", outcome.method));
    }
    text.push_str(&format!("\nMeasured {} UTC.\n", outcome.at));
    text
}
