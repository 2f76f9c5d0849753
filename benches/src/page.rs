//! What a handheld downloads at its first visit.

use crate::Failure;
use crate::outcome::{Outcome, Row, thousands};
use std::path::PathBuf;

const BAR: u64 = 350;
const FILES: [&str; 3] = [
    "crossdock-floor_bg.wasm",
    "crossdock-floor.js",
    "crossdock.css",
];
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
    for name in FILES {
        let path = folder.join(format!("{name}.br"));
        let bytes = std::fs::metadata(&path)
            .map_err(|error| {
                format!(
                    "{}: {error}; run scripts/build --site first",
                    path.display()
                )
            })?
            .len();
        total += bytes;
        let shown = thousands(bytes as f64);
        outcome.rows.push(Row::new(name, format!("{shown} bytes")));
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
