//! Audit entries as sentences: who did what to what, before and after.

mod changes;
mod table;

pub use changes::{Change, changes, facts};
pub use table::WORDS;

use crate::audit::AuditEntry;

/// What an action is called, and where its subject leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words {
    /// The stable word in the table.
    pub action: &'static str,
    /// What was done, without who; `{}` stands for the subject.
    pub phrase: &'static str,
    /// What the subject names.
    pub about: About,
}

/// What the subject of an entry names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// A login.
    User,
    /// A document, by its number.
    Document,
    /// A document, by its id.
    DocumentId,
    /// Tasks.
    Tasks,
    /// A sync run, by its id.
    SyncRun,
    /// A connection, by its id.
    ConnectionId,
    /// Something of all connections.
    Connections,
    /// A schedule.
    Schedules,
    /// An item, by its code.
    Item,
    /// An upstream value.
    Mappings,
    /// A team, a shift or a person's day.
    Teams,
    /// The places of a site.
    Locations,
    /// Counts.
    Counts,
    /// A handheld.
    Devices,
    /// A TV.
    Screens,
    /// Something that waits for a person.
    Exceptions,
    /// A file that was downloaded.
    Exports,
    /// A message to an upstream or a webhook.
    Operations,
}

/// The words of an action.
pub fn words_of(action: &str) -> Option<&'static Words> {
    WORDS.iter().find(|words| words.action == action)
}

/// The action without a subject, for a list to choose from: `signed in`.
pub fn title(action: &str) -> String {
    let phrase = words_of(action).map_or_else(|| plain(action), |words| words.phrase.to_owned());
    let short = phrase
        .replace(" ({})", "")
        .replace(" as {}", "")
        .replace("{}", "…");
    let mut letters = short.trim().chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().collect::<String>() + letters.as_str()
    })
}

/// The whole sentence, without an end.
pub fn sentence(entry: &AuditEntry) -> String {
    let done = match words_of(&entry.action) {
        Some(words) => words.phrase.replace("{}", &entry.subject),
        None => format!("{} {}", plain(&entry.action), entry.subject),
    };
    format!("{} {done}", who(&entry.actor))
}

/// `anonymous` is how the table names somebody who is not known.
fn who(actor: &str) -> &str {
    if actor == "anonymous" {
        "Somebody"
    } else {
        actor
    }
}

fn plain(action: &str) -> String {
    action.to_lowercase().replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn entry(action: &str, details: Value) -> AuditEntry {
        AuditEntry {
            id: 1,
            at: chrono::DateTime::UNIX_EPOCH,
            actor: "Ana".into(),
            action: action.into(),
            subject: "marko".into(),
            details,
            device: None,
        }
    }

    #[test]
    fn an_entry_reads_as_a_sentence_with_before_and_after() {
        let changed = entry(
            "USER_CHANGED",
            json!({ "user_id": 7, "before": { "role": "worker", "team": null }, "after": { "role": "lead", "team": null } }),
        );
        assert_eq!(sentence(&changed), "Ana changed the login marko");
        let told: Vec<String> = changes(&changed.details)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(told, ["role: worker → lead"]);
        assert!(facts(&changed.details).is_empty());
    }

    #[test]
    fn actions_have_titles_to_choose_from_and_one_entry_each() {
        assert_eq!(title("SIGN_IN"), "Signed in");
        assert_eq!(title("PASSWORD_RESET"), "Reset the password of …");
        assert_eq!(title("SOMETHING_NEW"), "Something new");
        let mut actions: Vec<&str> = WORDS.iter().map(|words| words.action).collect();
        actions.sort_unstable();
        actions.dedup();
        assert_eq!(actions.len(), WORDS.len());
    }
}
