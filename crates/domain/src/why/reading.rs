//! How far each kind of row was read from each account that may have the key.

use super::{EntityFact, Finding, Lead, Place, Verdict};
use crate::sync::{Entity, RunState};

/// What fails, is under way or is left out, each on its own; then what was never read, and what was read
/// and does not have the key, all accounts together.
pub(super) fn told(key: &str, facts: &[EntityFact]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = facts.iter().filter_map(of_run).collect();
    findings.extend(facts.iter().filter_map(of_filter));
    let quiet = facts.iter().filter(|fact| of_run(fact).is_none());
    let (read, never): (Vec<&EntityFact>, Vec<&EntityFact>) =
        quiet.partition(|fact| fact.completed_at.is_some());
    if !never.is_empty() {
        let text = format!("{key} may be in what was never read to the end.");
        let finding = Finding::new(Verdict::Missing, text).places(places(&never, facts));
        findings.push(finding.todo("Start a full sync, where it should come from."));
    }
    if !read.is_empty() {
        findings.push(without(key, &read, facts));
    }
    findings
}

/// The newest run, unless it ended well.
fn of_run(fact: &EntityFact) -> Option<Finding> {
    let (run, state) = fact.newest?;
    let (kind, connection) = (fact.entity.label(), &fact.connection);
    let (verdict, text) = match state {
        RunState::Failed => (
            Verdict::Missing,
            format!("{kind} of {connection}: the newest sync failed, so newer rows are not here."),
        ),
        RunState::Queued | RunState::Running => (
            Verdict::Waits,
            format!("{kind} of {connection}: a sync is under way; look again when it has ended."),
        ),
        RunState::NeedsApproval | RunState::Done | RunState::Cancelled => return None,
    };
    let finding = Finding::new(verdict, text).at(fact.completed_at);
    Some(finding.lead(Lead::Run(run)))
}

/// What the connection's settings leave out.
fn of_filter(fact: &EntityFact) -> Option<Finding> {
    let from = fact.documents_from?;
    let (kind, connection) = (fact.entity.label(), &fact.connection);
    let text = format!(
        "{kind} of {connection}: documents dated before {from} are not read, as the connection is set."
    );
    let finding = Finding::new(Verdict::Note, text).lead(Lead::Connection(fact.connection_id));
    Some(finding.todo(
        "If it is older and should come, set an earlier first day on the connection; a full sync brings it.",
    ))
}

/// Everything that was read to the end, as old as its oldest part.
fn without(key: &str, read: &[&EntityFact], facts: &[EntityFact]) -> Finding {
    let text = format!("{key} is not in what was read to the end.");
    let oldest = read.iter().filter_map(|fact| fact.completed_at).min();
    let finding = Finding::new(Verdict::Note, text).at(oldest);
    let finding = finding.places(places(read, facts));
    let dated = |fact: &EntityFact| matches!(fact.entity, Entity::Dispatches | Entity::Receipts);
    match read.iter().copied().any(dated) {
        true => finding.todo("A document entered late, with an old date, may need a full sync."),
        false => finding,
    }
}

/// The accounts of some of the facts, each with the kinds that are meant.
fn places(some: &[&EntityFact], facts: &[EntityFact]) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::new();
    for fact in some {
        let id = fact.connection_id;
        match places.iter_mut().find(|place| place.connection_id == id) {
            Some(place) => place.kinds.push(fact.entity),
            None => places.push(Place {
                connection_id: id,
                connection: fact.connection.clone(),
                kinds: vec![fact.entity],
            }),
        }
    }
    for place in &mut places {
        let all = facts
            .iter()
            .filter(|fact| fact.connection_id == place.connection_id);
        if all.count() == place.kinds.len() {
            place.kinds.clear();
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConnectionId, SyncRunId};
    use chrono::{DateTime, Utc};

    fn at(day: u32) -> DateTime<Utc> {
        format!("2026-11-{day:02}T08:00:00Z").parse().unwrap()
    }

    /// A kind of an account, read on a day, and how its newest run stands.
    fn fact(id: i64, entity: Entity, day: Option<u32>, newest: Option<RunState>) -> EntityFact {
        EntityFact {
            connection_id: ConnectionId(id),
            connection: format!("ERP {id}"),
            entity,
            documents_from: None,
            completed_at: day.map(at),
            newest: newest.map(|state| (SyncRunId(7), state)),
        }
    }

    /// The accounts of a finding as a person reads them.
    fn named(finding: &Finding) -> Vec<(&str, Vec<Entity>)> {
        let places = finding.places.iter();
        places
            .map(|place| (&*place.connection, place.kinds.clone()))
            .collect()
    }

    #[test]
    fn where_nothing_is_known_of_a_code_is_told_last_and_once_for_all_accounts() {
        use Entity::{Dispatches, Items, Partners, Receipts};
        let done = Some(RunState::Done);
        let mut facts = Vec::new();
        for id in 1..=5 {
            for entity in [Items, Partners, Dispatches, Receipts] {
                facts.push(fact(id, entity, Some(20), done));
            }
        }
        facts[3].newest = Some((SyncRunId(7), RunState::Failed));
        facts[9].completed_at = None;
        facts[9].newest = None;
        facts[16].completed_at = Some(at(3));
        let findings = told("85123A", &facts);
        let texts: Vec<&str> = findings.iter().map(|finding| &*finding.text).collect();
        assert_eq!(
            texts,
            [
                "Receipts of ERP 1: the newest sync failed, so newer rows are not here.",
                "85123A may be in what was never read to the end.",
                "85123A is not in what was read to the end.",
            ]
        );
        assert_eq!(findings[0].lead, Some(Lead::Run(SyncRunId(7))));
        assert_eq!(findings[1].verdict, Verdict::Missing);
        assert_eq!(named(&findings[1]), [("ERP 3", vec![Partners])]);
        assert_eq!(findings[2].verdict, Verdict::Note);
        assert_eq!(findings[2].at, Some(at(3)), "as old as the oldest of it");
        assert_eq!(
            named(&findings[2]),
            [
                ("ERP 1", vec![Items, Partners, Dispatches]),
                ("ERP 2", vec![]),
                ("ERP 3", vec![Items, Dispatches, Receipts]),
                ("ERP 4", vec![]),
                ("ERP 5", vec![]),
            ]
        );
    }

    #[test]
    fn what_the_settings_leave_out_is_told_with_the_way_to_it() {
        let facts = [EntityFact {
            documents_from: chrono::NaiveDate::from_ymd_opt(2026, 12, 1),
            ..fact(1, Entity::Receipts, Some(20), None)
        }];
        let findings = told("26-20B0-000001", &facts);
        let [left_out, read] = &findings[..] else {
            panic!("{findings:?}");
        };
        assert!(
            left_out
                .text
                .contains("dated before 2026-12-01 are not read"),
            "{}",
            left_out.text
        );
        assert_eq!(left_out.lead, Some(Lead::Connection(ConnectionId(1))));
        assert!(read.text.contains("read to the end"), "{}", read.text);
        assert!(read.todo.is_some(), "a document may have come late");
    }
}
