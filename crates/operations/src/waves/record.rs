//! What an act on a wave leaves behind: timelines, one audit entry, and the live lists of everybody
//! concerned.

use crate::{Result, audit, tasks};
use chrono::{DateTime, Utc};
use domain::live::Topic;
use domain::task::TaskSummary;
use domain::timeline::TimelineKind;
use domain::user::Caller;
use domain::wave::Wave;
use domain::{TeamId, UserId};
use serde_json::json;
use std::collections::HashSet;
use store::Tx;
use store::timeline::NewEntries;

pub(super) struct Record<'a> {
    pub caller: &'a Caller,
    pub wave: &'a Wave,
    pub tasks: &'a [TaskSummary],
    pub now: DateTime<Utc>,
}

impl Record<'_> {
    /// `text` is what each document's timeline says.
    pub async fn write(&self, tx: &mut Tx, action: &str, text: &str) -> Result<()> {
        let mut entries = NewEntries::default();
        for task in self.tasks {
            entries.push(task.document_id, TimelineKind::Planned, text.to_owned());
        }
        let (caller, now) = (self.caller, self.now);
        store::timeline::record(tx, caller.company_id, &entries, &caller.name, None, now).await?;
        let numbers: Vec<&str> = self.tasks.iter().map(|task| task.number.as_str()).collect();
        let facts = json!({ "name": self.wave.name, "tasks": numbers });
        let subject = self.wave.number.to_string();
        audit::by_person(tx, caller, action, &subject, facts, now).await?;
        self.tell(tx).await
    }

    /// The office's lists, the documents, and the handhelds the tasks leave or come to.
    async fn tell(&self, tx: &mut Tx) -> Result<()> {
        let mut topics = vec![Topic::Tasks];
        let mut heard: HashSet<(Option<UserId>, Option<TeamId>)> = HashSet::new();
        for task in self.tasks {
            topics.push(Topic::Document(task.document_id.0));
            if heard.insert((task.worker_id, task.team_id)) {
                topics.extend(tasks::holders(tx, task).await?);
            }
        }
        topics.sort_unstable();
        topics.dedup();
        let (company, site) = (self.caller.company_id, self.wave.warehouse_id);
        Ok(store::live::publish(tx, company, Some(site), &topics, "wave").await?)
    }
}
