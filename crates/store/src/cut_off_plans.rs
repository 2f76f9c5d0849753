//! The due times of tasks that follow from cut-offs, and `cut_off_plans`: the sites whose cut-offs changed and
//! whose dispatches are not all planned by the new ones yet.

use crate::{Result, Tx};
use chrono::{DateTime, NaiveDateTime, Utc};
use domain::{CompanyId, DocumentId, WarehouseId};

/// A site whose dispatches are to be planned anew.
#[derive(Debug, Clone)]
pub struct CutOffPlan {
    /// Tenant.
    pub company_id: CompanyId,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Documents up to this one are planned.
    pub after_document: i64,
    /// When the cut-offs changed.
    pub changed_at: DateTime<Utc>,
    /// Who changed the cut-offs.
    pub by_name: String,
}

/// Says that the cut-offs of a site change and that all its dispatches are to be planned anew, and waits
/// for those who plan by the old ones: what they make can be read once this transaction ended. It comes
/// first, before any document is locked.
pub async fn begin(
    tx: &mut Tx,
    company: CompanyId,
    warehouse: WarehouseId,
    by: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into cut_off_plans (company_id, warehouse_id, changed_at, by_name)
         values ($1, $2, $3, $4)
         on conflict (warehouse_id) do update
         set after_document = 0, changed_at = excluded.changed_at, by_name = excluded.by_name",
        company.0,
        warehouse.0,
        at,
        by,
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('cut-offs', $1))::text as held",
        warehouse.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

/// Sites that are not planned to the end; at most 100.
pub async fn unfinished(tx: &mut Tx) -> Result<Vec<(CompanyId, WarehouseId)>> {
    let rows = sqlx::query!(
        "select company_id, warehouse_id from cut_off_plans order by warehouse_id limit 100"
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (CompanyId(row.company_id), WarehouseId(row.warehouse_id)))
        .collect())
}

/// What a site still has to plan; none when nothing is left. Locked before the documents.
pub async fn lock(tx: &mut Tx, warehouse: WarehouseId) -> Result<Option<CutOffPlan>> {
    let row = sqlx::query!(
        "select company_id, warehouse_id, after_document, changed_at, by_name
         from cut_off_plans
         where warehouse_id = $1
         for update",
        warehouse.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| CutOffPlan {
        company_id: CompanyId(row.company_id),
        warehouse_id: WarehouseId(row.warehouse_id),
        after_document: row.after_document,
        changed_at: row.changed_at,
        by_name: row.by_name,
    }))
}

/// The next documents of a plan whose tasks follow the cut-offs, by id.
pub async fn following(tx: &mut Tx, plan: &CutOffPlan, limit: i64) -> Result<Vec<i64>> {
    let documents = sqlx::query_scalar!(
        "select document_id from tasks
         where company_id = $1 and warehouse_id = $2 and kind = 'pick' and state in ('open', 'claimed')
           and not due_is_own and document_id > $3
         order by document_id
         limit $4",
        plan.company_id.0,
        plan.warehouse_id.0,
        plan.after_document,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(documents)
}

/// Notes up to which document a site is planned; none ends the plan.
pub async fn move_on(tx: &mut Tx, plan: &CutOffPlan, after: Option<i64>) -> Result<()> {
    let site = plan.warehouse_id.0;
    if let Some(after) = after {
        sqlx::query!(
            "update cut_off_plans set after_document = $2 where warehouse_id = $1",
            site,
            after,
        )
        .execute(tx.conn())
        .await?;
    } else {
        sqlx::query!("delete from cut_off_plans where warehouse_id = $1", site)
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

/// Gives tasks of these documents that have no due time the first cut-off from now on, or, for a document
/// dated on a later day, the first one of that day: what becomes work long after its document arrived is not
/// late at once. What a lead said stays. Until the transaction ends, the cut-offs of their sites do not
/// change.
pub async fn plan(tx: &mut Tx, documents: &[i64], now: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "select pg_advisory_xact_lock_shared(hashtextextended('cut-offs', s.warehouse_id))::text as held
         from (select distinct warehouse_id from documents where id = any($1) and warehouse_id is not null) s",
        documents,
    )
    .fetch_all(tx.conn())
    .await?;
    sqlx::query!(
        "update tasks t set due_at = n.closes_at, cut_off_id = n.cut_off_id
         from documents d
         join warehouses w on w.id = d.warehouse_id
         cross join lateral next_cut_off(
             w.id, greatest(d.dated_on::timestamp at time zone w.time_zone, $2::timestamptz)
         ) n
         where d.id = any($1) and t.document_id = d.id and t.warehouse_id = w.id
           and t.kind = 'pick' and t.state in ('open', 'claimed') and not t.due_is_own and t.due_at is null",
        documents,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Plans the tasks of these documents anew after the cut-offs of their site changed, from then on; what was
/// late then stays late. Returns the documents whose due time is another one, in site time.
pub async fn plan_again(
    tx: &mut Tx,
    documents: &[i64],
    changed_at: DateTime<Utc>,
) -> Result<Vec<(DocumentId, Option<NaiveDateTime>)>> {
    let rows = sqlx::query!(
        r#"with planned as (
               select t.id, t.document_id, w.time_zone, n.cut_off_id, n.closes_at,
                      t.due_at is distinct from n.closes_at as moved
               from tasks t
               join documents d on d.id = t.document_id
               join warehouses w on w.id = t.warehouse_id
               left join lateral next_cut_off(
                   w.id, greatest(d.dated_on::timestamp at time zone w.time_zone, t.created_at, $2::timestamptz)
               ) n on true
               where t.document_id = any($1) and t.kind = 'pick' and t.state in ('open', 'claimed')
                 and not t.due_is_own and (t.due_at is null or t.due_at > $2)
           ), written as (
               update tasks t set due_at = p.closes_at, cut_off_id = p.cut_off_id
               from planned p
               where t.id = p.id and (t.due_at, t.cut_off_id) is distinct from (p.closes_at, p.cut_off_id)
           )
           select document_id as "document_id!", closes_at at time zone time_zone as due
           from planned where moved
           order by document_id"#,
        documents,
        changed_at,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (DocumentId(row.document_id), row.due))
        .collect())
}
