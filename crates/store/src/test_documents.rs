//! Documents made here to try things out: the only ones that can be deleted.

use crate::{Result, Tx};
use domain::barcode::barcode_key;
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, DocumentId, WarehouseId};

/// The connection's site, when the caller sees it.
pub async fn site_of(
    tx: &mut Tx,
    caller: &Caller,
    connection: ConnectionId,
) -> Result<Option<(WarehouseId, String)>> {
    let row = sqlx::query!(
        "select w.id, w.code from connections c
         join warehouses w on w.id = c.warehouse_id
         where c.id = $1 and c.company_id = $2 and w.id = any($3)",
        connection.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (WarehouseId(row.id), row.code)))
}

/// An item named on a test document.
#[derive(Debug, Clone)]
pub struct KnownItem {
    /// Code.
    pub code: String,
    /// Title.
    pub name: String,
    /// Unit.
    pub uom: String,
}

/// The items of codes or barcodes, in the order asked; none for what names no item.
pub async fn items(
    tx: &mut Tx,
    company: CompanyId,
    codes: &[String],
) -> Result<Vec<Option<KnownItem>>> {
    let keys: Vec<String> = codes.iter().map(|code| barcode_key(code)).collect();
    let rows = sqlx::query!(
        r#"select i.code as "code?", i.name as "name?", i.uom as "uom?"
           from unnest($2::text[], $3::text[]) with ordinality as k (code, key, place)
           left join lateral (
               select i.code, i.name, i.uom from items i
               where i.company_id = $1
                 and (i.code = k.code
                      or i.id = (select b.item_id from item_barcodes b where b.company_id = $1 and b.key = k.key))
               order by i.code = k.code desc
               limit 1
           ) i on true
           order by k.place"#,
        company.0,
        codes,
        &keys,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            Some(KnownItem {
                code: row.code?,
                name: row.name?,
                uom: row.uom?,
            })
        })
        .collect())
}

/// What is about to be deleted, or why not.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Number.
    pub number: String,
    /// Whether it was made here; a real one is never deleted.
    pub is_test: bool,
    /// Its site.
    pub warehouse: Option<WarehouseId>,
    /// Lines on it.
    pub lines: i64,
    /// What people did with it.
    pub operations: i64,
}

/// A document of the caller's sites, read after it was locked.
pub async fn find(tx: &mut Tx, caller: &Caller, id: DocumentId) -> Result<Option<Candidate>> {
    let row = sqlx::query!(
        r#"select d.number, d.source = 'test' as "is_test!", d.warehouse_id,
                  (select count(*) from document_lines l where l.document_id = d.id) as "lines!",
                  (select count(*) from operations o join tasks t on t.id = o.task_id
                   where t.document_id = d.id) as "operations!"
           from documents d
           where d.id = $1 and d.company_id = $2 and (d.warehouse_id is null or d.warehouse_id = any($3))"#,
        id.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Candidate {
        number: row.number,
        is_test: row.is_test,
        warehouse: row.warehouse_id.map(WarehouseId),
        lines: row.lines,
        operations: row.operations,
    }))
}

/// Deletes a test document with its lines, task, operations and timeline; a real one stays.
pub async fn delete(tx: &mut Tx, id: DocumentId) -> Result<bool> {
    sqlx::query!(
        "delete from operations o
         using tasks t, documents d
         where o.task_id = t.id and t.document_id = d.id and d.id = $1 and d.source = 'test'",
        id.0,
    )
    .execute(tx.conn())
    .await?;
    let done = sqlx::query!(
        "delete from documents where id = $1 and source = 'test'",
        id.0
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
