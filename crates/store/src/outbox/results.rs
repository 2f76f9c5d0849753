//! Results of documents: what is queued, and where it stands in the ERP.

use crate::error::word;
use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use domain::delivery::DeliverySettings;
use domain::document::DocumentKind;
use domain::shortage::ShortageReason;
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, DocumentId};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

/// An account that is told results.
#[derive(Debug, Clone)]
pub struct WriteBack {
    /// Identity.
    pub connection: ConnectionId,
    /// Chosen by the admin.
    pub name: String,
    /// Its delivery settings; none when they cannot be read.
    pub delivery: Option<DeliverySettings>,
}

/// The account a document's result is written into: that of its ERP, if its connector can and the
/// connection does.
pub async fn write_back(
    tx: &mut Tx,
    company: CompanyId,
    document: DocumentId,
    kind: &str,
) -> Result<Option<WriteBack>> {
    let row = sqlx::query!(
        "select c.id, c.name, c.delivery
         from documents d
         join connections c on c.id = d.connection_id
         where d.company_id = $1 and d.id = $2 and d.source = 'erp' and d.lines_wms > 0
           and $3 = any(c.push_kinds) and c.delivery @> '{\"write_back\": true}'",
        company.0,
        document.0,
        kind,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| WriteBack {
        connection: ConnectionId(row.id),
        name: row.name,
        delivery: crate::connections::delivery(row.delivery).ok(),
    }))
}

/// What names a document in its ERP, and how it ended.
#[derive(Debug, Clone)]
pub struct ResultHeader {
    /// Which way the goods go.
    pub kind: DocumentKind,
    /// The ERP's number.
    pub number: String,
    /// The ERP's type.
    pub doc_type: String,
    /// The ERP's date.
    pub dated_on: NaiveDate,
    /// When the floor finished it.
    pub finished_at: Option<DateTime<Utc>>,
}

/// The header of a document's result.
pub async fn header(tx: &mut Tx, company: CompanyId, document: DocumentId) -> Result<ResultHeader> {
    let row = sqlx::query!(
        "select kind, number, doc_type, dated_on, finished_at from documents where company_id = $1 and id = $2",
        company.0,
        document.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(ResultHeader {
        kind: word("documents", "kind", &row.kind)?,
        number: row.number,
        doc_type: row.doc_type,
        dated_on: row.dated_on,
        finished_at: row.finished_at,
    })
}

/// A line of a document's result.
#[derive(Debug, Clone)]
pub struct ResultLine {
    /// The ERP's line key.
    pub key: String,
    /// SKU as the document names it.
    pub item_code: String,
    /// Unit as the document names it.
    pub uom: String,
    /// As the ERP wants it.
    pub requested: Decimal,
    /// As the floor did it.
    pub done: Decimal,
    /// Why it is short.
    pub reason: Option<ShortageReason>,
    /// In the worker's words.
    pub reason_text: Option<String>,
    /// Lots, serials and dates with their quantities.
    pub goods: Value,
}

/// The lines that are still on the document.
pub async fn lines(
    tx: &mut Tx,
    company: CompanyId,
    document: DocumentId,
) -> Result<Vec<ResultLine>> {
    let rows = sqlx::query!(
        r#"select line_key, item_code, uom, requested, done, reason, reason_text,
                  case when done > 0 then picked_goods(id) else '[]' end as "goods!"
           from document_lines
           where company_id = $1 and document_id = $2 and removed_at is null
           order by position, id"#,
        company.0,
        document.0,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(ResultLine {
                key: row.line_key,
                item_code: row.item_code,
                uom: row.uom,
                requested: row.requested,
                done: row.done,
                reason: crate::error::optional_word(
                    "document_lines",
                    "reason",
                    row.reason.as_deref(),
                )?,
                reason_text: row.reason_text,
                goods: row.goods,
            })
        })
        .collect()
}

/// Notes on the document that its ERP has the result, unless a newer result is on its way, a person
/// said so before, or the floor is at it again. True when it was noted.
pub async fn settle_result(
    tx: &mut Tx,
    document: DocumentId,
    message: Uuid,
    number: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let noted = sqlx::query!(
        "update documents d
         set erp_entered_at = $4, erp_entered_by = c.name, erp_entered_note = $3
         from connections c
         where d.id = $1 and c.id = d.connection_id and d.status in ('partial', 'done') and d.erp_entered_at is null
           and not exists (
               select from erp_outbox o
               join erp_outbox this on this.id = $2
               where o.document_id = d.id and o.seq > this.seq and o.status in ('pending', 'in_progress', 'dead'))",
        document.0,
        message,
        number,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(noted.rows_affected() == 1)
}

/// Whether a message carries the result of a document that the caller sees.
pub async fn carries_result(store: &Store, caller: &Caller, message: Uuid) -> Result<bool> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    Ok(sqlx::query_scalar!(
        r#"select exists (
               select from erp_outbox o
               join documents d on d.id = o.document_id and d.company_id = o.company_id
               where o.company_id = $1 and o.id = $2
                 and (d.warehouse_id is null or d.warehouse_id = any($3))) as "carries!""#,
        caller.company_id.0,
        message,
        &caller.warehouse_ids(),
    )
    .fetch_one(tx.conn())
    .await?)
}
