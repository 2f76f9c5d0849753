//! The list and one document.

use super::push_filter;
use crate::error::{optional_word, word};
use crate::keyset::{self, Column, Keyset};
use crate::{Error, Result, Scope, Store, document_lines, rests, tasks};
use chrono::{DateTime, NaiveDate, Utc};
use domain::document::{
    DocumentDetail, DocumentFilter, DocumentKind, DocumentSort, DocumentSummary, EnteredByHand,
    ErpEntry, OnItsWay,
};
use domain::page::{Cursor, Page};
use domain::rest::Rest;
use domain::user::Caller;
use domain::{DocumentId, WarehouseId};
use sqlx::{FromRow, QueryBuilder};

/// The columns of a summary, for every reader of `document_summaries d`.
const SUMMARY: &str = "d.id, d.kind, d.number, d.doc_type, d.doc_type_name, d.dated_on, d.warehouse_name, \
     d.warehouse_id, d.partner_name, d.status, d.lines_total, d.lines_wms, d.lines_done, d.conflicts, \
     d.assigned_to, d.source, d.updated_at";

#[derive(FromRow)]
struct SummaryRow {
    id: i64,
    kind: String,
    number: String,
    doc_type: String,
    doc_type_name: Option<String>,
    dated_on: NaiveDate,
    warehouse_name: String,
    warehouse_id: Option<i64>,
    partner_name: Option<String>,
    status: String,
    lines_total: i32,
    lines_wms: i32,
    lines_done: i32,
    conflicts: i32,
    assigned_to: Option<String>,
    source: String,
    updated_at: DateTime<Utc>,
}

impl TryFrom<SummaryRow> for DocumentSummary {
    type Error = Error;
    fn try_from(row: SummaryRow) -> Result<Self> {
        Ok(Self {
            id: DocumentId(row.id),
            kind: word("documents", "kind", &row.kind)?,
            number: row.number,
            doc_type: row.doc_type,
            doc_type_name: row.doc_type_name,
            dated_on: row.dated_on,
            warehouse_name: row.warehouse_name,
            warehouse_id: row.warehouse_id.map(WarehouseId),
            partner_name: row.partner_name,
            status: word("documents", "status", &row.status)?,
            lines_total: row.lines_total,
            lines_wms: row.lines_wms,
            lines_done: row.lines_done,
            conflicts: row.conflicts,
            assigned_to: row.assigned_to,
            source: word("documents", "source", &row.source)?,
            updated_at: row.updated_at,
        })
    }
}

#[derive(FromRow)]
struct ListRow {
    #[sqlx(flatten)]
    summary: SummaryRow,
    sort_key: String,
}

fn column(sort: DocumentSort) -> Column {
    match sort {
        DocumentSort::DatedOn => keyset::day("d.dated_on"),
        DocumentSort::Number => keyset::text("d.number"),
        DocumentSort::DocType => keyset::text("d.doc_type"),
        DocumentSort::Status => keyset::text("d.status"),
        DocumentSort::Partner => keyset::text("coalesce(d.partner_name, '')"),
        DocumentSort::Warehouse => keyset::text("d.warehouse_name"),
        DocumentSort::LinesWms => keyset::number("d.lines_wms::bigint"),
        DocumentSort::UpdatedAt => keyset::instant("d.updated_at"),
    }
}

/// Sorted as the filter says, newest date first when it does not.
pub async fn list(
    store: &Store,
    caller: &Caller,
    kind: DocumentKind,
    filter: &DocumentFilter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<DocumentSummary>> {
    let keyset = Keyset::new(filter.sort, column(filter.sort.by), "d.id", cursor)?;
    let key = keyset.key();
    let mut query = QueryBuilder::new(format!("select {SUMMARY}, {key} from document_summaries d"));
    push_filter(&mut query, caller, kind, filter);
    keyset.push(&mut query, limit);
    let mut reading = store.read(caller).await?;
    let rows: Vec<ListRow> = reading.all(query.build_query_as()).await?;
    let page = Page::cut(rows, limit, |row| {
        keyset.cursor(&row.sort_key, row.summary.id)
    });
    page.try_map(|row| row.summary.try_into())
}

/// One document with its lines and task.
pub async fn get(store: &Store, caller: &Caller, id: DocumentId) -> Result<DocumentDetail> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let mut query = QueryBuilder::new(format!(
        "select {SUMMARY} from document_summaries d where d.company_id = "
    ));
    query.push_bind(caller.company_id.0);
    query.push(" and d.id = ").push_bind(id.0);
    query
        .push(" and (d.warehouse_id is null or d.warehouse_id = any(")
        .push_bind(caller.warehouse_ids())
        .push("))");
    let row: Option<SummaryRow> = query.build_query_as().fetch_optional(tx.conn()).await?;
    let document: DocumentSummary = row
        .ok_or(Error::NotFound { what: "document" })?
        .try_into()?;
    let header = sqlx::query!(
        r#"select c.name as source, d.partner2_name, d.recipient_name, d.sender_name, d.erp_status,
                d.responsible, d.note, d.imported_at, d.erp_entered_at, d.erp_entered_by, d.erp_entered_note,
                m.id as "sent_id?", m.status as "sent_state?", m.last_error as "sent_error?"
         from documents d
         join connections c on c.id = d.connection_id
         left join lateral (
             select o.id, message_state(o.status, h.seq) as status, o.last_error
             from erp_outbox o
             left join erp_outbox_taken h on h.seq = o.seq
             where o.document_id = d.id
             order by (o.status in ('completed', 'discarded')),
                      case when o.status not in ('completed', 'discarded') then o.seq end, o.seq desc
             limit 1) m on true
         where d.id = $1 and d.company_id = $2"#,
        id.0,
        caller.company_id.0,
    )
    .fetch_one(tx.conn())
    .await?;
    let lines = document_lines::of_document(&mut tx, caller.company_id, id).await?;
    let task = tasks::of_document(&mut tx, caller.company_id, id).await?;
    let entered = match (
        header.erp_entered_at,
        header.erp_entered_by,
        header.erp_entered_note,
    ) {
        (Some(at), Some(by), Some(note)) => Some(EnteredByHand { at, by, note }),
        _ => None,
    };
    let sent = optional_word("erp_outbox", "status", header.sent_state.as_deref())?;
    let way = header.sent_id.zip(sent).map(|(id, state)| OnItsWay {
        id,
        state,
        error: header.sent_error,
    });
    let told = rests::is_told(&mut tx, id).await?;
    Ok(DocumentDetail {
        rest: Rest::of(document.status, told, way.as_ref()),
        erp: ErpEntry::of(&document, &header.source, entered, way.as_ref()),
        document,
        source: header.source,
        partner2_name: header.partner2_name,
        recipient_name: header.recipient_name,
        sender_name: header.sender_name,
        erp_status: header.erp_status,
        responsible: header.responsible,
        note: header.note,
        imported_at: header.imported_at,
        task,
        lines,
    })
}
