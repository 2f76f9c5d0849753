//! `crossdock doctor`.

use crate::doctor::{Finding, examine};
use crate::settings::{Error, Settings};
use std::process::ExitCode;

/// Prints the findings; fails when one of them does.
pub async fn run(settings: &Settings) -> ExitCode {
    report(&examine(settings).await)
}

/// The one finding when the settings cannot be read.
pub fn without_settings(error: &Error) -> ExitCode {
    report(&[Finding::fail("settings", crate::telemetry::chain(error))])
}

fn report(findings: &[Finding]) -> ExitCode {
    for finding in findings {
        println!("{finding}");
    }
    if findings.iter().any(Finding::is_failure) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
