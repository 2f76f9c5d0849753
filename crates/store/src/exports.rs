//! Floor lines for a file: of one document, or of every document a filter lets through.

use crate::documents::push_filter;
use crate::error::{optional_word, word};
use crate::{Error, Result, Store};
use chrono::NaiveDate;
use domain::DocumentId;
use domain::document::{DocumentFilter, DocumentKind};
use domain::export::ExportLine;
use domain::user::Caller;
use rust_decimal::Decimal;
use sqlx::{FromRow, Postgres, QueryBuilder};

const COLUMNS: &str = "select d.number, d.dated_on, d.doc_type, d.kind, d.status as document_status, d.partner_name, \
     d.warehouse_name, l.line_key, l.item_code, l.item_name, l.uom, l.requested, l.done, l.status, \
     l.reason, l.reason_text from documents d join document_lines l on l.document_id = d.id and l.wms_flag";

#[derive(FromRow)]
struct Row {
    number: String,
    dated_on: NaiveDate,
    doc_type: String,
    kind: String,
    document_status: String,
    partner_name: Option<String>,
    warehouse_name: String,
    line_key: String,
    item_code: String,
    item_name: String,
    uom: String,
    requested: Decimal,
    done: Decimal,
    status: String,
    reason: Option<String>,
    reason_text: Option<String>,
}

impl TryFrom<Row> for ExportLine {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            number: row.number,
            dated_on: row.dated_on,
            doc_type: row.doc_type,
            kind: word("documents", "kind", &row.kind)?,
            document_status: word("documents", "status", &row.document_status)?,
            partner_name: row.partner_name,
            warehouse_name: row.warehouse_name,
            line_key: row.line_key,
            item_code: row.item_code,
            item_name: row.item_name,
            uom: row.uom,
            requested: row.requested.normalize(),
            done: row.done.normalize(),
            status: word("document_lines", "status", &row.status)?,
            reason: optional_word("document_lines", "reason", row.reason.as_deref())?,
            reason_text: row.reason_text,
        })
    }
}

/// The floor lines of the documents of a filter, newest document first, at most `limit`. One
/// statement: the file shows one instant.
pub async fn of_filter(
    store: &Store,
    caller: &Caller,
    kind: DocumentKind,
    filter: &DocumentFilter,
    limit: i64,
) -> Result<Vec<ExportLine>> {
    let mut query = QueryBuilder::new(COLUMNS);
    push_filter(&mut query, caller, kind, filter);
    query.push(" order by d.dated_on desc, d.id desc, l.position, l.id limit ");
    query.push_bind(limit);
    read(store, caller, query).await
}

/// The floor lines of one document in the ERP's order.
pub async fn of_document(
    store: &Store,
    caller: &Caller,
    id: DocumentId,
    limit: i64,
) -> Result<Vec<ExportLine>> {
    let mut query = QueryBuilder::new(COLUMNS);
    query
        .push(" where d.company_id = ")
        .push_bind(caller.company_id.0);
    query.push(" and d.id = ").push_bind(id.0);
    query
        .push(" and (d.warehouse_id is null or d.warehouse_id = any(")
        .push_bind(caller.warehouse_ids())
        .push(")) order by l.position, l.id limit ")
        .push_bind(limit);
    read(store, caller, query).await
}

async fn read(
    store: &Store,
    caller: &Caller,
    mut query: QueryBuilder<Postgres>,
) -> Result<Vec<ExportLine>> {
    let mut reading = store.read(caller).await?;
    let rows: Vec<Row> = reading.all(query.build_query_as()).await?;
    rows.into_iter().map(ExportLine::try_from).collect()
}
