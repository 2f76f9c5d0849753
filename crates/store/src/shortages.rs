//! Short lines with the report that stands: the newest one of the line that was not taken back.

use crate::error::word;
use crate::paging::before_instant;
use crate::restock::{Missing, proposals};
use crate::{Result, Scope, Store};
use chrono::{DateTime, Utc};
use domain::location::location_key;
use domain::page::{Cursor, Page};
use domain::restock::Proposal;
use domain::shortage::ShortageReason;
use domain::shortage_report::{
    MOST_GROUPS, ShortageBy, ShortageFilter, ShortageGroup, ShortageRow,
};
use domain::user::Caller;
use domain::{DocumentId, ItemId, LineId, PhotoId};
use rust_decimal::Decimal;
use sqlx::{FromRow, Postgres, QueryBuilder};
use uuid::Uuid;

const REPORTS: &str = " from operations o
     join document_lines l on l.id = o.line_id and l.wms_flag and l.reason is not null and l.requested > l.done
     join documents d on d.id = l.document_id
     join warehouses w on w.id = o.warehouse_id
     join users u on u.id = o.user_id
     left join locations c on c.id = o.location_id
     where o.accepted and o.kind = 'short'
       and not exists (select from operations t where t.reverses = o.id)
       and not exists (select from operations n
                       where n.line_id = o.line_id and n.accepted and n.kind = 'short'
                         and (n.recorded_at, n.id) > (o.recorded_at, o.id)
                         and not exists (select from operations t where t.reverses = n.id))";

fn push_reports(query: &mut QueryBuilder<Postgres>, caller: &Caller, filter: &ShortageFilter) {
    query.push(REPORTS);
    query
        .push(" and o.company_id = ")
        .push_bind(caller.company_id.0);
    query
        .push(" and o.warehouse_id = any(")
        .push_bind(caller.warehouse_ids())
        .push(")");
    if let Some(from) = filter.date_from {
        query.push(" and o.recorded_at >= (").push_bind(from);
        query.push("::date)::timestamp at time zone w.time_zone");
    }
    if let Some(to) = filter.date_to {
        query.push(" and o.recorded_at < (").push_bind(to);
        query.push("::date + 1)::timestamp at time zone w.time_zone");
    }
    if let Some(reason) = filter.reason {
        query.push(" and l.reason = ").push_bind(reason.as_str());
    }
    if let Some(worker) = filter.worker {
        query.push(" and o.user_id = ").push_bind(worker.0);
    }
    if let Some(warehouse) = filter.warehouse {
        query.push(" and o.warehouse_id = ").push_bind(warehouse.0);
    }
    if let Some(code) = filter.item_code.as_deref().filter(|code| !code.is_empty()) {
        query.push(" and l.item_code = ").push_bind(code.to_owned());
    }
    if let Some(code) = filter.location.as_deref().filter(|code| !code.is_empty()) {
        query.push(" and c.key = ").push_bind(location_key(code));
    }
}

#[derive(FromRow)]
struct Row {
    line_id: i64,
    recorded_at: DateTime<Utc>,
    document_id: i64,
    kind: String,
    number: String,
    item_id: Option<i64>,
    item_code: String,
    item_name: String,
    uom: String,
    requested: Decimal,
    done: Decimal,
    reason: String,
    reason_text: Option<String>,
    worker: String,
    location: Option<String>,
    photos: Vec<Uuid>,
}

impl TryFrom<Row> for ShortageRow {
    type Error = crate::Error;
    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            line_id: LineId(row.line_id),
            at: row.recorded_at,
            document_id: DocumentId(row.document_id),
            document_kind: word("documents", "kind", &row.kind)?,
            number: row.number,
            item_id: row.item_id.map(ItemId),
            item_code: row.item_code,
            item_name: row.item_name,
            uom: row.uom,
            requested: row.requested.normalize(),
            done: row.done.normalize(),
            reason: word("document_lines", "reason", &row.reason)?,
            reason_text: row.reason_text,
            worker: row.worker,
            location: row.location,
            photos: row.photos.into_iter().map(PhotoId).collect(),
        })
    }
}

/// Newest report first.
pub async fn list(
    store: &Store,
    caller: &Caller,
    filter: &ShortageFilter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<ShortageRow>> {
    let (before_at, before_line) = before_instant(cursor)?;
    let mut query = QueryBuilder::new(
        "select l.id as line_id, o.recorded_at, d.id as document_id, d.kind, d.number, l.item_id, l.item_code,
                l.item_name, l.uom, l.requested, l.done, l.reason, l.reason_text, u.name as worker,
                c.code as location,
                array(select p.id from operation_photos p
                      where p.line_id = l.id and p.company_id = l.company_id order by p.seq limit 20) as photos",
    );
    push_reports(&mut query, caller, filter);
    query
        .push(" and (o.recorded_at, l.id) < (")
        .push_bind(before_at);
    query.push(", ").push_bind(before_line);
    query.push(") order by o.recorded_at desc, l.id desc limit ");
    query.push_bind(limit + 1);
    let mut reading = store.read(caller).await?;
    let rows: Vec<Row> = reading.all(query.build_query_as()).await?;
    let rows = rows
        .into_iter()
        .map(ShortageRow::try_from)
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, limit, |row| {
        format!("{}~{}", row.at.to_rfc3339(), row.line_id)
    }))
}

#[derive(FromRow)]
struct GroupRow {
    key: String,
    label: String,
    lines: i64,
    documents: i64,
    missing: Decimal,
    uoms: i64,
    uom: String,
    last_at: DateTime<Utc>,
    item_id: Option<i64>,
    wanted: Decimal,
    sites: Vec<i64>,
    searched: Vec<i64>,
}

impl GroupRow {
    /// What dispatches wait for, where all of it is one item in one unit.
    fn missing(&self) -> Option<Missing> {
        let item = self.item_id.filter(|_| self.uoms == 1)?;
        Some(Missing {
            item,
            wanted: self.wanted,
            sites: self.sites.clone(),
            searched: self.searched.clone(),
        })
    }
}

/// The same summed, most lines first, at most [`MOST_GROUPS`]. Items come with a proposal.
pub async fn groups(
    store: &Store,
    caller: &Caller,
    filter: &ShortageFilter,
    by: ShortageBy,
) -> Result<Vec<ShortageGroup>> {
    let (key, label) = match by {
        ShortageBy::Item => ("l.item_code", "min(l.item_name)"),
        ShortageBy::Location => ("coalesce(c.code, '')", "coalesce(min(c.code), '')"),
        ShortageBy::Reason => ("l.reason", "min(l.reason)"),
        ShortageBy::Worker => ("o.user_id::text", "min(u.name)"),
    };
    let mut query = QueryBuilder::new(format!(
        "select {key} as key, {label} as label, count(*) as lines, count(distinct d.id) as documents,
                sum(l.requested - l.done) as missing, count(distinct l.uom) as uoms, min(l.uom) as uom,
                max(o.recorded_at) as last_at, min(l.item_id) as item_id,
                coalesce(sum(l.requested - l.done) filter (where d.kind = 'dispatch'), 0) as wanted,
                array_agg(distinct o.warehouse_id) as sites,
                coalesce(array_agg(distinct c.id) filter (where c.id is not null), '{{}}') as searched"
    ));
    push_reports(&mut query, caller, filter);
    query.push(format!(" group by {key} order by lines desc, key limit "));
    query.push_bind(MOST_GROUPS);
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows: Vec<GroupRow> = query.build_query_as().fetch_all(tx.conn()).await?;
    let missing: Vec<Missing> = match by {
        ShortageBy::Item => rows.iter().filter_map(GroupRow::missing).collect(),
        ShortageBy::Location | ShortageBy::Reason | ShortageBy::Worker => Vec::new(),
    };
    let mut proposed = proposals(&mut tx, caller, &missing).await?;
    rows.into_iter()
        .map(|row| {
            let item = row.item_id.filter(|_| by == ShortageBy::Item);
            let proposal = item.and_then(|item| proposed.remove(&item));
            group(row, by, item.map(ItemId), proposal)
        })
        .collect()
}

fn group(
    row: GroupRow,
    by: ShortageBy,
    item_id: Option<ItemId>,
    proposal: Option<Proposal>,
) -> Result<ShortageGroup> {
    let label = match by {
        ShortageBy::Reason => {
            let reason: ShortageReason = word("document_lines", "reason", &row.key)?;
            reason.label().to_owned()
        }
        ShortageBy::Item | ShortageBy::Location | ShortageBy::Worker => row.label,
    };
    let one = row.uoms == 1;
    Ok(ShortageGroup {
        key: row.key,
        label,
        lines: row.lines,
        documents: row.documents,
        missing: one.then(|| row.missing.normalize()),
        uom: one.then_some(row.uom),
        last_at: row.last_at,
        item_id,
        proposal,
    })
}
