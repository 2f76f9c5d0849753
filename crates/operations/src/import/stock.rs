//! Stock of a page: names translated, levels written that differ, the others left alone.

use super::{Context, Imported, count, last_of_each};
use crate::Result;
use domain::mapping::mapping_key;
use domain::stock::StockRecord;
use domain::{SyncRunId, WarehouseId};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, HashMap};
use store::Tx;
use store::document_lines::Matching;
use store::stock::{NewLevel, StoredLevels};

/// Writes a page of stock.
pub(crate) async fn import_stock(
    tx: &mut Tx,
    context: &Context<'_>,
    run: SyncRunId,
    records: &[StockRecord],
) -> Result<Imported> {
    let mut imported = Imported::default();
    let (records, replaced) = last_of_each(records, |record| record.item_code.clone());
    for record in &replaced {
        let code = &record.item_code;
        let reason =
            format!("The stock of item {code} came twice on one page; the later one was taken.");
        imported.reject(code, reason, record);
    }
    let codes: Vec<String> = records
        .iter()
        .map(|record| record.item_code.clone())
        .collect();
    if let Some(run) = context.remember {
        imported.seen_keys = store::sync_seen::record(tx, run, &codes).await?;
    }
    store::document_lines::hold_matching(tx, context.company, Matching::Writes).await?;
    let names = records
        .iter()
        .flat_map(|record| &record.levels)
        .map(|level| level.warehouse.as_str());
    let sites = super::sites::resolve(tx, context, names).await?;
    let connection = context.connection.id;
    let stored = store::stock::of_items(tx, connection, &codes).await?;
    let mut changes = Changes::default();
    let unknown = StoredLevels::new();
    for record in &records {
        for level in &record.refused {
            imported.reject(&record.item_code, level.reason.clone(), record);
        }
        changes.compare(
            record,
            stored.get(&record.item_code).unwrap_or(&unknown),
            &sites,
        );
    }
    store::stock::remove(tx, connection, &changes.gone).await?;
    store::stock::write(
        tx,
        context.company,
        connection,
        run,
        &changes.levels,
        context.now,
    )
    .await?;
    imported.counts.created = changes.created;
    imported.counts.updated = changes.updated;
    imported.counts.unchanged = count(records.len()) - changes.created - changes.updated;
    imported.counts.refused = count(imported.rejected.len());
    Ok(imported)
}

/// What a page changes.
#[derive(Default)]
struct Changes<'a> {
    levels: Vec<NewLevel<'a>>,
    gone: Vec<(String, String)>,
    created: i64,
    updated: i64,
}

impl<'a> Changes<'a> {
    /// A record is all there is to say about its item: a warehouse it does not name holds none, and
    /// an amount that was refused is not known any more.
    fn compare(
        &mut self,
        record: &'a StockRecord,
        stored: &StoredLevels,
        sites: &HashMap<String, WarehouseId>,
    ) {
        let before = self.levels.len() + self.gone.len();
        let told = told(record);
        for key in stored.keys().filter(|key| !told.contains_key(*key)) {
            self.gone.push((record.item_code.clone(), key.clone()));
        }
        for (key, (name, quantity)) in told {
            let site = sites.get(&key).copied();
            if stored.get(&key) != Some(&(quantity, site.map(|id| id.0))) {
                self.levels.push(NewLevel {
                    item_code: &record.item_code,
                    warehouse_key: key,
                    warehouse_name: name,
                    warehouse_id: site,
                    quantity,
                });
            }
        }
        if self.levels.len() + self.gone.len() > before {
            match stored.is_empty() {
                true => self.created += 1,
                false => self.updated += 1,
            }
        }
    }
}

/// The record's levels by compared name; spellings of one name are one warehouse.
fn told(record: &StockRecord) -> BTreeMap<String, (&str, Decimal)> {
    let mut told: BTreeMap<String, (&str, Decimal)> = BTreeMap::new();
    for level in &record.levels {
        let entry = told
            .entry(mapping_key(&level.warehouse))
            .or_insert((level.warehouse.as_str(), Decimal::ZERO));
        entry.1 += level.quantity.value();
    }
    told
}
