//! What could make up for missing goods: where an item lies, what is to come, what other warehouses
//! hold, who delivers it.

use crate::{Result, Tx};
use domain::DocumentId;
use domain::restock::{Place, Proposal, Source, propose};
use domain::user::Caller;
use rust_decimal::Decimal;
use std::collections::HashMap;

/// An item that is missing.
#[derive(Debug)]
pub(crate) struct Missing {
    /// Which.
    pub item: i64,
    /// How much, in its unit.
    pub wanted: Decimal,
    /// Sites where it is missing.
    pub sites: Vec<i64>,
    /// Locations where it was looked for.
    pub searched: Vec<i64>,
}

/// What could be done about each item, by item. Sites are those of the caller's shortages; of other
/// warehouses the caller sees what the item's own page shows.
pub(crate) async fn proposals(
    tx: &mut Tx,
    caller: &Caller,
    missing: &[Missing],
) -> Result<HashMap<i64, Proposal>> {
    if missing.is_empty() {
        return Ok(HashMap::new());
    }
    let mut sources: HashMap<i64, Vec<Source>> = HashMap::new();
    let found = [
        on_locations(tx, caller, missing).await?,
        to_come(tx, caller, missing).await?,
        elsewhere(tx, caller, missing).await?,
    ];
    for (item, source) in found.into_iter().flatten() {
        sources.entry(item).or_default().push(source);
    }
    let mut suppliers = suppliers(tx, caller, missing).await?;
    let proposed = missing.iter().filter_map(|one| {
        let known = sources.remove(&one.item).unwrap_or_default();
        let proposal = propose(one.wanted, known, suppliers.remove(&one.item))?;
        Some((one.item, proposal))
    });
    Ok(proposed.collect())
}

/// The items, and the sites where each is missing, pair by pair.
fn pairs(missing: &[Missing]) -> (Vec<i64>, Vec<i64>) {
    missing
        .iter()
        .flat_map(|one| one.sites.iter().map(move |site| (one.item, *site)))
        .unzip()
}

fn items(missing: &[Missing]) -> Vec<i64> {
    missing.iter().map(|one| one.item).collect()
}

fn of(missing: &[Missing], item: i64) -> Option<&Missing> {
    missing.iter().find(|one| one.item == item)
}

async fn on_locations(
    tx: &mut Tx,
    caller: &Caller,
    missing: &[Missing],
) -> Result<Vec<(i64, Source)>> {
    let (items, sites) = pairs(missing);
    let rows = sqlx::query!(
        r#"select m.item_id, c.id as location_id, c.code, sum(m.quantity) as "quantity!"
           from unnest($2::bigint[], $3::bigint[]) as w (item_id, warehouse_id)
           join stock_moves m on m.item_id = w.item_id and m.warehouse_id = w.warehouse_id and m.company_id = $1
           join locations c on c.id = m.location_id and c.active
           group by m.item_id, c.id, c.code
           having sum(m.quantity) > 0"#,
        caller.company_id.0,
        &items,
        &sites,
    )
    .fetch_all(tx.conn())
    .await?;
    let searched = |item: i64, location: i64| {
        of(missing, item).is_some_and(|one| one.searched.contains(&location))
    };
    Ok(rows
        .into_iter()
        .filter(|row| !searched(row.item_id, row.location_id))
        .map(|row| {
            let place = Place::Location { code: row.code };
            let quantity = row.quantity.normalize();
            (row.item_id, Source { place, quantity })
        })
        .collect())
}

/// Lines of open receipts that nobody reported short.
async fn to_come(tx: &mut Tx, caller: &Caller, missing: &[Missing]) -> Result<Vec<(i64, Source)>> {
    let (items, sites) = pairs(missing);
    let rows = sqlx::query!(
        r#"select l.item_id as "item_id!", d.id, d.number, d.dated_on, sum(l.requested - l.done) as "quantity!"
           from documents d
           join document_lines l on l.document_id = d.id and l.wms_flag and l.removed_at is null
             and l.reason is null and l.requested > l.done
           where d.company_id = $1 and d.warehouse_id = any($3) and d.kind = 'receipt'
             and d.status in ('new', 'in_progress') and d.lines_wms > 0
             and (l.item_id, d.warehouse_id) in (
                 select w.item_id, w.warehouse_id
                 from unnest($2::bigint[], $3::bigint[]) as w (item_id, warehouse_id))
           group by l.item_id, d.id, d.number, d.dated_on"#,
        caller.company_id.0,
        &items,
        &sites,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let place = Place::Receipt {
                id: DocumentId(row.id),
                number: row.number,
                dated_on: row.dated_on,
            };
            let quantity = row.quantity.normalize();
            (row.item_id, Source { place, quantity })
        })
        .collect())
}

async fn elsewhere(
    tx: &mut Tx,
    caller: &Caller,
    missing: &[Missing],
) -> Result<Vec<(i64, Source)>> {
    let rows = sqlx::query!(
        r#"select i.id, s.warehouse_name, s.warehouse_id, s.quantity, s.as_of
           from items i
           join item_stock s on s.company_id = i.company_id and s.connection_id = i.connection_id
             and s.item_code = i.code and s.quantity > 0
           where i.company_id = $1 and i.id = any($2)
             and (s.warehouse_id is null or s.warehouse_id = any($3))"#,
        caller.company_id.0,
        &items(missing),
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    let own = |item: i64, site: Option<i64>| {
        site.is_some_and(|site| of(missing, item).is_some_and(|one| one.sites.contains(&site)))
    };
    Ok(rows
        .into_iter()
        .filter(|row| !own(row.id, row.warehouse_id))
        .map(|row| {
            let place = Place::Warehouse {
                name: row.warehouse_name,
                as_of: row.as_of,
            };
            let quantity = row.quantity.normalize();
            (row.id, Source { place, quantity })
        })
        .collect())
}

async fn suppliers(
    tx: &mut Tx,
    caller: &Caller,
    missing: &[Missing],
) -> Result<HashMap<i64, String>> {
    let rows = sqlx::query!(
        r#"select id, supplier as "supplier!" from items
           where company_id = $1 and id = any($2) and supplier is not null"#,
        caller.company_id.0,
        &items(missing),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.supplier)).collect())
}
