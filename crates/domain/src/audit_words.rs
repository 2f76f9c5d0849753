//! Audit entries as sentences: who did what to what, before and after.

mod changes;
mod given;
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

/// Actions whose subject is the id of a site.
pub const ABOUT_SITES: [&str; 4] = [
    "COUNT_TOLERANCE_SET",
    "COUNTS_AFTER_SHORTAGES_SET",
    "LOCATIONS_CHANGED",
    "REST_POLICY_SET",
];
/// Actions whose subject is the id of a connection.
pub const ABOUT_CONNECTIONS: [&str; 2] = ["BRAKE_CHANGED", "DELIVERY_SETTINGS_CHANGED"];
/// Actions whose subject is the id of a document.
pub const ABOUT_DOCUMENTS: [&str; 1] = ["DOCUMENT_RECALCULATED"];

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
    if let Some(told) = given::sentence(entry) {
        return told;
    }
    let subject = subject(entry);
    let done = match words_of(&entry.action) {
        Some(words) => words.phrase.replace("{}", subject),
        None => format!("{} {subject}", plain(&entry.action)),
    };
    format!("{} {done}", who(&entry.actor))
}

/// What it was done to, by its name where that is known.
pub fn subject(entry: &AuditEntry) -> &str {
    entry.subject_name.as_deref().unwrap_or(&entry.subject)
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
            subject_name: None,
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
    fn what_was_done_to_an_id_is_said_with_its_name() {
        let mut changed = entry("LOCATIONS_CHANGED", json!({ "locations": 5 }));
        changed.subject = "1".into();
        changed.subject_name = Some("Veleprodaja".into());
        assert_eq!(
            sentence(&changed),
            "Ana changed the locations of the site Veleprodaja"
        );
        let by_id = |words: &&Words| {
            matches!(words.about, About::ConnectionId | About::DocumentId)
                || words.phrase.contains("the site {}")
        };
        let mut named = [&ABOUT_SITES[..], &ABOUT_CONNECTIONS, &ABOUT_DOCUMENTS].concat();
        let mut known: Vec<&str> = WORDS.iter().filter(by_id).map(|one| one.action).collect();
        known.sort_unstable();
        named.sort_unstable();
        assert_eq!(named, known);
    }

    #[test]
    fn a_task_is_given_to_whoever_has_it_then() {
        let told = |action: &str, details: Value| sentence(&entry(action, details));
        let one = |after: &str| json!({ "before": "Jelena", "after": after });
        assert_eq!(
            told("TASK_ASSIGNED", one("Marko Ilić")),
            "Ana gave the task of marko to Marko Ilić"
        );
        assert_eq!(
            told("TASK_ASSIGNED", one("nobody")),
            "Ana took the task of marko back"
        );
        let tasks = |names: [&str; 2]| {
            let tasks = names.map(|name| json!({ "number": "1", "before": null, "after": name }));
            json!({ "after": null, "tasks": tasks })
        };
        let all = tasks(["Alfa", "Alfa"]);
        assert_eq!(told("TASKS_ASSIGNED", all), "Ana gave marko to Alfa");
        let some = tasks(["Alfa", "Beta"]);
        assert_eq!(told("TASKS_ASSIGNED", some), "Ana assigned marko");
        assert_eq!(
            told("EXCEPTION_ASSIGNED", one("Luka")),
            "Ana gave the exception marko to Luka"
        );
        assert_eq!(
            told("TASK_ASSIGNED", json!({})),
            "Ana assigned the task of marko"
        );
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
