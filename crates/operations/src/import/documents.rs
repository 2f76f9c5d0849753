//! Documents of a page: new ones written in bulk, changed ones merged line by line, unchanged ones
//! not touched. Picked quantities never change here.

use super::{Context, Imported, count, last_of_each};
use crate::{Result, documents, webhooks};
use domain::document::{
    Conflict, ConflictKind, DocumentKind, DocumentRecord, DocumentSource, LineChange, LineRecord,
    StoredLine, merge_lines,
};
use domain::live::Topic;
use domain::mapping::mapping_key;
use domain::timeline::TimelineKind;
use domain::{DocumentId, LineId, WarehouseId};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use store::Tx;
use store::document_lines::Matching;
use store::documents::{DocumentKey, Header, StoredDocument};
use store::timeline::NewEntries;

/// Writes a page of documents of one kind.
pub(crate) async fn import_documents(
    tx: &mut Tx,
    context: &Context<'_>,
    kind: DocumentKind,
    records: &[DocumentRecord],
) -> Result<Imported> {
    let mut imported = Imported::default();
    let (records, replaced) = last_of_each(records, |record| format!("{:?}", key(record)));
    for record in &replaced {
        let reason = format!(
            "Document {} came twice on one page; the later one was taken.",
            record.number
        );
        imported.reject(&record.number, reason, record);
    }
    store::document_lines::hold_matching(tx, context.company, Matching::Writes).await?;
    let keys: Vec<DocumentKey> = records.iter().map(key).collect();
    let stored = store::documents::existing(tx, context.connection.id, kind, &keys).await?;
    let names = records.iter().map(|record| record.warehouse_name.as_str());
    let sites = super::sites::resolve(tx, context, names).await?;
    let mut page = Page {
        context,
        kind,
        sites,
        entries: NewEntries::default(),
        touched: Vec::new(),
        conflicts: Vec::new(),
    };
    let mut fresh = Vec::new();
    let mut changed = Vec::new();
    for record in &records {
        let hash = content_hash(record);
        match stored.get(&key(record)) {
            None => fresh.push(page.header(record, hash)),
            Some(known) if known.content_hash != hash => {
                changed.push((known, page.header(record, hash)))
            }
            Some(_) => {}
        }
    }
    imported.counts.created = count(fresh.len());
    imported.counts.updated = count(changed.len());
    imported.counts.unchanged = count(records.len() - fresh.len() - changed.len());
    imported.counts.refused = count(imported.rejected.len());
    page.write_fresh(tx, &fresh).await?;
    page.write_changed(tx, &changed).await?;
    page.close(tx, &changed).await?;
    Ok(imported)
}

fn key(record: &DocumentRecord) -> DocumentKey {
    (
        record.number.clone(),
        record.doc_type.clone(),
        record.dated_on,
    )
}

/// The same content has the same hash; the order of lines is part of the content.
fn content_hash(record: &DocumentRecord) -> Vec<u8> {
    let json = serde_json::to_vec(record).unwrap_or_default();
    Sha256::digest(&json).to_vec()
}

struct Page<'a> {
    context: &'a Context<'a>,
    kind: DocumentKind,
    sites: HashMap<String, WarehouseId>,
    entries: NewEntries,
    touched: Vec<i64>,
    conflicts: Vec<DocumentId>,
}

impl Page<'_> {
    fn header<'r>(&self, record: &'r DocumentRecord, content_hash: Vec<u8>) -> Header<'r> {
        let warehouse_id = self
            .sites
            .get(&mapping_key(&record.warehouse_name))
            .copied();
        Header {
            record,
            content_hash,
            warehouse_id,
        }
    }

    async fn write_fresh(&mut self, tx: &mut Tx, headers: &[Header<'_>]) -> Result<()> {
        if headers.is_empty() {
            return Ok(());
        }
        let Context {
            company,
            connection,
            now,
            ..
        } = self.context;
        let types: Vec<&str> = headers
            .iter()
            .map(|header| header.record.doc_type.as_str())
            .collect();
        store::doc_types::learn(tx, *company, connection.id, self.kind.into(), &types, *now)
            .await?;
        let source = DocumentSource::Erp;
        let ids = store::documents::insert(
            tx,
            *company,
            connection.id,
            self.kind,
            headers,
            source,
            *now,
        )
        .await?;
        let mut lines = Vec::new();
        for (id, header) in ids.iter().zip(headers) {
            for (position, line) in (0..).zip(&header.record.lines) {
                lines.push((*id, position, line));
            }
            let text = match header.record.lines.len() {
                1 => format!("Came from {} with one line.", connection.name),
                _ => format!(
                    "Came from {} with {} lines.",
                    connection.name,
                    header.record.lines.len()
                ),
            };
            self.entries.push(*id, TimelineKind::Imported, text);
            self.touched.push(id.0);
        }
        store::document_lines::insert(tx, *company, &lines).await?;
        if store::mappings::has_item_answers(tx, connection.id).await? {
            let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
            store::document_lines::rematch(tx, *company, &ids, None).await?;
        }
        Ok(())
    }

    async fn write_changed(
        &mut self,
        tx: &mut Tx,
        changed: &[(&StoredDocument, Header<'_>)],
    ) -> Result<()> {
        let ids: Vec<i64> = changed.iter().map(|(known, _)| known.id.0).collect();
        if ids.is_empty() {
            return Ok(());
        }
        store::documents::lock(tx, &ids).await?;
        let mut stored = store::document_lines::stored(tx, &ids).await?;
        for (known, header) in changed {
            store::documents::update_header(tx, known.id, header, self.context.now).await?;
            let lines = stored.remove(&known.id.0).unwrap_or_default();
            self.merge(tx, known, header.record, &lines).await?;
            self.touched.push(known.id.0);
        }
        store::document_lines::rematch(tx, self.context.company, &ids, None).await?;
        Ok(())
    }

    async fn merge(
        &mut self,
        tx: &mut Tx,
        known: &StoredDocument,
        record: &DocumentRecord,
        stored: &[StoredLine],
    ) -> Result<()> {
        let changes = merge_lines(stored, &record.lines);
        // Read after the lock: the floor may have finished it meanwhile.
        let (status, _) = store::documents::status(tx, known.id).await?;
        let finished = status.is_final();
        let now = self.context.now;
        let mut added = Vec::new();
        for change in &changes {
            match change {
                LineChange::Add(line) => added.push((known.id, position(record, line), line)),
                LineChange::Update {
                    id,
                    record: line,
                    conflict,
                } => {
                    let late = || finished.then(|| edited_late(stored, *id)).flatten();
                    let conflict = conflict.clone().or_else(late);
                    self.note_conflict(known.id, conflict.as_ref());
                    let at = position(record, line);
                    store::document_lines::update(tx, *id, at, line, conflict.as_ref(), now)
                        .await?;
                }
                LineChange::Remove { id, conflict } => {
                    self.note_conflict(known.id, conflict.as_ref());
                    store::document_lines::remove(tx, *id, conflict.as_ref(), now).await?;
                }
            }
        }
        store::document_lines::insert(tx, self.context.company, &added).await?;
        if finished && !added.is_empty() {
            self.ask_about_late(tx, known.id, &added).await?;
        }
        let (name, changed) = (&self.context.connection.name, changes.len());
        let text = match record.lines.len() {
            1 => format!("Changed in {name}: {changed} of 1 line."),
            lines => format!("Changed in {name}: {changed} of {lines} lines."),
        };
        self.entries.push(known.id, TimelineKind::Edited, text);
        Ok(())
    }

    async fn ask_about_late(
        &mut self,
        tx: &mut Tx,
        id: DocumentId,
        added: &[(DocumentId, i32, &LineRecord)],
    ) -> Result<()> {
        let text = "The ERP added this line after the document was finished.";
        let keys: Vec<String> = added.iter().map(|line| line.2.key.clone()).collect();
        store::document_lines::ask_about_late(tx, id, &keys, text, self.context.now).await?;
        self.entries
            .push(id, TimelineKind::Conflict, text.to_owned());
        Ok(())
    }

    fn note_conflict(&mut self, id: DocumentId, conflict: Option<&Conflict>) {
        if let Some(conflict) = conflict {
            self.conflicts.push(id);
            self.entries
                .push(id, TimelineKind::Conflict, conflict.text.clone());
        }
    }

    /// Counters, tasks, timeline and one live event for the page.
    async fn close(&self, tx: &mut Tx, changed: &[(&StoredDocument, Header<'_>)]) -> Result<()> {
        if self.touched.is_empty() {
            return Ok(());
        }
        let Context {
            company,
            connection,
            now,
            correlation_id,
            ..
        } = self.context;
        documents::count_and_task(tx, &self.touched, *now).await?;
        let correlation = Some(*correlation_id);
        store::timeline::record(
            tx,
            *company,
            &self.entries,
            &connection.name,
            correlation,
            *now,
        )
        .await?;
        webhooks::conflicts_found(tx, *company, &self.conflicts, correlation_id, *now).await?;
        let mut topics = vec![
            Topic::Documents,
            Topic::Tasks,
            Topic::Board(connection.warehouse_id.0),
        ];
        topics.extend(changed.iter().map(|(known, _)| Topic::Document(known.id.0)));
        Ok(store::live::publish(tx, *company, None, &topics, "imported").await?)
    }
}

/// What a person has to decide about a line that was changed after the floor work had ended.
fn edited_late(stored: &[StoredLine], id: LineId) -> Option<Conflict> {
    let line = stored.iter().find(|line| line.id == id)?;
    Some(Conflict {
        kind: ConflictKind::Edited,
        was: line
            .conflict
            .as_ref()
            .map_or(line.requested, |waiting| waiting.was),
        text: "The ERP changed this line after the document was finished.".to_owned(),
    })
}

fn position(record: &DocumentRecord, line: &LineRecord) -> i32 {
    let index = record.lines.iter().position(|other| other.key == line.key);
    index
        .and_then(|index| i32::try_from(index).ok())
        .unwrap_or(i32::MAX)
}
