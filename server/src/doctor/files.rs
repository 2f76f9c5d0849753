//! Whether connections that are kept in files are as the files say.

use super::Finding;
use crate::connection_files::{Applier, Outcome, environment, of_node};
use crate::secret_key::SecretKey;
use crate::settings::Settings;
use crate::telemetry::chain;
use chrono::Utc;
use operations::connections::{Applied, Occasion};
use store::Store;

/// What the next start would make of the files. Nothing is written.
pub(super) async fn look_at(
    settings: &Settings,
    store: &Store,
    secret: Option<&SecretKey>,
) -> Vec<Finding> {
    // A secret key that cannot be had is a finding of its own.
    let (Some(folder), Some(secret)) = (of_node(settings), secret) else {
        return Vec::new();
    };
    let looker = Applier {
        store,
        secret,
        occasion: Occasion::Look,
        now: Utc::now(),
    };
    let shown = folder.display();
    match looker.folder(folder, environment).await {
        Ok(outcomes) if outcomes.is_empty() => {
            let text = format!("{shown} holds no file whose name ends in .json");
            vec![Finding::warn("connection files", text)]
        }
        Ok(outcomes) => outcomes.iter().map(told).collect(),
        Err(error) => {
            let text = format!(
                "{shown} cannot be read: {error}; correct CROSSDOCK_CONNECTIONS_DIR or the rights of the directory"
            );
            vec![Finding::fail("connection files", text)]
        }
    }
}

fn told(outcome: &Outcome) -> Finding {
    let subject = format!("connection file {}", outcome.file.display());
    let done = match &outcome.done {
        Ok(done) => done,
        Err(refusal) => return Finding::fail(&subject, chain(refusal)),
    };
    let name = &done.name;
    match &done.applied {
        Applied::Unchanged => Finding::ok(&subject, done.to_string()),
        Applied::Created => {
            let text = format!("the next start sets {name} up");
            Finding::warn(&subject, text)
        }
        Applied::Changed(names) => {
            let text = format!("the next start changes {name}: {}", names.join(", "));
            Finding::warn(&subject, text)
        }
    }
}
