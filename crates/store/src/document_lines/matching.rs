//! Lines find their items, and are judged to be floor work or not.

use crate::{Result, Tx};
use domain::CompanyId;
use domain::barcode::barcode_key;

/// What a transaction does to the matching of a company's lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matching {
    /// Writes lines, and matches them with the items and names that are known.
    Writes,
    /// Brings items or answers, and matches the lines that wait for them.
    Answers,
}

/// Until the transaction ends, keeps transactions away that would match against what this one is
/// about to write: otherwise a line and its item, written at the same moment, never meet.
pub async fn hold_matching(tx: &mut Tx, company: CompanyId, matching: Matching) -> Result<()> {
    sqlx::query!(
        "select case when $2 then pg_advisory_xact_lock_shared(hashtextextended('matching', $1))::text
                else pg_advisory_xact_lock(hashtextextended('matching', $1))::text end as held",
        company.0,
        matching == Matching::Writes,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

/// The documents with unmatched lines that one of those items may answer: by code, or by a barcode in
/// any of its spellings (a GTIN may stand with or without its leading zeros).
pub async fn documents_awaiting(
    tx: &mut Tx,
    company: CompanyId,
    items: &[i64],
) -> Result<Vec<i64>> {
    let ids = sqlx::query_scalar!(
        r#"select distinct l.document_id as "document_id!"
           from (
               select i.code as text from items i where i.id = any($2)
               union
               select b.barcode from item_barcodes b where b.item_id = any($2)
               union
               select right(b.key, s.digits)
               from item_barcodes b
               cross join unnest(array[8, 12, 13, 14]) as s (digits)
               where b.item_id = any($2) and b.key ~ '^[0-9]{14}$'
                 and left(b.key, 14 - s.digits) = repeat('0', 14 - s.digits)
           ) known
           join document_lines l on l.company_id = $1 and l.item_code = known.text and l.item_id is null"#,
        company.0,
        items,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids)
}

/// Matches unmatched lines of those documents again and judges all of them again, writing only what
/// differs. `looked_up` is the code whose item was just fetched on demand.
pub async fn rematch(
    tx: &mut Tx,
    company: CompanyId,
    documents: &[i64],
    looked_up: Option<&str>,
) -> Result<()> {
    let codes = unmatched_codes(tx, documents).await?;
    let keys: Vec<String> = codes.iter().map(|code| barcode_key(code)).collect();
    sqlx::query!(
        "update document_lines l
         set item_id = m.item_id,
             match_state = case when m.code = $5 then 'lookup' else m.match_state end
         from (
             select k.code, coalesce(i.id, b.item_id) as item_id,
                    case when i.id is not null then 'code' else 'barcode' end as match_state
             from unnest($3::text[], $4::text[]) as k (code, key)
             left join items i on i.company_id = $1 and i.code = k.code
             left join item_barcodes b on i.id is null and b.company_id = $1 and b.key = k.key
             where coalesce(i.id, b.item_id) is not null
         ) m
         where l.document_id = any($2) and l.item_id is null and l.item_code = m.code",
        company.0,
        documents,
        &codes,
        &keys,
        looked_up,
    )
    .execute(tx.conn())
    .await?;
    match_by_answers(tx, company, documents).await?;
    judge(tx, documents).await
}

/// What neither code nor barcode matched may be known by a person's answer.
async fn match_by_answers(tx: &mut Tx, company: CompanyId, documents: &[i64]) -> Result<()> {
    sqlx::query!(
        "update document_lines l
         set item_id = i.id, match_state = 'mapping'
         from documents d, mappings m, items i
         where l.document_id = any($2) and l.item_id is null and d.id = l.document_id
           and m.connection_id = d.connection_id and m.kind = 'item' and m.key = l.item_code
           and i.company_id = $1 and i.code = m.target",
        company.0,
        documents,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn unmatched_codes(tx: &mut Tx, documents: &[i64]) -> Result<Vec<String>> {
    let codes = sqlx::query_scalar!(
        "select distinct item_code from document_lines where document_id = any($1) and item_id is null",
        documents,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(codes)
}

/// `exists_in_wms = item matched and the warehouse is the configured one`; floor work besides needs
/// a positive quantity, or goods that came unexpected, and a line still on the document.
async fn judge(tx: &mut Tx, documents: &[i64]) -> Result<()> {
    sqlx::query!(
        "update document_lines l
         set exists_in_wms = j.here,
             wms_flag = j.here and (l.requested > 0 or l.unexpected) and l.removed_at is null
         from (
             select x.id, x.item_id is not null and d.warehouse_id is not distinct from c.warehouse_id as here
             from document_lines x
             join documents d on d.id = x.document_id
             join connections c on c.id = d.connection_id
             where x.document_id = any($1)
         ) j
         where l.id = j.id
           and (l.exists_in_wms, l.wms_flag)
               is distinct from (j.here, j.here and (l.requested > 0 or l.unexpected) and l.removed_at is null)",
        documents,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
