//! Keeping what a dry run would do.

use super::KEPT_ROWS;
use crate::{Result, Tx};
use domain::preview::{PreviewKind, PreviewRow};
use domain::sync::Entity;
use domain::{CompanyId, ConnectionId, SyncRunId};
use serde_json::Value;

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

async fn record_unseen_stock(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    run: SyncRunId,
) -> Result<()> {
    sqlx::query!(
        r#"with seen as materialized (select distinct unnest(keys) as key from sync_seen where run_id = $3),
                held as materialized (select distinct item_code from item_stock where connection_id = $2)
           insert into sync_previews (company_id, run_id, kind, external_key, label)
           select $1, $3, 'deactivated', h.item_code, coalesce(i.name, '')
           from held h
           left join seen s on s.key = h.item_code
           left join items i on i.company_id = $1 and i.code = h.item_code
           where s.key is null
           order by h.item_code
           limit $4"#,
        company.0,
        connection.0,
        run.0,
        KEPT_ROWS,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Keeps the items, partners or items' stock that a full pass did not meet, up to [`KEPT_ROWS`].
pub async fn record_unseen(
    tx: &mut Tx,
    company: CompanyId,
    entity: Entity,
    connection: ConnectionId,
    run: SyncRunId,
) -> Result<()> {
    crate::sync_seen::compare_in_bulk(tx).await?;
    match entity {
        Entity::Stock => return record_unseen_stock(tx, company, connection, run).await,
        Entity::Partners => record_unseen!("partners", tx, company, connection, run),
        _ => record_unseen!("items", tx, company, connection, run),
    };
    Ok(())
}
