//! `items`, `item_barcodes`.

use crate::paging::{after_text, contains, text_cursor};
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::barcode::barcode_key;
use domain::item::{ItemDetail, ItemRecord, ItemSummary};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, ItemId, SyncRunId};
use std::collections::{BTreeSet, HashMap};

/// By code; `q` finds code, name or a whole barcode.
pub async fn list(
    store: &Store,
    caller: &Caller,
    q: Option<&str>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<ItemSummary>> {
    let (after, _) = after_text(cursor)?;
    let key = q.map(barcode_key);
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query!(
        r#"select i.id, i.code, i.name, i.uom, i.supplier, i.class, i.active, i.changed_at, i.synced_at,
                  c.name as source,
                  (select count(*) from item_barcodes b where b.item_id = i.id) as "barcodes!"
           from items i
           join connections c on c.id = i.connection_id
           where i.company_id = $1 and i.code > $2
             and ($3::text is null or i.code ilike $3 or i.name ilike $3
                  or i.id = (select b.item_id from item_barcodes b where b.company_id = $1 and b.key = $4))
           order by i.code
           limit $5"#,
        caller.company_id.0,
        after,
        contains(q),
        key,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows
        .into_iter()
        .map(|row| ItemSummary {
            id: ItemId(row.id),
            code: row.code,
            name: row.name,
            uom: row.uom,
            supplier: row.supplier,
            class: row.class,
            active: row.active,
            barcodes: row.barcodes,
            source: row.source,
            changed_at: row.changed_at,
            synced_at: row.synced_at,
        })
        .collect();
    Ok(Page::cut(rows, limit, |row| {
        text_cursor(&row.code, row.id.0)
    }))
}

/// One item with its barcodes.
pub async fn get(store: &Store, caller: &Caller, id: ItemId) -> Result<ItemDetail> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row = sqlx::query!(
        r#"select i.id, i.code, i.name, i.uom, i.supplier, i.supplier_code, i.class, i.description,
                  i.active, i.changed_at, i.synced_at, c.name as source,
                  array(select b.barcode from item_barcodes b where b.item_id = i.id order by b.barcode) as "barcodes!"
           from items i
           join connections c on c.id = i.connection_id
           where i.company_id = $1 and i.id = $2"#,
        caller.company_id.0,
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?
    .ok_or(Error::NotFound { what: "item" })?;
    Ok(ItemDetail {
        item: ItemSummary {
            id: ItemId(row.id),
            code: row.code,
            name: row.name,
            uom: row.uom,
            supplier: row.supplier,
            class: row.class,
            active: row.active,
            barcodes: i64::try_from(row.barcodes.len()).unwrap_or(i64::MAX),
            source: row.source,
            changed_at: row.changed_at,
            synced_at: row.synced_at,
        },
        description: row.description,
        supplier_code: row.supplier_code,
        barcodes: row.barcodes,
    })
}

/// What writing a page changed.
#[derive(Debug, Default)]
pub struct Written {
    /// New rows.
    pub created: Vec<ItemId>,
    /// Changed rows.
    pub updated: Vec<ItemId>,
    /// Barcodes that belong to another item: item code, barcode, owner's code.
    pub taken_barcodes: Vec<(String, String, String)>,
}

/// Writes the rows of a page that are new or differ; others are not touched, so an unchanged pass
/// writes nothing. Codes must be unique within the page.
pub async fn upsert(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    records: &[ItemRecord],
    at: DateTime<Utc>,
) -> Result<Written> {
    let mut written = Written::default();
    let rows = write_items(tx, company, connection, records, at).await?;
    for (id, created) in rows {
        if created {
            written.created.push(id)
        } else {
            written.updated.push(id)
        }
    }
    let touched = write_barcodes(tx, company, records, &mut written.taken_barcodes).await?;
    let known: std::collections::HashSet<ItemId> = written
        .created
        .iter()
        .chain(&written.updated)
        .copied()
        .collect();
    written
        .updated
        .extend(touched.into_iter().filter(|id| !known.contains(id)));
    Ok(written)
}

async fn write_items(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    records: &[ItemRecord],
    at: DateTime<Utc>,
) -> Result<Vec<(ItemId, bool)>> {
    let text = |field: fn(&ItemRecord) -> &Option<String>| -> Vec<Option<String>> {
        records.iter().map(|record| field(record).clone()).collect()
    };
    let codes: Vec<String> = records.iter().map(|record| record.code.clone()).collect();
    let names: Vec<String> = records.iter().map(|record| record.name.clone()).collect();
    let uoms: Vec<String> = records.iter().map(|record| record.uom.clone()).collect();
    let active: Vec<bool> = records.iter().map(|record| record.active).collect();
    let changed: Vec<Option<DateTime<Utc>>> =
        records.iter().map(|record| record.changed_at).collect();
    let rows = sqlx::query!(
        r#"with incoming as (
               select * from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                                    $9::text[], $10::text[], $11::bool[], $12::timestamptz[])
                   as i (code, name, uom, supplier, supplier_code, class, description, active, changed_at)
           ), differing as (
               select i.* from incoming i
               left join lateral (select * from items t where t.company_id = $1 and t.code = i.code limit 1) t on true
               where t.id is null
                  or (t.connection_id, t.name, t.uom, t.supplier, t.supplier_code, t.class, t.description, t.active, t.changed_at)
                     is distinct from
                     ($2::bigint, i.name, i.uom, i.supplier, i.supplier_code, i.class, i.description, i.active, i.changed_at)
           )
           insert into items as t (company_id, connection_id, code, name, uom, supplier, supplier_code,
                                   class, description, active, changed_at, synced_at)
           select $1, $2, code, name, uom, supplier, supplier_code, class, description, active, changed_at, $3
           from differing
           on conflict (company_id, code) do update
           set connection_id = excluded.connection_id, name = excluded.name, uom = excluded.uom,
               supplier = excluded.supplier, supplier_code = excluded.supplier_code,
               class = excluded.class, description = excluded.description, active = excluded.active,
               changed_at = excluded.changed_at, synced_at = excluded.synced_at
           where (t.connection_id, t.name, t.uom, t.supplier, t.supplier_code, t.class, t.description, t.active, t.changed_at)
                 is distinct from
                 (excluded.connection_id, excluded.name, excluded.uom, excluded.supplier, excluded.supplier_code,
                  excluded.class, excluded.description, excluded.active, excluded.changed_at)
           returning id, (xmax = 0) as "created!""#,
        company.0,
        connection.0,
        at,
        &codes,
        &names,
        &uoms,
        &text(|record| &record.supplier) as &[Option<String>],
        &text(|record| &record.supplier_code) as &[Option<String>],
        &text(|record| &record.class) as &[Option<String>],
        &text(|record| &record.description) as &[Option<String>],
        &active,
        &changed as &[Option<DateTime<Utc>>],
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (ItemId(row.id), row.created))
        .collect())
}

/// Brings the barcodes of a page's items up to date and returns the items whose barcodes changed.
/// A barcode owned by another item stays with its owner and is reported.
async fn write_barcodes(
    tx: &mut Tx,
    company: CompanyId,
    records: &[ItemRecord],
    taken: &mut Vec<(String, String, String)>,
) -> Result<Vec<ItemId>> {
    let stored = stored_barcodes(tx, company, records).await?;
    let mut dropped = Vec::new();
    let mut missing = Vec::new();
    for record in records {
        let Some(item) = stored.get(&record.code) else {
            continue;
        };
        let mut stale = item.keys.clone();
        for barcode in &record.barcodes {
            let key = barcode_key(barcode);
            stale.remove(&key);
            if !item.keys.contains(&key) {
                missing.push((item.id, key, barcode.trim()));
            }
        }
        dropped.extend(stale.into_iter().map(|key| (item.id, key)));
    }
    let mut touched = BTreeSet::new();
    // Dropped first: a barcode that moved to another item of the page is free by then.
    if !dropped.is_empty() {
        drop_barcodes(tx, company, &dropped).await?;
        touched.extend(dropped.iter().map(|(item, _)| *item));
    }
    if !missing.is_empty() {
        let added = add_barcodes(tx, company, &missing).await?;
        touched.extend(added.values());
        missing.retain(|(item, key, _)| added.get(key) != Some(item));
    }
    if !missing.is_empty() {
        taken.extend(owners(tx, company, &missing).await?);
    }
    Ok(touched.into_iter().map(ItemId).collect())
}

/// What is stored of an item's barcodes.
struct StoredBarcodes {
    id: i64,
    keys: BTreeSet<String>,
}

/// One look-up per code whatever the planner thinks of the tables' sizes: they grow under a prepared
/// statement, and row-level security hides from it how many rows there are.
async fn stored_barcodes(
    tx: &mut Tx,
    company: CompanyId,
    records: &[ItemRecord],
) -> Result<HashMap<String, StoredBarcodes>> {
    let codes: Vec<String> = records.iter().map(|record| record.code.clone()).collect();
    let rows = sqlx::query!(
        r#"select t.id as "id!", t.code as "code!", b.key as "key?"
           from unnest($2::text[]) as c (code)
           cross join lateral (select t.id, t.code from items t where t.company_id = $1 and t.code = c.code limit 1) t
           left join lateral (select b.key from item_barcodes b where b.item_id = t.id offset 0) b on true"#,
        company.0,
        &codes,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut stored: HashMap<String, StoredBarcodes> = HashMap::with_capacity(records.len());
    for row in rows {
        let item = stored.entry(row.code).or_insert_with(|| StoredBarcodes {
            id: row.id,
            keys: BTreeSet::new(),
        });
        item.keys.extend(row.key);
    }
    Ok(stored)
}

async fn drop_barcodes(tx: &mut Tx, company: CompanyId, dropped: &[(i64, String)]) -> Result<()> {
    let (items, keys): (Vec<i64>, Vec<String>) = dropped.iter().cloned().unzip();
    sqlx::query!(
        "delete from item_barcodes b
         using unnest($2::bigint[], $3::text[]) as d (item_id, key)
         where b.company_id = $1 and b.key = d.key and b.item_id = d.item_id",
        company.0,
        &items,
        &keys,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Adds barcodes that nobody owns; of two items of a page the older one gets it. Returns the new
/// owners by key.
async fn add_barcodes(
    tx: &mut Tx,
    company: CompanyId,
    missing: &[(i64, String, &str)],
) -> Result<HashMap<String, i64>> {
    let items: Vec<i64> = missing.iter().map(|row| row.0).collect();
    let keys: Vec<String> = missing.iter().map(|row| row.1.clone()).collect();
    let barcodes: Vec<String> = missing.iter().map(|row| row.2.to_owned()).collect();
    let rows = sqlx::query!(
        "insert into item_barcodes (company_id, key, item_id, barcode)
         select distinct on (i.key) $1, i.key, i.item_id, i.barcode
         from unnest($2::bigint[], $3::text[], $4::text[]) as i (item_id, key, barcode)
         order by i.key, i.item_id
         on conflict (company_id, key) do nothing
         returning key, item_id",
        company.0,
        &items,
        &keys,
        &barcodes,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.item_id)).collect())
}

/// Item code, barcode and owner's code of barcodes that belong to another item.
async fn owners(
    tx: &mut Tx,
    company: CompanyId,
    missing: &[(i64, String, &str)],
) -> Result<Vec<(String, String, String)>> {
    let items: Vec<i64> = missing.iter().map(|row| row.0).collect();
    let keys: Vec<String> = missing.iter().map(|row| row.1.clone()).collect();
    let barcodes: Vec<String> = missing.iter().map(|row| row.2.to_owned()).collect();
    let rows = sqlx::query!(
        r#"select t.code, i.barcode as "barcode!", o.code as owner
           from unnest($2::bigint[], $3::text[], $4::text[]) as i (item_id, key, barcode)
           join items t on t.id = i.item_id
           join item_barcodes b on b.company_id = $1 and b.key = i.key and b.item_id <> i.item_id
           join items o on o.id = b.item_id"#,
        company.0,
        &items,
        &keys,
        &barcodes,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.code, row.barcode, row.owner))
        .collect())
}

/// Remembers the keys a full pass has met; returns how many were new.
pub async fn mark_seen(tx: &mut Tx, run: SyncRunId, keys: &[String]) -> Result<i64> {
    let done = sqlx::query!(
        "insert into sync_seen (run_id, key) select $1, key from unnest($2::text[]) as key on conflict do nothing",
        run.0,
        keys,
    )
    .execute(tx.conn())
    .await?;
    Ok(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
}

/// How many keys the pass remembers.
pub async fn count_seen(tx: &mut Tx, run: SyncRunId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from sync_seen where run_id = $1"#,
        run.0
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(count)
}

/// Forgets the keys of a pass.
pub async fn forget_seen(tx: &mut Tx, run: SyncRunId) -> Result<()> {
    sqlx::query!("delete from sync_seen where run_id = $1", run.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Active rows of the connection, and how many of them the pass did not meet.
pub async fn count_unseen(
    tx: &mut Tx,
    connection: ConnectionId,
    run: SyncRunId,
) -> Result<(i64, i64)> {
    let row = sqlx::query!(
        r#"select count(*) as "active!",
                  count(*) filter (where s.key is null) as "unseen!"
           from items i
           left join (select key from sync_seen where run_id = $2 offset 0) s on s.key = i.code
           where i.connection_id = $1 and i.active"#,
        connection.0,
        run.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((row.active, row.unseen))
}

/// Marks what the pass did not meet as inactive; returns how many.
pub async fn deactivate_unseen(
    tx: &mut Tx,
    connection: ConnectionId,
    run: SyncRunId,
    at: DateTime<Utc>,
) -> Result<i64> {
    let done = sqlx::query!(
        "update items i set active = false, synced_at = $3
         where i.connection_id = $1 and i.active
           and not exists (select from sync_seen s where s.run_id = $2 and s.key = i.code)",
        connection.0,
        run.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(i64::try_from(done.rows_affected()).unwrap_or(i64::MAX))
}

/// The item a code or a barcode means.
pub async fn find_by_scan(
    tx: &mut Tx,
    company: CompanyId,
    text: &str,
) -> Result<Option<(ItemId, String)>> {
    let row = sqlx::query!(
        "select i.id, i.code from items i
         where i.company_id = $1
           and (i.code = $2 or i.id = (select b.item_id from item_barcodes b where b.company_id = $1 and b.key = $3))
         order by i.code = $2 desc
         limit 1",
        company.0,
        text.trim(),
        barcode_key(text),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (ItemId(row.id), row.code)))
}
