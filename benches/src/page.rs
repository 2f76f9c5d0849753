//! What a handheld downloads at its first visit.

use crate::Failure;
use crate::outcome::{Outcome, Row, thousands};
use std::path::{Path, PathBuf};

const BAR: u64 = 250;
/// Measured from the unbundled assets of the projects' own templates, brotli at its best.
const OTHERS: [(&str, f64); 2] = [
    ("OCA shopfloor mobile, 1,055 KB", 1055.0),
    ("Odoo 16 backend, 465 KB", 465.0),
];

/// Adds the compressed sizes up.
pub(crate) fn run() -> Result<(), Failure> {
    let root = std::env::var_os("CROSSDOCK_SITE_ROOT").ok_or("CROSSDOCK_SITE_ROOT is not set")?;
    let folder = PathBuf::from(root).join("pkg");
    let mut outcome = Outcome::new(
        "First load of a worker's page",
        "Sizes of the files that the release build leaves for the browser, as sent with brotli. \
         A second visit loads none of them.",
        false,
    );
    let mut total = 0;
    for (name, bytes) in files(&folder)? {
        total += bytes;
        let shown = thousands(bytes as f64);
        outcome.rows.push(Row::new(&name, format!("{shown} bytes")));
    }
    let kilobytes = total as f64 / 1024.0;
    for (name, other) in OTHERS {
        outcome.rows.push(
            Row::new("Together", format!("{kilobytes:.0} KB"))
                .beside(name, kilobytes / other)
                .bar(format!("≤ {BAR} KB"), total <= BAR * 1024),
        );
    }
    outcome.keep("page")
}

/// The handheld's compressed files by name, without the hash of their content.
fn files(folder: &Path) -> Result<Vec<(String, u64)>, Failure> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let parts: Vec<_> = name.split('.').collect();
        if let ["floor" | "floor-device", _, ending, "br"] = parts.as_slice() {
            let short = format!("{}.{ending}", parts[0]);
            found.push((short, entry.metadata()?.len()));
        }
    }
    if found.len() < 4 {
        let shown = folder.display();
        return Err(format!(
            "{shown}: the handheld's files are missing; run scripts/build --site first"
        )
        .into());
    }
    found.sort();
    Ok(found)
}
