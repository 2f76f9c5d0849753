//! Items, partners, refusals, questions, look-ups and runs of a key.

use super::MOST;
use crate::error::{optional_word, word};
use crate::{Result, Tx};
use domain::barcode::barcode_key;
use domain::mapping::mapping_key;
use domain::sync::Entity;
use domain::user::Caller;
use domain::why::{
    DocumentFact, EntityFact, ItemFact, LookupFact, MappingFact, PartnerFact, RejectedFact,
};
use domain::{ConnectionId, ItemId, SyncRunId};

/// Items of this code or barcode.
pub(super) async fn items(tx: &mut Tx, caller: &Caller, key: &str) -> Result<Vec<ItemFact>> {
    let rows = sqlx::query!(
        "select i.id, i.code, i.name, i.active, c.name as connection, i.synced_at
         from items i
         join connections c on c.id = i.connection_id
         where i.company_id = $1
           and (i.code = $2 or i.id = (select b.item_id from item_barcodes b where b.company_id = $1 and b.key = $3))
         order by i.code",
        caller.company_id.0,
        key,
        barcode_key(key),
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| ItemFact {
            id: ItemId(row.id),
            code: row.code,
            name: row.name,
            active: row.active,
            connection: row.connection,
            synced_at: row.synced_at,
        })
        .collect())
}

/// Partners of this code.
pub(super) async fn partners(tx: &mut Tx, caller: &Caller, code: &str) -> Result<Vec<PartnerFact>> {
    let rows = sqlx::query_as!(
        PartnerFact,
        "select p.code, p.name, p.active, c.name as connection, p.synced_at
         from connections c
         join partners p on p.company_id = c.company_id and p.connection_id = c.id and p.code = $2
         where c.company_id = $1
         order by natural_order(c.name), c.name, c.id
         limit $3",
        caller.company_id.0,
        code,
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Rows of this key that runs did not accept: the newest of each run, reason and account.
pub(super) async fn rejected(tx: &mut Tx, caller: &Caller, key: &str) -> Result<Vec<RejectedFact>> {
    let rows = sqlx::query!(
        "select r.run_id, s.dry, s.entity, c.name as connection, r.reason, r.at
         from rejected_rows r
         join sync_runs s on s.id = r.run_id
         join connections c on c.id = s.connection_id
         where r.company_id = $1 and c.warehouse_id = any($2) and r.external_key = $3
         order by r.id desc
         limit $4",
        caller.company_id.0,
        &caller.warehouse_ids(),
        key,
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    let mut told: Vec<RejectedFact> = Vec::new();
    for row in rows {
        let fact = RejectedFact {
            run: SyncRunId(row.run_id),
            dry: row.dry,
            entity: word("sync_runs", "entity", &row.entity)?,
            connection: row.connection,
            reason: row.reason,
            at: row.at,
        };
        // The same refusal comes with every full pass.
        if !told
            .iter()
            .any(|known| known.reason == fact.reason && known.dry == fact.dry)
        {
            told.push(fact);
        }
    }
    Ok(told)
}

/// Questions about this key, or about the warehouses of its documents, that are open or answered
/// with "leave it out".
pub(super) async fn mappings(
    tx: &mut Tx,
    caller: &Caller,
    key: &str,
    documents: &[DocumentFact],
) -> Result<Vec<MappingFact>> {
    let warehouses: Vec<String> = documents
        .iter()
        .map(|document| mapping_key(&document.warehouse_name))
        .collect();
    let rows = sqlx::query!(
        "select m.kind, m.external, m.ignored, m.first_seen_at
         from mappings m
         join connections c on c.id = m.connection_id
         where m.company_id = $1 and c.warehouse_id = any($2) and (m.answered_at is null or m.ignored)
           and (m.key = $3 or (m.kind = 'warehouse' and m.key = any($4)))
         order by m.kind, m.external
         limit $5",
        caller.company_id.0,
        &caller.warehouse_ids(),
        mapping_key(key),
        &warehouses,
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(MappingFact {
                kind: word("mappings", "kind", &row.kind)?,
                external: row.external,
                ignored: row.ignored,
                first_seen_at: row.first_seen_at,
            })
        })
        .collect()
}

/// On-demand look-ups of this code.
pub(super) async fn lookups(tx: &mut Tx, caller: &Caller, code: &str) -> Result<Vec<LookupFact>> {
    let rows = sqlx::query_as!(
        LookupFact,
        "select c.name as connection, l.found, l.looked_up_at as at
         from item_lookups l
         join connections c on c.id = l.connection_id
         where l.company_id = $1 and c.warehouse_id = any($2) and l.code = $3
         order by l.looked_up_at desc
         limit $4",
        caller.company_id.0,
        &caller.warehouse_ids(),
        code,
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// How far each entity of the caller's accounts was read.
pub(super) async fn entities(tx: &mut Tx, caller: &Caller) -> Result<Vec<EntityFact>> {
    let rows = sqlx::query!(
        r#"select c.id, c.name, c.settings ->> 'documents_from' as "documents_from?", e.entity as "entity!", s.completed_at as "completed_at?", r.id as "run?", r.state as "state?"
           from connections c
           cross join unnest('{items,partners,dispatches,receipts}'::text[]) with ordinality as e (entity, place)
           left join sync_cursors s on s.connection_id = c.id and s.entity = e.entity
           left join lateral (
               select id, state from sync_runs
               where connection_id = c.id and entity = e.entity and not dry
               order by id desc
               limit 1
           ) r on true
           where c.company_id = $1 and c.warehouse_id = any($2)
           order by natural_order(c.name), c.name, c.id, e.place
           limit 800"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let state = optional_word("sync_runs", "state", row.state.as_deref())?;
            let entity: Entity = word("connections", "entity", &row.entity)?;
            let dated = matches!(entity, Entity::Dispatches | Entity::Receipts);
            let from = row.documents_from.filter(|_| dated);
            Ok(EntityFact {
                connection_id: ConnectionId(row.id),
                connection: row.name,
                entity,
                documents_from: from.and_then(|day| day.parse().ok()),
                completed_at: row.completed_at,
                newest: row.run.map(SyncRunId).zip(state),
            })
        })
        .collect()
}
