//! Partners of a page.

use super::{Context, Imported, count, last_of_each};
use crate::Result;
use domain::partner::PartnerRecord;
use store::Tx;

/// Writes a page of partners.
pub(crate) async fn import_partners(
    tx: &mut Tx,
    context: &Context<'_>,
    records: &[PartnerRecord],
) -> Result<Imported> {
    let mut imported = Imported::default();
    let (records, replaced) = last_of_each(records, |record| record.code.clone());
    for record in &replaced {
        let reason = format!(
            "Partner {} came twice on one page; the later one was taken.",
            record.code
        );
        imported.reject(&record.code, reason, record);
    }
    if let Some(run) = context.remember {
        let codes: Vec<String> = records.iter().map(|record| record.code.clone()).collect();
        imported.seen_keys = store::sync_seen::record(tx, run, &codes).await?;
    }
    let (created, updated) = store::partners::upsert(
        tx,
        context.company,
        context.connection.id,
        &records,
        context.now,
    )
    .await?;
    imported.counts.created = created;
    imported.counts.updated = updated;
    imported.counts.unchanged = count(records.len()) - created - updated;
    imported.counts.refused = count(imported.rejected.len());
    Ok(imported)
}
