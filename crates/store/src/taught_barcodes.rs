//! `taught_barcodes`.

use crate::{Error, Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::document::DocumentKind;
use domain::taught_barcode::TaughtBarcode;
use domain::user::Caller;
use domain::{
    CompanyId, DocumentId, ItemId, LineId, Quantity, TaughtBarcodeId, UserId, WarehouseId,
};

/// One to write down.
#[derive(Debug)]
pub struct NewTaught<'a> {
    /// Tenant.
    pub company_id: CompanyId,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Whose barcode it is said to be.
    pub item_id: ItemId,
    /// Document worked on.
    pub document_id: DocumentId,
    /// Look-up key.
    pub key: &'a str,
    /// As scanned.
    pub barcode: &'a str,
    /// Who scanned it.
    pub user: UserId,
}

/// Writes it down; answers whether it was not waiting already.
pub async fn request(tx: &mut Tx, new: &NewTaught<'_>, at: DateTime<Utc>) -> Result<bool> {
    let written = sqlx::query!(
        "insert into taught_barcodes (company_id, warehouse_id, item_id, document_id, key, barcode, taught_by, taught_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (company_id, item_id, key) where state = 'waiting' do nothing",
        new.company_id.0,
        new.warehouse_id.0,
        new.item_id.0,
        new.document_id.0,
        new.key,
        new.barcode,
        new.user.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(written.rows_affected() == 1)
}

/// The item of a line, where it has one.
pub async fn item_of_line(tx: &mut Tx, line: LineId) -> Result<Option<ItemId>> {
    let item = sqlx::query_scalar!("select item_id from document_lines where id = $1", line.0);
    let item = item.fetch_optional(tx.conn()).await?;
    Ok(item.flatten().map(ItemId))
}

/// The code of the item that a key belongs to.
pub async fn owner(tx: &mut Tx, company: CompanyId, key: &str) -> Result<Option<String>> {
    let owner = sqlx::query_scalar!(
        "select i.code from item_barcodes b join items i on i.id = b.item_id
         where b.company_id = $1 and b.key = $2",
        company.0,
        key,
    );
    Ok(owner.fetch_optional(tx.conn()).await?)
}

/// Those that wait at the caller's sites, oldest first, at most two hundred.
pub async fn waiting(store: &Store, caller: &Caller) -> Result<Vec<TaughtBarcode>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"select t.id, t.barcode, t.item_id, i.code, i.name, i.uom, u.name as taught_by, t.taught_at,
                  d.id as "document_id?", d.kind as "kind?", d.number as "number?",
                  (select o.code from item_barcodes b join items o on o.id = b.item_id
                   where b.company_id = t.company_id and b.key = t.key) as owner
           from taught_barcodes t
           join items i on i.id = t.item_id
           join users u on u.id = t.taught_by
           left join documents d on d.id = t.document_id
           where t.company_id = $1 and t.warehouse_id = any($2) and t.state = 'waiting'
           order by t.id
           limit 200"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )).await?;
    rows.into_iter()
        .map(|row| {
            let kind = row.kind.as_deref().map(str::parse::<DocumentKind>);
            let kind = kind.transpose().map_err(|word| Error::Inconsistent {
                table: "documents",
                column: "kind",
                value: word.to_string(),
            })?;
            let document = kind.zip(row.document_id).zip(row.number);
            Ok(TaughtBarcode {
                id: TaughtBarcodeId(row.id),
                barcode: row.barcode,
                item_id: ItemId(row.item_id),
                item_code: row.code,
                item_name: row.name,
                uom: row.uom,
                taught_by: row.taught_by,
                taught_at: row.taught_at,
                document: document.map(|((kind, id), number)| (kind, DocumentId(id), number)),
                owner: row.owner,
            })
        })
        .collect()
}

/// One that waits, held for a decision.
#[derive(Debug, Clone)]
pub struct Held {
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Document worked on.
    pub document_id: Option<DocumentId>,
    /// Whose barcode it is said to be.
    pub item_id: ItemId,
    /// SKU.
    pub item_code: String,
    /// Look-up key.
    pub key: String,
    /// As scanned.
    pub barcode: String,
    /// Who scanned it.
    pub taught_by: UserId,
}

/// The one of that id, if it still waits; others wait until the decision is written.
pub async fn hold(tx: &mut Tx, caller: &Caller, id: TaughtBarcodeId) -> Result<Option<Held>> {
    let row = sqlx::query!(
        "select t.warehouse_id, t.document_id, t.item_id, i.code, t.key, t.barcode, t.taught_by
         from taught_barcodes t join items i on i.id = t.item_id
         where t.id = $1 and t.company_id = $2 and t.warehouse_id = any($3) and t.state = 'waiting'
         for update of t",
        id.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Held {
        warehouse_id: WarehouseId(row.warehouse_id),
        document_id: row.document_id.map(DocumentId),
        item_id: ItemId(row.item_id),
        item_code: row.code,
        key: row.key,
        barcode: row.barcode,
        taught_by: UserId(row.taught_by),
    }))
}

/// Writes the decision.
pub async fn decide(
    tx: &mut Tx,
    id: TaughtBarcodeId,
    accepted: Option<Quantity>,
    by: UserId,
    at: DateTime<Utc>,
) -> Result<()> {
    let state = if accepted.is_some() {
        "accepted"
    } else {
        "rejected"
    };
    sqlx::query!(
        "update taught_barcodes
         set state = $2, quantity = coalesce($3, quantity), decided_by = $4, decided_at = $5
         where id = $1",
        id.0,
        state,
        accepted.map(Quantity::value),
        by.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives the barcode to its item, unless one has it; answers whether it did.
pub async fn give(
    tx: &mut Tx,
    company: CompanyId,
    held: &Held,
    quantity: Quantity,
) -> Result<bool> {
    let given = sqlx::query!(
        "insert into item_barcodes (company_id, key, item_id, barcode, quantity, taught_by)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (company_id, key) do nothing",
        company.0,
        held.key,
        held.item_id.0,
        held.barcode,
        quantity.value(),
        held.taught_by.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(given.rows_affected() == 1)
}
