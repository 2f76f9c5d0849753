//! Lines of one document, in pages.

use crate::error::{optional_word, word};
use crate::{Error, Result, Scope, Store, Tx};
use domain::document::{DocumentKind, DocumentLine};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{DocumentId, ItemId, LineId};

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
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query!(
        r#"select l.id, l.position, l.line_key, l.item_code, l.item_name, l.uom, l.item_id, l.match_state,
                  l.exists_in_wms, l.wms_flag, l.requested, l.done, l.status, l.reason, l.reason_text, l.conflict,
                  l.conflict_kind, l.conflict_was, l.removed_at is not null as "removed!"
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
    )
    .fetch_all(tx.conn())
    .await?;
    if rows.is_empty() {
        find(&mut tx, caller, kind, id).await?;
    }
    let rows = rows.into_iter().map(|row| {
        let line = DocumentLine {
            id: LineId(row.id),
            key: row.line_key,
            item_code: row.item_code,
            item_name: row.item_name,
            uom: row.uom,
            item_id: row.item_id.map(ItemId),
            match_state: word("document_lines", "match_state", &row.match_state)?,
            exists_in_wms: row.exists_in_wms,
            wms_flag: row.wms_flag,
            requested: row.requested.normalize(),
            done: row.done.normalize(),
            status: word("document_lines", "status", &row.status)?,
            reason: optional_word("document_lines", "reason", row.reason.as_deref())?,
            reason_text: row.reason_text,
            conflict: row.conflict,
            conflict_kind: optional_word(
                "document_lines",
                "conflict_kind",
                row.conflict_kind.as_deref(),
            )?,
            conflict_was: row.conflict_was.map(|was| was.normalize()),
            removed: row.removed,
        };
        Ok((row.position, line))
    });
    let page = Page::cut(
        rows.collect::<Result<Vec<_>>>()?,
        limit,
        |(position, line)| format!("{position}~{}", line.id),
    );
    Ok(page.map(|(_, line)| line))
}

/// Whether the caller sees the document, and it is of that kind.
pub async fn check_document(
    store: &Store,
    caller: &Caller,
    kind: DocumentKind,
    id: DocumentId,
) -> Result<()> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    find(&mut tx, caller, kind, id).await
}

async fn find(tx: &mut Tx, caller: &Caller, kind: DocumentKind, id: DocumentId) -> Result<()> {
    let seen = sqlx::query_scalar!(
        r#"select exists (select from documents
                          where id = $1 and company_id = $2 and kind = $3
                            and (warehouse_id is null or warehouse_id = any($4))) as "seen!""#,
        id.0,
        caller.company_id.0,
        kind.as_str(),
        &caller.warehouse_ids(),
    )
    .fetch_one(tx.conn())
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
