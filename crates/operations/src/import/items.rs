//! Items of a page: units translated, barcodes guarded, waiting lines matched.

use super::{Context, Imported, count, last_of_each};
use crate::{Result, documents};
use domain::DocumentId;
use domain::item::ItemRecord;
use domain::mapping::{MappingKind, mapping_key};
use domain::timeline::TimelineKind;
use std::collections::HashMap;
use store::Tx;
use store::document_lines::Matching;
use store::items::Written;
use store::timeline::NewEntries;

/// Writes a page of items.
pub(crate) async fn import_items(
    tx: &mut Tx,
    context: &Context<'_>,
    records: &[ItemRecord],
) -> Result<Imported> {
    let mut imported = Imported::default();
    let (records, replaced) = last_of_each(records, |record| record.code.clone());
    for record in &replaced {
        let reason = format!(
            "Item {} came twice on one page; the later one was taken.",
            record.code
        );
        imported.reject(&record.code, reason, record);
    }
    if let Some(run) = context.remember {
        let codes: Vec<String> = records.iter().map(|record| record.code.clone()).collect();
        imported.seen_keys = store::sync_seen::record(tx, run, &codes).await?;
    }
    let records = translate_units(tx, context, records, &mut imported).await?;
    store::document_lines::hold_matching(tx, context.company, Matching::Answers).await?;
    let connection = context.connection.id;
    let written =
        store::items::upsert(tx, context.company, connection, &records, context.now).await?;
    report_barcodes(&written, &records, &mut imported);
    free_waiting_lines(tx, context, &written, None).await?;
    let counts = &mut imported.counts;
    counts.created = count(written.created.len());
    counts.updated = count(written.updated.len());
    counts.unchanged = count(records.len()) - counts.created - counts.updated;
    counts.refused = count(imported.rejected.len());
    Ok(imported)
}

/// Writes one item that was fetched on demand, and matches the lines that asked for it.
pub(crate) async fn import_looked_up(
    tx: &mut Tx,
    context: &Context<'_>,
    code: &str,
    record: ItemRecord,
) -> Result<bool> {
    let mut imported = Imported::default();
    let records = translate_units(tx, context, vec![record], &mut imported).await?;
    store::document_lines::hold_matching(tx, context.company, Matching::Answers).await?;
    let connection = context.connection.id;
    let mut written =
        store::items::upsert(tx, context.company, connection, &records, context.now).await?;
    if written.created.is_empty() && written.updated.is_empty() {
        let Some(record) = records.first() else {
            return Ok(false);
        };
        let known = store::items::find_by_scan(tx, context.company, &record.code).await?;
        written.updated.extend(known.map(|(id, _)| id));
    }
    free_waiting_lines(tx, context, &written, Some(code)).await?;
    Ok(!records.is_empty())
}

/// Replaces each upstream unit by ours; an item with an unknown one is refused, and a person asked.
async fn translate_units(
    tx: &mut Tx,
    context: &Context<'_>,
    records: Vec<ItemRecord>,
    imported: &mut Imported,
) -> Result<Vec<ItemRecord>> {
    let ours: HashMap<String, String> = store::companies::uom_codes(tx, context.company)
        .await?
        .into_iter()
        .map(|code| (mapping_key(&code), code))
        .collect();
    let answers = store::mappings::answers(tx, context.connection.id, MappingKind::Uom).await?;
    let mut unknown = Vec::new();
    let mut translated = Vec::with_capacity(records.len());
    for mut record in records {
        let key = mapping_key(&record.uom);
        match (answers.get(&key), ours.get(&key)) {
            (Some(Some(code)), _) | (None, Some(code)) => {
                record.uom.clone_from(code);
                translated.push(record);
            }
            (Some(None), _) => {
                let reason = format!("Unit '{}' is set to be ignored under Mappings.", record.uom);
                imported.reject(&record.code, reason, &record);
            }
            (None, None) => {
                let reason = format!(
                    "Unit '{}' is unknown. Say what it means under Mappings; the item then comes with a full sync.",
                    record.uom
                );
                imported.reject(&record.code, reason, &record);
                unknown.push(record.uom);
            }
        }
    }
    if !unknown.is_empty() {
        let (company, connection) = (context.company, context.connection.id);
        store::mappings::ask(
            tx,
            company,
            connection,
            MappingKind::Uom,
            &unknown,
            context.now,
        )
        .await?;
    }
    Ok(translated)
}

fn report_barcodes(written: &Written, records: &[ItemRecord], imported: &mut Imported) {
    for (code, barcode, owner) in &written.taken_barcodes {
        let reason = format!(
            "Barcode {barcode} already belongs to item {owner}; item {code} was taken without it. Correct one of them in the ERP."
        );
        let row = records.iter().find(|record| record.code == *code);
        imported.reject(code, reason, &row);
    }
}

/// Documents that waited for one of these items are matched and judged again.
async fn free_waiting_lines(
    tx: &mut Tx,
    context: &Context<'_>,
    written: &Written,
    looked_up: Option<&str>,
) -> Result<()> {
    let items: Vec<i64> = written
        .created
        .iter()
        .chain(&written.updated)
        .map(|id| id.0)
        .collect();
    if items.is_empty() {
        return Ok(());
    }
    let waiting = store::document_lines::documents_awaiting(tx, context.company, &items).await?;
    if waiting.is_empty() {
        return Ok(());
    }
    store::documents::lock(tx, &waiting).await?;
    store::document_lines::rematch(tx, context.company, &waiting, looked_up).await?;
    documents::count_and_task(tx, &waiting, context.now).await?;
    match looked_up {
        Some(code) => tell_looked_up(tx, context, &waiting, code).await,
        None => Ok(()),
    }
}

async fn tell_looked_up(
    tx: &mut Tx,
    context: &Context<'_>,
    documents: &[i64],
    code: &str,
) -> Result<()> {
    let mut entries = NewEntries::default();
    for id in documents {
        let text = format!("Item {code} was asked for in the ERP and came; its lines are matched.");
        entries.push(DocumentId(*id), TimelineKind::Recalculated, text);
    }
    let (company, actor) = (context.company, &context.connection.name);
    let id = Some(context.correlation_id);
    store::timeline::record(tx, company, &entries, actor, id, context.now).await?;
    Ok(())
}
