//! Facts as sentences.

use super::{
    DocumentFact, Facts, Finding, ItemFact, Lead, LookupFact, MappingFact, RejectedFact, Verdict,
    reading,
};
use crate::document::{DocumentKind, DocumentStatus};
use crate::mapping::MappingKind;

/// What is known, what keeps the row away first; where nothing is known of it comes last, gathered.
pub fn explain(key: &str, facts: &Facts) -> Vec<Finding> {
    let mut findings: Vec<Finding> = facts.items.iter().map(|item| of_item(key, item)).collect();
    findings.extend(facts.partners.iter().map(|partner| {
        let who = format!("Partner {} ({})", partner.code, partner.name);
        let lead = Lead::Partner(partner.code.clone());
        presence(who, partner.active, &partner.connection)
            .at(Some(partner.synced_at))
            .lead(lead)
    }));
    for document in &facts.documents {
        of_document(document, &mut findings);
    }
    let present = !findings.is_empty();
    findings.extend(of_lines(key, facts));
    findings.extend(facts.mappings.iter().map(of_mapping));
    findings.extend(facts.rejected.iter().map(of_rejected));
    if facts.items.is_empty() {
        findings.extend(facts.lookups.iter().map(|lookup| of_lookup(key, lookup)));
    }
    if !present {
        findings.insert(0, nowhere(key, facts));
        findings.extend(reading::told(key, &facts.entities));
    }
    findings
}

fn of_item(key: &str, item: &ItemFact) -> Finding {
    let what = if item.code == key {
        format!("Item {} ({})", item.code, item.name)
    } else {
        format!(
            "{key} is a barcode of item {} ({}), which",
            item.code, item.name
        )
    };
    presence(what, item.active, &item.connection)
        .at(Some(item.synced_at))
        .lead(Lead::Item(item.id))
}

fn presence(what: String, active: bool, connection: &str) -> Finding {
    if active {
        return Finding::new(Verdict::Here, format!("{what} is here, from {connection}."));
    }
    let text = format!(
        "{what} is here but inactive: {connection} marked it so, or a complete sync did not meet it."
    );
    Finding::new(Verdict::Missing, text)
        .todo("Set it active in the ERP; it then comes back with the next sync.")
}

fn of_document(document: &DocumentFact, findings: &mut Vec<Finding>) {
    let what = match document.kind {
        DocumentKind::Dispatch => "Dispatch",
        DocumentKind::Receipt => "Receipt",
    };
    let name = format!("{what} {} of {}", document.number, document.dated_on);
    let lead = Lead::Document(document.kind, document.id);
    let doc_type = &document.doc_type;
    let text = match (document.lines, document.floor_lines) {
        (1, 0) => {
            format!("{name} (type {doc_type}) is here with one line, which is no floor work.")
        }
        (1, _) => format!("{name} (type {doc_type}) is here with one line, which is floor work."),
        (lines, floor) => format!(
            "{name} (type {doc_type}) is here with {lines} lines, {floor} of them floor work."
        ),
    };
    let here = Finding::new(Verdict::Here, text).at(Some(document.imported_at));
    findings.push(here.lead(lead.clone()));
    if !document.warehouse_known {
        let text = format!(
            "{name} is no floor work, because nobody said yet which site '{}' is.",
            document.warehouse_name
        );
        let waits = Finding::new(Verdict::Waits, text).lead(Lead::Mappings);
        findings.push(waits.todo("Answer the warehouse name under Mappings."));
    } else if !document.warehouse_ours {
        let text = format!(
            "{name} belongs to '{}', not to the warehouse this connection is set up for, so its lines are not floor work.",
            document.warehouse_name
        );
        let missing = Finding::new(Verdict::Missing, text).lead(lead.clone());
        findings.push(missing.todo("Nothing, if that is right; else correct the warehouse in the ERP or its answer under Mappings."));
    }
    if document.unmatched > 0 {
        let text = match document.unmatched {
            1 => format!("One line of {name} names an item that is not here."),
            lines => format!("{lines} lines of {name} name items that are not here."),
        };
        let waits = Finding::new(Verdict::Waits, text).lead(lead.clone());
        findings.push(waits.todo("Look the item codes of those lines up here."));
    }
    if document.status == DocumentStatus::Cancelled {
        let text = format!("{name} is cancelled, so nobody works on it.");
        findings.push(Finding::new(Verdict::Missing, text).lead(lead));
    }
}

fn of_lines(key: &str, facts: &Facts) -> Vec<Finding> {
    let lines = facts.lines;
    let mut findings = Vec::new();
    if lines.unmatched > 0 {
        let text = match (lines.unmatched, lines.documents) {
            (1, _) => format!("One line names {key} and waits for the item."),
            (many, 1) => format!("{many} lines on one document name {key} and wait for the item."),
            (many, documents) => {
                format!("{many} lines on {documents} documents name {key} and wait for the item.")
            }
        };
        findings.push(
            Finding::new(Verdict::Waits, text)
                .todo("They are matched by themselves as soon as the item comes."),
        );
    }
    if lines.elsewhere > 0 {
        let text = format!(
            "{} of these documents belong to another warehouse than their connection is set up for, so the line is not floor work there.",
            lines.elsewhere
        );
        findings.push(Finding::new(Verdict::Missing, text));
    }
    findings
}

fn of_mapping(mapping: &MappingFact) -> Finding {
    let what = match mapping.kind {
        MappingKind::Warehouse => "warehouse name",
        MappingKind::Uom => "unit",
        MappingKind::Item => "item code",
    };
    let external = &mapping.external;
    let finding = if mapping.ignored {
        let text = format!("The {what} '{external}' is set to be left out under Mappings.");
        Finding::new(Verdict::Missing, text).todo("Change the answer, if it should come.")
    } else {
        let text = format!("The {what} '{external}' waits for an answer under Mappings.");
        Finding::new(Verdict::Waits, text).todo("Answer it; what waits for it is judged again.")
    };
    finding.at(Some(mapping.first_seen_at)).lead(Lead::Mappings)
}

fn of_rejected(row: &RejectedFact) -> Finding {
    let (kind, connection, reason) = (row.entity.label(), &row.connection, &row.reason);
    let text = if row.dry {
        format!("{kind} of {connection}: a dry run did not accept it: {reason}")
    } else {
        format!("{kind} of {connection}: a sync did not accept it: {reason}")
    };
    Finding::new(Verdict::Missing, text)
        .at(Some(row.at))
        .lead(Lead::Run(row.run))
}

fn of_lookup(key: &str, lookup: &LookupFact) -> Finding {
    let text = if lookup.found {
        format!("{key} was looked up at {} and found.", lookup.connection)
    } else {
        format!(
            "{key} was looked up at {}, which does not know it either. A miss is kept for 24 hours.",
            lookup.connection
        )
    };
    let finding = Finding::new(Verdict::Note, text).at(Some(lookup.at));
    match lookup.found {
        true => finding.todo("If it is still not here, it was refused: see the reason."),
        false => finding.todo("Check the code in the ERP."),
    }
}

fn nowhere(key: &str, facts: &Facts) -> Finding {
    if facts.rejected.is_empty() {
        let text = format!("No item, barcode, partner or document here is called {key}.");
        Finding::new(Verdict::Missing, text)
            .todo("Check how it is written (leading zeros count), and when its kind was read last, below.")
    } else {
        let text = format!("{key} came from upstream and was refused.");
        Finding::new(Verdict::Missing, text)
            .todo("Do what the newest refusal below says, then sync again.")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ConnectionId;
    use crate::sync::Entity;
    use crate::why::EntityFact;

    fn told(facts: &Facts) -> Vec<(Verdict, String)> {
        explain("85123A", facts)
            .into_iter()
            .map(|finding| (finding.verdict, finding.text))
            .collect()
    }

    #[test]
    fn what_is_here_says_so_and_does_not_speak_of_runs() {
        let item = ItemFact {
            id: crate::ItemId(3),
            code: "85123A".to_owned(),
            name: "CUP".to_owned(),
            active: false,
            connection: "Pantheon".to_owned(),
            synced_at: chrono::DateTime::default(),
        };
        let facts = Facts {
            items: vec![item],
            entities: vec![EntityFact {
                connection_id: ConnectionId(1),
                connection: "Pantheon".to_owned(),
                entity: Entity::Items,
                documents_from: None,
                completed_at: None,
                newest: None,
            }],
            ..Facts::default()
        };
        let told = told(&facts);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, Verdict::Missing);
        assert!(told[0].1.contains("is here but inactive"), "{}", told[0].1);
    }
}
