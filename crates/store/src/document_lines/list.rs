//! Lines of one document, in pages.

use super::LineRow;
use crate::reading::Reading;
use crate::{Error, Result, Store};
use domain::DocumentId;
use domain::document::{DocumentKind, DocumentLine, PickedGoods};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use sqlx::types::Json;

/// In the ERP's order; a document out of the caller's sight does not exist.
pub async fn list(
    store: &Store,
    caller: &Caller,
    (kind, id): (DocumentKind, DocumentId),
    only_wms: bool,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<DocumentLine>> {
    let (position, last) = after_position(cursor)?;
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query_as!(
        LineRow,
        r#"select l.position, l.id, l.line_key, l.item_code, l.item_name, l.uom, l.item_id, l.match_state,
                  l.exists_in_wms, l.wms_flag, l.requested, l.done, l.status, l.reason, l.reason_text, l.conflict,
                  l.conflict_kind, l.conflict_was, l.removed_at is not null as "removed!",
                  case when l.done <> 0 and exists (select from operations o
                                    where o.line_id = l.id and num_nonnulls(o.lot, o.serial, o.expires_on) > 0)
                       then picked_goods(l.id) else '[]' end as "goods!: Json<Vec<PickedGoods>>"
           from documents d
           join document_lines l on l.document_id = d.id and l.company_id = d.company_id
           where d.id = $1 and d.company_id = $2 and d.kind = $3
             and (d.warehouse_id is null or d.warehouse_id = any($4))
             and (l.position, l.id) > ($5, $6) and (not $7 or l.wms_flag)
           order by l.position, l.id
           limit $8"#,
        id.0,
        caller.company_id.0,
        kind.as_str(),
        &caller.warehouse_ids(),
        position,
        last,
        only_wms,
        limit + 1,
    )).await?;
    if rows.is_empty() {
        find(&mut reading, caller, kind, id).await?;
    }
    let page = Page::cut(rows, limit, |row| format!("{}~{}", row.position, row.id));
    page.try_map(DocumentLine::try_from)
}

/// Whether the caller sees the document, and it is of that kind.
pub async fn check_document(
    store: &Store,
    caller: &Caller,
    kind: DocumentKind,
    id: DocumentId,
) -> Result<()> {
    let mut reading = store.read(caller).await?;
    find(&mut reading, caller, kind, id).await
}

async fn find(
    reading: &mut Reading,
    caller: &Caller,
    kind: DocumentKind,
    id: DocumentId,
) -> Result<()> {
    let seen = reading
        .one(sqlx::query_scalar!(
            r#"select exists (select from documents
                          where id = $1 and company_id = $2 and kind = $3
                            and (warehouse_id is null or warehouse_id = any($4))) as "seen!""#,
            id.0,
            caller.company_id.0,
            kind.as_str(),
            &caller.warehouse_ids(),
        ))
        .await?;
    if seen {
        Ok(())
    } else {
        Err(Error::NotFound { what: "document" })
    }
}

fn after_position(cursor: Option<&Cursor>) -> Result<(i32, i64)> {
    let Some(Cursor(text)) = cursor else {
        return Ok((i32::MIN, 0));
    };
    let (position, id) = text.split_once('~').ok_or(Error::BadCursor)?;
    let position = position.parse().map_err(|_| Error::BadCursor)?;
    Ok((position, id.parse().map_err(|_| Error::BadCursor)?))
}
