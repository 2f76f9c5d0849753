//! Rows as they are now, to be compared before and after a page.

use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::{CompanyId, ConnectionId};
use serde_json::Value;
use std::collections::HashMap;

/// A row as it is now.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// Name a person knows it by.
    pub label: String,
    /// Every field that an import may change.
    pub fields: Value,
}

/// Items of these codes.
pub async fn items_now(
    tx: &mut Tx,
    company: CompanyId,
    codes: &[String],
) -> Result<HashMap<String, Snapshot>> {
    let rows = sqlx::query!(
        r#"select i.code as "key!", i.name as "label!",
                  to_jsonb(i) - '{id,company_id,connection_id,code,synced_at}'::text[]
                  || jsonb_build_object('barcodes', (
                         select string_agg(b.barcode, ', ' order by b.barcode collate "C")
                         from item_barcodes b where b.item_id = i.id)) as "fields!"
           from items i
           where i.company_id = $1 and i.code = any($2)"#,
        company.0,
        codes,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows.into_iter().map(|row| (row.key, row.label, row.fields));
    Ok(by_key(rows))
}

/// Partners of these codes.
pub async fn partners_now(
    tx: &mut Tx,
    connection: ConnectionId,
    codes: &[String],
) -> Result<HashMap<String, Snapshot>> {
    let rows = sqlx::query!(
        r#"select p.code as "key!", p.name as "label!",
                  to_jsonb(p) - '{id,company_id,connection_id,code,synced_at}'::text[] as "fields!"
           from partners p
           where p.connection_id = $1 and p.code = any($2)"#,
        connection.0,
        codes,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows.into_iter().map(|row| (row.key, row.label, row.fields));
    Ok(by_key(rows))
}

/// Documents of these numbers, types and dates, with their lines; the key names all three.
pub async fn documents_now(
    tx: &mut Tx,
    connection: ConnectionId,
    kind: &str,
    keys: &[(String, String, NaiveDate)],
) -> Result<HashMap<String, Snapshot>> {
    let numbers: Vec<String> = keys.iter().map(|key| key.0.clone()).collect();
    let types: Vec<String> = keys.iter().map(|key| key.1.clone()).collect();
    let dates: Vec<NaiveDate> = keys.iter().map(|key| key.2).collect();
    let rows = sqlx::query!(
        r#"select d.number, d.doc_type, d.dated_on, coalesce(d.partner_name, '') as "label!",
                  to_jsonb(d) - '{id,company_id,connection_id,kind,number,doc_type,dated_on,warehouse_key,warehouse_id,content_hash,imported_at,updated_at,finished_at,quantity_requested,quantity_filled}'::text[]
                  || jsonb_build_object('lines', (
                         select coalesce(jsonb_object_agg(l.line_key,
                                    to_jsonb(l) - '{id,company_id,document_id,item_id,line_key,position,last_user_id}'::text[]
                                    || jsonb_build_object('summary', l.item_code || ' · ' || l.requested::text || ' ' || l.uom)), '{}')
                         from document_lines l where l.document_id = d.id and l.removed_at is null)) as "fields!"
           from unnest($3::text[], $4::text[], $5::date[]) as k (number, doc_type, dated_on)
           join documents d on d.connection_id = $1 and d.kind = $2 and d.number = k.number
                           and d.doc_type = k.doc_type and d.dated_on = k.dated_on"#,
        connection.0,
        kind,
        &numbers,
        &types,
        &dates,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows.into_iter().map(|row| {
        let key = document_key(&row.number, &row.doc_type, row.dated_on);
        (key, row.label, row.fields)
    });
    Ok(by_key(rows))
}

/// The stock of items of these codes, level by level, by the upstream's name of the warehouse; an item
/// without any has no row.
pub async fn stock_now(
    tx: &mut Tx,
    connection: ConnectionId,
    codes: &[String],
) -> Result<HashMap<String, Snapshot>> {
    let rows = sqlx::query!(
        r#"select s.item_code as "key!", coalesce(min(i.name), '') as "label!",
                  jsonb_build_object('stock', jsonb_object_agg(s.warehouse_name,
                      jsonb_build_object('quantity', trim_scale(s.quantity), 'site', w.code,
                                         'summary', trim_scale(s.quantity)::text))) as "fields!"
           from unnest($2::text[]) as k (code)
           join item_stock s on s.connection_id = $1 and s.item_code = k.code
           left join items i on i.company_id = s.company_id and i.code = s.item_code
           left join warehouses w on w.id = s.warehouse_id
           group by s.item_code"#,
        connection.0,
        codes,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows = rows.into_iter().map(|row| (row.key, row.label, row.fields));
    Ok(by_key(rows))
}

/// How a document is named in a preview.
pub fn document_key(number: &str, doc_type: &str, dated_on: NaiveDate) -> String {
    format!("{number} · {doc_type} · {dated_on}")
}

fn by_key(rows: impl Iterator<Item = (String, String, Value)>) -> HashMap<String, Snapshot> {
    rows.map(|(key, label, fields)| (key, Snapshot { label, fields }))
        .collect()
}
