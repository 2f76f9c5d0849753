//! What a bench found: rows of the table, kept as JSON until the document is written.

use crate::Failure;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One row of the table.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Row {
    /// What was measured.
    pub(crate) what: String,
    /// Crossdock's figure.
    pub(crate) ours: String,
    /// What it is compared with, and that one's figure.
    pub(crate) beside: String,
    /// Their ratio, where there is one.
    pub(crate) ratio: String,
    /// What is demanded.
    pub(crate) bar: String,
    /// Whether it holds; none when nothing is demanded.
    pub(crate) holds: Option<bool>,
}

impl Row {
    /// A figure beside which nothing stands yet.
    pub(crate) fn new(what: impl Into<String>, ours: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            ours: ours.into(),
            beside: String::new(),
            ratio: String::new(),
            bar: String::new(),
            holds: None,
        }
    }

    /// What it is compared with.
    pub(crate) fn beside(mut self, beside: impl Into<String>, ratio: f64) -> Self {
        self.beside = beside.into();
        self.ratio = format!("{ratio:.2}");
        self
    }

    /// What is demanded, and whether it holds.
    pub(crate) fn bar(mut self, bar: impl Into<String>, holds: bool) -> Self {
        self.bar = bar.into();
        self.holds = Some(holds);
        self
    }
}

/// Everything one bench found.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Heading.
    pub(crate) title: String,
    /// Rows and text of the section.
    pub(crate) rows: Vec<Row>,
    /// How it was measured, in sentences.
    pub(crate) method: String,
    /// When, UTC.
    pub(crate) at: String,
    /// Whether it was a short run that proves nothing.
    pub(crate) quick: bool,
}

impl Outcome {
    /// An outcome of now.
    pub(crate) fn new(title: &str, method: &str, quick: bool) -> Self {
        Self {
            title: title.to_owned(),
            rows: Vec::new(),
            method: method.to_owned(),
            at: chrono::Utc::now().format("%Y-%m-%d %H:%M").to_string(),
            quick,
        }
    }

    /// Prints the rows and keeps them for the document.
    pub(crate) fn keep(&self, name: &str) -> Result<(), Failure> {
        println!("\n{}", self.title);
        for row in &self.rows {
            let verdict = match row.holds {
                Some(true) => "holds",
                Some(false) => "MISSED",
                None => "",
            };
            println!(
                "  {:58} {:>22}  {:34} {:>6}  {} {verdict}",
                row.what, row.ours, row.beside, row.ratio, row.bar
            );
        }
        let path = folder()?.join(format!("{name}.json"));
        Ok(std::fs::write(path, serde_json::to_vec_pretty(self)?)?)
    }
}

/// Where outcomes wait for the document.
pub(crate) fn folder() -> Result<PathBuf, Failure> {
    let folder = cache()?.join("bench-results");
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Where the scripts keep what can be made again.
pub(crate) fn cache() -> Result<PathBuf, Failure> {
    let cache = std::env::var_os("CROSSDOCK_CACHE")
        .ok_or("CROSSDOCK_CACHE is not set: start scripts/bench")?;
    Ok(PathBuf::from(cache))
}

/// A rate for people: 12,345.
pub(crate) fn thousands(number: f64) -> String {
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
