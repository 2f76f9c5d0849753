//! Writing a page of items with their barcodes: compare first, then write what differs.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::barcode::barcode_key;
use domain::item::ItemRecord;
use domain::{CompanyId, ConnectionId, ItemId};
use rust_decimal::Decimal;
use std::collections::{BTreeSet, HashMap};

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
    let columns = Columns::of(records);
    let mut stored = stored(tx, company, connection, &columns).await?;
    let differing: Vec<&ItemRecord> = records
        .iter()
        .filter(|record| stored.get(&record.code).is_none_or(|item| item.differs))
        .collect();
    if !differing.is_empty() {
        let columns = Columns::of(differing);
        for (id, code, created) in write(tx, company, connection, &columns, at).await? {
            if created {
                written.created.push(ItemId(id));
                stored.insert(code, Stored::new(id));
            } else {
                written.updated.push(ItemId(id));
                // Another transaction may have added it since the comparison.
                stored.entry(code).or_insert_with(|| Stored::new(id));
            }
        }
    }
    let touched =
        write_barcodes(tx, company, records, &stored, &mut written.taken_barcodes).await?;
    let known: BTreeSet<i64> = written
        .created
        .iter()
        .chain(&written.updated)
        .map(|id| id.0)
        .collect();
    let barcodes_only = touched.difference(&known).copied().map(ItemId);
    written.updated.extend(barcodes_only);
    Ok(written)
}

/// The rows as the arrays that statements take.
#[derive(Default)]
struct Columns<'a> {
    codes: Vec<&'a str>,
    names: Vec<&'a str>,
    uoms: Vec<&'a str>,
    suppliers: Vec<Option<&'a str>>,
    supplier_codes: Vec<Option<&'a str>>,
    classes: Vec<Option<&'a str>>,
    descriptions: Vec<Option<&'a str>>,
    active: Vec<bool>,
    changed: Vec<Option<DateTime<Utc>>>,
}

impl<'a> Columns<'a> {
    fn of(records: impl IntoIterator<Item = &'a ItemRecord>) -> Self {
        let mut columns = Self::default();
        for record in records {
            columns.codes.push(&record.code);
            columns.names.push(&record.name);
            columns.uoms.push(&record.uom);
            columns.suppliers.push(record.supplier.as_deref());
            columns.supplier_codes.push(record.supplier_code.as_deref());
            columns.classes.push(record.class.as_deref());
            columns.descriptions.push(record.description.as_deref());
            columns.active.push(record.active);
            columns.changed.push(record.changed_at);
        }
        columns
    }
}

/// What we hold of an item before the page is written.
struct Stored {
    id: i64,
    differs: bool,
    /// The ERP's barcodes, as [`Wanted::identity`] writes them; those from the floor are not its.
    owned: Vec<String>,
}

impl Stored {
    fn new(id: i64) -> Self {
        Self {
            id,
            differs: true,
            owned: Vec::new(),
        }
    }
}

/// One look-up per code whatever the planner thinks of the tables' sizes: they grow under a prepared
/// statement, and row-level security hides from it how many rows there are.
async fn stored(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    columns: &Columns<'_>,
) -> Result<HashMap<String, Stored>> {
    let rows = sqlx::query!(
        r#"select t.id as "id!", t.code as "code!",
                  (t.connection_id, t.name, t.uom, t.supplier, t.supplier_code, t.class, t.description, t.active, t.changed_at)
                  is distinct from
                  ($2::bigint, i.name, i.uom, i.supplier, i.supplier_code, i.class, i.description, i.active, i.changed_at) as "differs!",
                  array(select b.key || case when b.quantity = 1 then '' else e'\t' || trim_scale(b.quantity) end
                        from item_barcodes b where b.item_id = t.id and b.taught_by is null) as "owned!"
           from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
                       $10::bool[], $11::timestamptz[])
                as i (code, name, uom, supplier, supplier_code, class, description, active, changed_at)
           cross join lateral (select * from items t where t.company_id = $1 and t.code = i.code limit 1) t"#,
        company.0,
        connection.0,
        &columns.codes as &[&str],
        &columns.names as &[&str],
        &columns.uoms as &[&str],
        &columns.suppliers as &[Option<&str>],
        &columns.supplier_codes as &[Option<&str>],
        &columns.classes as &[Option<&str>],
        &columns.descriptions as &[Option<&str>],
        &columns.active,
        &columns.changed as &[Option<DateTime<Utc>>],
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let stored = Stored {
                id: row.id,
                differs: row.differs,
                owned: row.owned,
            };
            (row.code, stored)
        })
        .collect())
}

/// Id, code and whether it is new, of each row written. The guard stays: another transaction may
/// have written the same row since the comparison.
async fn write(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    columns: &Columns<'_>,
    at: DateTime<Utc>,
) -> Result<Vec<(i64, String, bool)>> {
    let rows = sqlx::query!(
        r#"insert into items as t (company_id, connection_id, code, name, uom, supplier, supplier_code,
                                   class, description, active, changed_at, synced_at)
           select $1, $2, code, name, uom, supplier, supplier_code, class, description, active, changed_at, $3
           from unnest($4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
                       $11::bool[], $12::timestamptz[])
                as i (code, name, uom, supplier, supplier_code, class, description, active, changed_at)
           on conflict (company_id, code) do update
           set connection_id = excluded.connection_id, name = excluded.name, uom = excluded.uom,
               supplier = excluded.supplier, supplier_code = excluded.supplier_code,
               class = excluded.class, description = excluded.description, active = excluded.active,
               changed_at = excluded.changed_at, synced_at = excluded.synced_at
           where (t.connection_id, t.name, t.uom, t.supplier, t.supplier_code, t.class, t.description, t.active, t.changed_at)
                 is distinct from
                 (excluded.connection_id, excluded.name, excluded.uom, excluded.supplier, excluded.supplier_code,
                  excluded.class, excluded.description, excluded.active, excluded.changed_at)
           returning id, code, (xmax = 0) as "created!""#,
        company.0,
        connection.0,
        at,
        &columns.codes as &[&str],
        &columns.names as &[&str],
        &columns.uoms as &[&str],
        &columns.suppliers as &[Option<&str>],
        &columns.supplier_codes as &[Option<&str>],
        &columns.classes as &[Option<&str>],
        &columns.descriptions as &[Option<&str>],
        &columns.active,
        &columns.changed as &[Option<DateTime<Utc>>],
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.id, row.code, row.created))
        .collect())
}

/// A barcode that an item should have.
struct Wanted<'a> {
    key: String,
    barcode: &'a str,
    quantity: Decimal,
}

impl<'a> Wanted<'a> {
    /// Those of an item, packs after its own; a pack of nothing is none.
    fn of(record: &'a ItemRecord) -> Vec<Self> {
        let own = record
            .barcodes
            .iter()
            .map(|barcode| (barcode.as_str(), Decimal::ONE));
        let packs = record.packs.iter().filter(|pack| !pack.quantity.is_zero());
        let packs = packs.map(|pack| (pack.barcode.as_str(), pack.quantity.value()));
        let mut all: Vec<Self> = Vec::with_capacity(record.barcodes.len());
        for (barcode, quantity) in own.chain(packs) {
            let key = barcode_key(barcode);
            if all.iter().all(|known| known.key != key) {
                let (barcode, quantity) = (barcode.trim(), quantity.normalize());
                all.push(Self {
                    key,
                    barcode,
                    quantity,
                });
            }
        }
        all
    }

    /// The key, and after a tab what it stands for unless that is one.
    fn identity(&self) -> String {
        match self.quantity == Decimal::ONE {
            true => self.key.clone(),
            false => format!("{}\t{}", self.key, self.quantity),
        }
    }
}

/// Brings the barcodes of a page's items up to date and returns the items whose barcodes changed.
/// A barcode owned by another item stays with its owner and is reported.
async fn write_barcodes(
    tx: &mut Tx,
    company: CompanyId,
    records: &[ItemRecord],
    stored: &HashMap<String, Stored>,
    taken: &mut Vec<(String, String, String)>,
) -> Result<BTreeSet<i64>> {
    let mut dropped = Vec::new();
    let mut missing = Vec::new();
    for record in records {
        let Some(item) = stored.get(&record.code) else {
            continue;
        };
        let wanted = Wanted::of(record);
        let stale = item
            .owned
            .iter()
            .filter(|owned| wanted.iter().all(|wanted| wanted.identity() != **owned));
        let key = |owned: &String| owned.split('\t').next().unwrap_or_default().to_owned();
        dropped.extend(stale.map(|owned| (item.id, key(owned))));
        let new = wanted
            .into_iter()
            .filter(|wanted| !item.owned.contains(&wanted.identity()));
        missing.extend(new.map(|wanted| (item.id, wanted)));
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
        missing.retain(|(item, wanted)| added.get(&wanted.key) != Some(item));
    }
    if !missing.is_empty() {
        taken.extend(owners(tx, company, &missing).await?);
    }
    Ok(touched)
}

async fn drop_barcodes(tx: &mut Tx, company: CompanyId, dropped: &[(i64, String)]) -> Result<()> {
    let (items, keys): (Vec<i64>, Vec<String>) = dropped.iter().cloned().unzip();
    sqlx::query!(
        "delete from item_barcodes b
         using unnest($2::bigint[], $3::text[]) as d (item_id, key)
         where b.company_id = $1 and b.key = d.key and b.item_id = d.item_id and b.taught_by is null",
        company.0,
        &items,
        &keys,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Adds barcodes that nobody owns; of two items of a page the older one gets it. One that came from
/// the floor becomes the ERP's where both mean the same item. Returns the new owners by key.
async fn add_barcodes(
    tx: &mut Tx,
    company: CompanyId,
    missing: &[(i64, Wanted<'_>)],
) -> Result<HashMap<String, i64>> {
    let items: Vec<i64> = missing.iter().map(|row| row.0).collect();
    let keys: Vec<&str> = missing.iter().map(|row| row.1.key.as_str()).collect();
    let barcodes: Vec<&str> = missing.iter().map(|row| row.1.barcode).collect();
    let quantities: Vec<Decimal> = missing.iter().map(|row| row.1.quantity).collect();
    let rows = sqlx::query!(
        "insert into item_barcodes as t (company_id, key, item_id, barcode, quantity)
         select distinct on (i.key) $1, i.key, i.item_id, i.barcode, i.quantity
         from unnest($2::bigint[], $3::text[], $4::text[], $5::numeric[]) as i (item_id, key, barcode, quantity)
         order by i.key, i.item_id
         on conflict (company_id, key) do update
         set barcode = excluded.barcode, quantity = excluded.quantity, taught_by = null
         where t.item_id = excluded.item_id and t.taught_by is not null
         returning key, item_id",
        company.0,
        &items,
        &keys as &[&str],
        &barcodes as &[&str],
        &quantities,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.key, row.item_id)).collect())
}

/// Item code, barcode and owner's code of barcodes that belong to another item.
async fn owners(
    tx: &mut Tx,
    company: CompanyId,
    missing: &[(i64, Wanted<'_>)],
) -> Result<Vec<(String, String, String)>> {
    let items: Vec<i64> = missing.iter().map(|row| row.0).collect();
    let keys: Vec<&str> = missing.iter().map(|row| row.1.key.as_str()).collect();
    let barcodes: Vec<&str> = missing.iter().map(|row| row.1.barcode).collect();
    let rows = sqlx::query!(
        r#"select t.code, i.barcode as "barcode!", o.code as owner
           from unnest($2::bigint[], $3::text[], $4::text[]) as i (item_id, key, barcode)
           join items t on t.id = i.item_id
           join item_barcodes b on b.company_id = $1 and b.key = i.key and b.item_id <> i.item_id
           join items o on o.id = b.item_id"#,
        company.0,
        &items,
        &keys as &[&str],
        &barcodes as &[&str],
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.code, row.barcode, row.owner))
        .collect())
}
