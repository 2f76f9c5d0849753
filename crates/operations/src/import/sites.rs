//! Display names of sites on a page.

use super::Context;
use crate::Result;
use domain::WarehouseId;
use domain::live::Topic;
use domain::mapping::{MappingKind, mapping_key};
use std::collections::{BTreeMap, HashMap};
use store::Tx;

/// Our site per compared display name; people are asked about names met for the first time.
pub(super) async fn resolve(
    tx: &mut Tx,
    context: &Context<'_>,
    names: impl Iterator<Item = &str>,
) -> Result<HashMap<String, WarehouseId>> {
    let (company, connection) = (context.company, context.connection.id);
    let kind = MappingKind::Warehouse;
    let answers = store::mappings::answers(tx, connection, kind).await?;
    let mut unknown: BTreeMap<String, String> = BTreeMap::new();
    let mut sites = HashMap::new();
    let mut last = None;
    for name in names {
        // Rows of one site mostly follow one another.
        if last == Some(name) {
            continue;
        }
        last = Some(name);
        let key = mapping_key(name);
        match answers.get(&key) {
            None => {
                unknown.entry(key).or_insert_with(|| name.to_owned());
            }
            Some(None) => {}
            Some(Some(_)) if sites.contains_key(&key) => {}
            Some(Some(code)) => {
                if let Some(id) = store::warehouses::find_by_code(tx, company, code).await? {
                    sites.insert(key, id);
                }
            }
        }
    }
    let unknown: Vec<String> = unknown.into_values().collect();
    if !unknown.is_empty()
        && store::mappings::ask(tx, company, connection, kind, &unknown, context.now).await? > 0
    {
        store::live::publish(tx, company, None, &[Topic::Mappings], "asked").await?;
    }
    Ok(sites)
}
