//! `sync_previews`, and rows as they are before and after a page.

use crate::error::word;
use crate::paging::contains;
use crate::sync_runs::get;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, NaiveDate, Utc};
use domain::page::{Cursor, Page};
use domain::preview::{PreviewFilter, PreviewKind, PreviewRow, PreviewState};
use domain::sync::Entity;
use domain::user::Caller;
use domain::{CompanyId, ConnectionId, SyncRunId};
use serde_json::Value;
use std::collections::HashMap;

/// Rows of each kind that a preview keeps; the run's figures count all of them.
pub const KEPT_ROWS: i64 = 1_000;

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
                  to_jsonb(d) - '{id,company_id,connection_id,kind,number,doc_type,dated_on,warehouse_key,warehouse_id,content_hash,imported_at,updated_at,finished_at}'::text[]
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

/// How a document is named in a preview.
pub fn document_key(number: &str, doc_type: &str, dated_on: NaiveDate) -> String {
    format!("{number} · {doc_type} · {dated_on}")
}

fn by_key(rows: impl Iterator<Item = (String, String, Value)>) -> HashMap<String, Snapshot> {
    rows.map(|(key, label, fields)| (key, Snapshot { label, fields }))
        .collect()
}

/// Keeps rows of a preview, up to [`KEPT_ROWS`] of each kind.
pub async fn record(
    tx: &mut Tx,
    company: CompanyId,
    run: SyncRunId,
    rows: &[PreviewRow],
) -> Result<()> {
    for kind in [PreviewKind::Created, PreviewKind::Changed] {
        let rows: Vec<&PreviewRow> = rows.iter().filter(|row| row.kind == kind).collect();
        if rows.is_empty() {
            continue;
        }
        let keys: Vec<String> = rows.iter().map(|row| row.external_key.clone()).collect();
        let labels: Vec<String> = rows.iter().map(|row| row.label.clone()).collect();
        let changes: Vec<Value> = rows
            .iter()
            .map(|row| serde_json::to_value(&row.changes).unwrap_or_default())
            .collect();
        let left_out: Vec<i32> = rows.iter().map(|row| row.left_out).collect();
        sqlx::query!(
            "insert into sync_previews (company_id, run_id, kind, external_key, label, changes, left_out)
             select $1, $2, $3, key, label, changes, left_out
             from unnest($4::text[], $5::text[], $6::jsonb[], $7::integer[])
                  with ordinality as r (key, label, changes, left_out, place)
             order by place
             limit greatest(0, $8 - (select count(*) from sync_previews where run_id = $2 and kind = $3))",
            company.0,
            run.0,
            kind.as_str(),
            &keys,
            &labels,
            &changes,
            &left_out,
            KEPT_ROWS,
        )
        .execute(tx.conn())
        .await?;
    }
    Ok(())
}

macro_rules! record_unseen {
    ($table:literal, $tx:expr, $company:expr, $connection:expr, $run:expr) => {
        sqlx::query!(
            r#"with seen as materialized (
                   select distinct unnest(keys) as key from sync_seen where run_id = $3
               )
               insert into sync_previews (company_id, run_id, kind, external_key, label)
               select $1, $3, 'deactivated', t.code, t.name
               from "#
                + $table
                + r#" t
               left join seen s on s.key = t.code
               where t.connection_id = $2 and t.active and s.key is null
               order by t.code
               limit $4"#,
            $company.0,
            $connection.0,
            $run.0,
            KEPT_ROWS,
        )
        .execute($tx.conn())
        .await?
    };
}

/// Keeps the items or partners a full pass did not meet, up to [`KEPT_ROWS`].
pub async fn record_unseen(
    tx: &mut Tx,
    company: CompanyId,
    entity: Entity,
    connection: ConnectionId,
    run: SyncRunId,
) -> Result<()> {
    crate::sync_seen::compare_in_bulk(tx).await?;
    match entity {
        Entity::Partners => record_unseen!("partners", tx, company, connection, run),
        _ => record_unseen!("items", tx, company, connection, run),
    };
    Ok(())
}

/// Rows of a dry run's preview, in the order they came.
pub async fn list(
    store: &Store,
    caller: &Caller,
    run: SyncRunId,
    filter: &PreviewFilter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<PreviewRow>> {
    let after: i64 = match cursor {
        None => 0,
        Some(Cursor(text)) => text.parse().map_err(|_| Error::BadCursor)?,
    };
    get(store, caller, run).await?;
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = sqlx::query!(
        "select id, kind, external_key, label, changes, left_out
         from sync_previews
         where company_id = $1 and run_id = $2 and id > $3 and ($4::text is null or kind = $4)
           and ($5::text is null or external_key ilike $5 or label ilike $5)
         order by id
         limit $6",
        caller.company_id.0,
        run.0,
        after,
        filter.kind.map(PreviewKind::as_str),
        contains(filter.q.as_deref()),
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    let rows: Vec<(i64, PreviewRow)> = rows
        .into_iter()
        .map(|row| {
            let preview = PreviewRow {
                kind: word("sync_previews", "kind", &row.kind)?,
                external_key: row.external_key,
                label: row.label,
                changes: serde_json::from_value(row.changes).unwrap_or_default(),
                left_out: row.left_out,
            };
            Ok((row.id, preview))
        })
        .collect::<Result<_>>()?;
    Ok(Page::cut(rows, limit, |row| row.0.to_string()).map(|row| row.1))
}

/// Opens a finished dry run for a decision.
pub async fn open(tx: &mut Tx, run: SyncRunId) -> Result<()> {
    sqlx::query!(
        "update sync_runs set preview_state = 'open' where id = $1 and dry",
        run.0
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Writes what a person decided; false when somebody was faster.
pub async fn decide(
    tx: &mut Tx,
    caller: &Caller,
    run: SyncRunId,
    state: PreviewState,
    applied: Option<SyncRunId>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update sync_runs
         set preview_state = $3, preview_decided_by = $4, preview_decided_at = $5, applied_run_id = $6
         where id = $1 and company_id = $2 and preview_state = 'open'",
        run.0,
        caller.company_id.0,
        state.as_str(),
        caller.name,
        at,
        applied.map(|run| run.0),
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Forgets the rows of a preview.
pub async fn forget(tx: &mut Tx, run: SyncRunId) -> Result<()> {
    sqlx::query!("delete from sync_previews where run_id = $1", run.0)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Forgets the rows of dry runs that ended before; returns how many.
pub async fn prune(store: &Store, before: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    let done = sqlx::query!(
        "delete from sync_previews p using sync_runs r where r.id = p.run_id and r.finished_at < $1",
        before
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}
