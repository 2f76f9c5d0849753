//! The inbox: what waits, for how much, and what it probably means.

use crate::error::word;
use crate::keyset::{Column, Keyset, instant, number, text};
use crate::paging::contains;
use crate::{Result, Store};
use chrono::{DateTime, Utc};
use domain::MappingId;
use domain::mapping::{
    LEAST_PERCENT, Mapping, MappingFilter, MappingKind, MappingSort, Suggestion,
};
use domain::page::{Cursor, Page};
use domain::sort::Sort;
use domain::user::Caller;
use sqlx::{FromRow, Postgres, QueryBuilder};

/// What is counted for each mapping. A document waits for a warehouse name or an item code, an item
/// for a unit, or for the name its stock is under. Counted are documents that are not finished: an
/// answer makes no work of others and takes none from them. Of a code, lines that were begun stay with
/// the item they were begun with. What few names share is counted for all of them at once; what an
/// index finds, for each.
const COUNTED: &str = "
    with units as (
        select r.run_id, upper(regexp_replace(btrim(r.payload ->> 'uom'), '\\s+', ' ', 'g')) as unit, r.external_key
        from rejected_rows r
        where r.company_id = $1 and r.reason like 'Unit %'
          and not exists (select from items i
                          where i.company_id = r.company_id and i.code = r.external_key and i.synced_at > r.at)
    ), waiting_units as materialized (
        select s.connection_id, u.unit, count(distinct u.external_key) as items
        from units u join sync_runs s on s.id = u.run_id
        group by 1, 2
    ), used_units as materialized (
        select i.connection_id, i.uom, count(*) as items
        from items i where i.company_id = $1
        group by 1, 2
    ), named_stock as materialized (
        select m.id, count(*) as items
        from mappings m
        join item_stock s on s.connection_id = m.connection_id and s.warehouse_key = m.key
        where m.company_id = $1 and m.kind = 'warehouse'
        group by 1
    ), named_documents as materialized (
        select m.id, count(*) as documents
        from mappings m
        join documents d on d.connection_id = m.connection_id and d.warehouse_key = m.key
         and d.status in ('new', 'in_progress')
        where m.company_id = $1 and m.kind = 'warehouse'
        group by 1
    ), counted as materialized (
        select m.id, m.company_id, m.connection_id, m.kind, m.key, m.external, m.title, m.target, m.ignored,
               m.first_seen_at, m.answered_by, m.answered_at, m.suggested, m.suggested_percent,
               case m.kind
                   when 'warehouse' then coalesce(nd.documents, 0)
                   when 'item' then coalesce(nl.documents, 0)
                   else 0
               end as documents,
               coalesce(nl.asked, false) as asked,
               case
                   when m.kind = 'warehouse' then coalesce(ns.items, 0)
                   when m.kind = 'uom' and m.answered_at is null then coalesce(wu.items, 0)
                   when m.kind = 'uom' then coalesce((select u.items from used_units u
                                                      where u.connection_id = m.connection_id and u.uom = m.target), 0)
                   else 0
               end as items
        from mappings m
        left join named_stock ns on ns.id = m.id
        left join named_documents nd on nd.id = m.id
        left join lateral (
            select count(distinct d.id) filter (where l.moves and d.status in ('new', 'in_progress')) as documents,
                   count(*) > 0 as asked
            from (select x.document_id, true as moves from document_lines x
                  where x.company_id = m.company_id and x.item_code = m.key and x.item_id is null
                  union all
                  select x.document_id, x.done = 0 from document_lines x
                  where x.company_id = m.company_id and x.item_code = m.key and x.match_state = 'mapping') l
            join documents d on d.id = l.document_id and d.connection_id = m.connection_id
            where m.kind = 'item'
        ) nl on true
        left join waiting_units wu on m.kind = 'uom' and wu.connection_id = m.connection_id
         and wu.unit = upper(regexp_replace(btrim(m.external), '\\s+', ' ', 'g'))
        where m.company_id = $1
    ), taught as materialized (
        select a.connection_id, a.kind, a.target, array_agg(a.external) as externals
        from mappings a
        where a.company_id = $1 and a.kind in ('warehouse', 'uom') and a.target is not null
        group by 1, 2, 3
    )
    select m.id, m.kind, c.name as connection, m.external, m.title, m.target, m.ignored, m.documents, m.items,
           m.first_seen_at, m.answered_by, m.answered_at,
           s.target as suggested, s.name as suggested_name, s.percent as suggested_percent, ";

/// The best suggestion of those waiting. Names that were answered before teach: what is like one of
/// them probably means the same.
const SUGGESTED: &str = "
    from counted m
    join connections c on c.id = m.connection_id
    left join lateral (
        select o.target, o.name, round(100 * o.alike)::smallint as percent
        from (
            select w.code as target, w.name,
                   greatest(similarity(m.external, w.name), similarity(m.external, w.code),
                            (select max(similarity(m.external, e)) from taught a, unnest(a.externals) e
                             where a.connection_id = m.connection_id and a.kind = 'warehouse' and a.target = w.code)) as alike
            from warehouses w
            where m.kind = 'warehouse' and w.company_id = m.company_id and w.id = any($2)
            union all
            select u.code, u.name,
                   greatest(similarity(m.external, u.name), similarity(m.external, u.code),
                            (select max(similarity(m.external, e)) from taught a, unnest(a.externals) e
                             where a.connection_id = m.connection_id and a.kind = 'uom' and a.target = u.code))
            from uoms u
            where m.kind = 'uom' and u.company_id = m.company_id
            union all
            select i.code, i.name, m.suggested_percent / 100.0
            from items i
            where m.kind = 'item' and i.company_id = m.company_id and i.code = m.suggested
        ) o
        where m.answered_at is null and round(100 * o.alike) >= $3
        order by o.alike desc, o.target
        limit 1
    ) s on true
    where true";

#[derive(FromRow)]
struct MappingRow {
    id: i64,
    kind: String,
    connection: String,
    external: String,
    title: Option<String>,
    target: Option<String>,
    ignored: bool,
    documents: i64,
    items: i64,
    first_seen_at: DateTime<Utc>,
    answered_by: Option<String>,
    answered_at: Option<DateTime<Utc>>,
    suggested: Option<String>,
    suggested_name: Option<String>,
    suggested_percent: Option<i16>,
    sort_key: String,
}

impl MappingRow {
    fn mapping(self) -> Result<Mapping> {
        let suggestion = match (self.suggested, self.suggested_name, self.suggested_percent) {
            (Some(target), Some(name), Some(percent)) => Some(Suggestion {
                target,
                name,
                percent,
            }),
            _ => None,
        };
        Ok(Mapping {
            id: MappingId(self.id),
            kind: word("mappings", "kind", &self.kind)?,
            connection: self.connection,
            external: self.external,
            title: self.title,
            target: self.target,
            ignored: self.ignored,
            documents: self.documents,
            items: self.items,
            suggestion,
            first_seen_at: self.first_seen_at,
            answered_by: self.answered_by,
            answered_at: self.answered_at,
        })
    }
}

fn column(sort: Sort<MappingSort>) -> Column {
    match sort.by {
        MappingSort::Urgency => number(
            "(case when m.answered_at is null then 1000000000000 else 0 end + m.documents + m.items)",
        ),
        MappingSort::External => text("m.external"),
        MappingSort::FirstSeenAt => instant("m.first_seen_at"),
    }
}

fn question(caller: &Caller, keyset: &Keyset) -> QueryBuilder<Postgres> {
    // The parts refer to the first three parameters by number.
    let mut query = QueryBuilder::new(COUNTED);
    query.push(keyset.key()).push(SUGGESTED);
    query
        .push(" and m.company_id = ")
        .push_bind(caller.company_id.0);
    query
        .push(" and (")
        .push_bind(caller.warehouse_ids())
        .push(" is not null)");
    query
        .push(" and (")
        .push_bind(LEAST_PERCENT)
        .push(" is not null)");
    query
}

/// Mappings of the company; those that hold up most first, unless sorted otherwise.
pub async fn list(
    store: &Store,
    caller: &Caller,
    filter: &MappingFilter,
    sort: Sort<MappingSort>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<Mapping>> {
    let keyset = Keyset::new(sort, column(sort), "m.id", cursor)?;
    let mut query = question(caller, &keyset);
    if filter.waiting {
        // A code is asked about as long as any document has it: the next one may too.
        query.push(" and m.answered_at is null and (m.kind <> 'item' or m.asked)");
    }
    if let Some(kind) = filter.kind {
        query.push(" and m.kind = ").push_bind(kind.as_str());
    }
    if let Some(pattern) = contains(filter.q.as_deref()) {
        query
            .push(" and (m.external ilike ")
            .push_bind(pattern.clone());
        query.push(" or m.title ilike ").push_bind(pattern.clone());
        query
            .push(" or m.target ilike ")
            .push_bind(pattern)
            .push(")");
    }
    keyset.push(&mut query, limit);
    let mut reading = store.read(caller).await?;
    let rows: Vec<MappingRow> = reading.all(query.build_query_as()).await?;
    Page::cut(rows, limit, |row| keyset.cursor(&row.sort_key, row.id)).try_map(MappingRow::mapping)
}

/// Those waiting whose suggestion is at least that like them, at most five hundred.
pub async fn waiting_with_suggestions(
    store: &Store,
    caller: &Caller,
    kind: Option<MappingKind>,
    at_least: i16,
) -> Result<Vec<Mapping>> {
    let sort = Sort::default();
    let keyset = Keyset::new(sort, column(sort), "m.id", None)?;
    let mut query = question(caller, &keyset);
    query
        .push(" and m.answered_at is null and s.percent >= ")
        .push_bind(at_least);
    if let Some(kind) = kind {
        query.push(" and m.kind = ").push_bind(kind.as_str());
    }
    keyset.push(&mut query, 499);
    let mut reading = store.read(caller).await?;
    let rows: Vec<MappingRow> = reading.all(query.build_query_as()).await?;
    rows.into_iter().map(MappingRow::mapping).collect()
}
