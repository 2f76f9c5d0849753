//! Looks for causes, over all tenants. Each kind is one statement that raises what is new, keeps
//! the words of what lasts up to date, and ends what is over; its cost follows what is open.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::CompanyId;
use domain::exception::ExceptionKind;

// `$1` is the instant, `$2` the limit in minutes. `found` names the causes of the kind.
macro_rules! keep {
    ($kind:literal, $found:literal, $now:expr, $limit:expr) => {
        sqlx::query_scalar!(
            "with found as (" + $found + "),
             raised as (
                 insert into exceptions (company_id, warehouse_id, kind, cause, subject, detail, document_id,
                                         connection_id, since, limit_minutes, breached_at, raised_at)
                 select f.company_id, f.warehouse_id, '" + $kind + "', f.cause, f.subject, f.detail, f.document_id,
                        f.connection_id, f.since, $2::int, f.since + make_interval(mins => $2::int), $1
                 from found f
                 left join exceptions e on e.company_id = f.company_id and e.kind = '" + $kind + "'
                   and e.cause = f.cause and e.ended_at is null
                 where e.id is null or (e.subject, e.detail) is distinct from (f.subject, f.detail)
                 on conflict (company_id, kind, cause) where ended_at is null
                 do update set subject = excluded.subject, detail = excluded.detail
                 returning company_id
             ),
             ended as (
                 update exceptions e set ended_at = $1
                 where e.kind = '" + $kind + "' and e.ended_at is null
                   and not exists (select from found f where f.company_id = e.company_id and f.cause = e.cause)
                 returning e.company_id
             )
             select company_id as \"company_id!\" from raised union select company_id from ended",
            $now,
            $limit,
        )
    };
}

/// Brings one kind up to date; returns the tenants that have to be told.
pub async fn run(tx: &mut Tx, kind: ExceptionKind, now: DateTime<Utc>) -> Result<Vec<CompanyId>> {
    let limit = kind.limit_minutes();
    let companies = match kind {
        ExceptionKind::Late => late(tx, limit, now).await?,
        ExceptionKind::Idle => idle(tx, limit, now).await?,
        ExceptionKind::Conflict => conflicts(tx, limit, now).await?,
        ExceptionKind::Unmapped => unmapped(tx, limit, now).await?,
        ExceptionKind::FailedSync => failed_syncs(tx, limit, now).await?,
        ExceptionKind::Shortage => shortages(tx, limit, now).await?,
        ExceptionKind::Undelivered => undelivered(tx, limit, now).await?,
        ExceptionKind::Review => reviews(tx, limit, now).await?,
        ExceptionKind::BlockedPutAway => blocked_put_aways(tx, limit, now).await?,
        ExceptionKind::CountVariance => count_variances(tx, limit, now).await?,
        // People raise and close them.
        ExceptionKind::Reported => Vec::new(),
    };
    Ok(companies.into_iter().map(CompanyId).collect())
}

/// Past its due time; without one, past the last shift of its document's day.
async fn late(tx: &mut Tx, limit: i32, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let companies = keep!(
        "late",
        "select t.company_id, t.warehouse_id, 'task:' || t.id as cause,
                d.number || coalesce(' · ' || d.partner_name, '') as subject,
                'Was to be done by ' || to_char(x.wanted_at at time zone w.time_zone, 'FMDD Mon YYYY, HH24:MI')
                    || coalesce(', given to ' || coalesce(u.name, m.name), ', given to nobody') || '.' as detail,
                d.id as document_id, null::bigint as connection_id, x.wanted_at as since
         from tasks t
         join documents d on d.id = t.document_id
         join warehouses w on w.id = t.warehouse_id
         left join users u on u.id = t.worker_id
         left join teams m on m.id = t.team_id
         cross join lateral (
             select coalesce(t.due_at,
                 (d.dated_on + coalesce((select max(s.ends) from shifts s where s.warehouse_id = t.warehouse_id), '23:59'::time))
                     at time zone w.time_zone) as wanted_at
         ) x
         where t.state in ('open', 'claimed') and x.wanted_at < $1",
        now,
        limit
    );
    Ok(companies.fetch_all(tx.conn()).await?)
}

/// Holds a task, is on shift and not on a break, and did nothing for the limit of working time.
async fn idle(tx: &mut Tx, limit: i32, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let companies = keep!(
        "idle",
        "select a.company_id, a.warehouse_id, 'worker:' || a.worker_id as cause,
                a.name as subject,
                'Works on ' || a.number || ', and nothing was done since '
                    || to_char(a.last_at at time zone a.time_zone, 'HH24:MI') || '.' as detail,
                a.document_id, null::bigint as connection_id, a.last_at + a.rested as since
         from (
             select k.*, case when k.break_starts_at is null then interval '0'
                              else greatest(least($1, k.break_ends_at) - greatest(k.last_at, k.break_starts_at), '0')
                         end as rested
             from (
                 select c.company_id, c.warehouse_id, c.worker_id, c.document_id, c.number, u.name, w.time_zone,
                        (l.day + s.starts) at time zone w.time_zone as starts_at,
                        (l.day + s.ends) at time zone w.time_zone as ends_at,
                        (l.day + s.break_starts) at time zone w.time_zone as break_starts_at,
                        (l.day + s.break_ends) at time zone w.time_zone as break_ends_at,
                        greatest((l.day + s.starts) at time zone w.time_zone, c.started_at, (
                            select o.recorded_at from operations o where o.user_id = c.worker_id
                            order by o.recorded_at desc limit 1)) as last_at
                 from (
                     select distinct on (t.warehouse_id, t.worker_id) t.company_id, t.warehouse_id, t.worker_id,
                            t.document_id, d.number, t.started_at
                     from tasks t join documents d on d.id = t.document_id
                     where t.state = 'claimed'
                     order by t.warehouse_id, t.worker_id, t.started_at desc, t.id
                 ) c
                 join users u on u.id = c.worker_id
                 join warehouses w on w.id = c.warehouse_id
                 cross join lateral (select ($1::timestamptz at time zone w.time_zone)::date as day,
                                            ($1::timestamptz at time zone w.time_zone)::time as clock) l
                 join shifts s on s.id = coalesce(
                     shift_on(c.worker_id, c.warehouse_id, l.day),
                     (select o.id from shifts o
                      where o.warehouse_id = c.warehouse_id and l.clock >= o.starts and l.clock < o.ends
                        and not exists (select from roster_entries r where r.user_id = c.worker_id
                                        and r.warehouse_id = c.warehouse_id and r.on_date = l.day)
                      order by o.ends desc, o.id limit 1))
             ) k
         ) a
         where $1 >= a.starts_at and $1 < a.ends_at
           and $1 - a.last_at - a.rested >= make_interval(mins => $2::int)",
        now,
        limit
    );
    Ok(companies.fetch_all(tx.conn()).await?)
}

/// The ERP and the floor disagree about a line, of a finished document too.
async fn conflicts(tx: &mut Tx, limit: i32, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let companies = keep!(
        "conflict",
        "select d.company_id, d.warehouse_id, 'document:' || d.id as cause,
                d.number || coalesce(' · ' || d.partner_name, '') as subject,
                case d.conflicts when 1 then 'One line' else d.conflicts || ' lines' end
                    || ' changed in the ERP in a way that does not fit what was done.' as detail,
                d.id as document_id, d.connection_id,
                coalesce((select max(e.at) from timeline_entries e where e.document_id = d.id and e.kind = 'conflict'),
                         d.updated_at) as since
         from documents d
         where d.conflicts > 0",
        now,
        limit
    );
    Ok(companies.fetch_all(tx.conn()).await?)
}

/// Names nobody translated, one each; and the unknown items of open documents, one per connection.
async fn unmapped(tx: &mut Tx, limit: i32, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let companies = keep!(
        "unmapped",
        "select m.company_id, c.warehouse_id, 'mapping:' || m.id as cause,
                m.external as subject,
                'Nobody said yet what this ' || case m.kind when 'uom' then 'unit' else m.kind end
                    || ' of ' || c.name || ' means here.' as detail,
                null::bigint as document_id, m.connection_id, m.first_seen_at as since
         from mappings m
         join connections c on c.id = m.connection_id
         where m.answered_at is null
         union all
         select d.company_id, d.warehouse_id, 'items:' || d.connection_id || ':' || d.warehouse_id,
                min(c.name), count(distinct l.item_code) || ' item codes of open documents are not in the catalogue.',
                min(d.id), d.connection_id, min(d.imported_at)
         from documents d
         join document_lines l on l.document_id = d.id and l.item_id is null and l.removed_at is null
         join connections c on c.id = d.connection_id
         where d.status in ('new', 'in_progress') and d.lines_wms > 0
         group by d.company_id, d.warehouse_id, d.connection_id",
        now,
        limit
    );
    Ok(companies.fetch_all(tx.conn()).await?)
}

/// Connections that fail, and the last sync of an entity when it failed or waits for a word. One that is
/// under way, was cancelled or only looks says nothing: what failed before keeps its owner and age until
/// one is done.
async fn failed_syncs(tx: &mut Tx, limit: i32, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let companies = keep!(
        "failed_sync",
        "select c.company_id, c.warehouse_id, 'connection:' || c.id as cause, c.name as subject,
                coalesce(c.last_error, 'The connection is down.') as detail,
                null::bigint as document_id, c.id as connection_id,
                coalesce(c.last_ok_at, c.last_error_at, $1) as since
         from connections c
         where c.health in ('failing', 'paused')
         union all
         select c.company_id, c.warehouse_id, 'sync:' || c.id || ':' || r.entity, c.name || ' · ' || r.entity,
                case r.state
                    when 'failed' then 'The last sync failed: ' || coalesce(r.message, 'no reason was given.')
                    else 'A sync waits for your word: ' || coalesce(r.message, 'it would change many rows.')
                end,
                null, c.id, coalesce(r.finished_at, r.updated_at)
         from connections c
         cross join (values ('items'), ('partners'), ('dispatches'), ('receipts'), ('stock')) as e (entity)
         cross join lateral (
             select r.entity, r.state, r.message, r.finished_at, r.updated_at
             from sync_runs r
             where r.connection_id = c.id and r.entity = e.entity
               and not r.dry and r.state in ('done', 'failed', 'needs_approval')
             order by r.id desc
             limit 1
         ) r
         where r.state in ('failed', 'needs_approval')",
        now,
        limit
    );
    Ok(companies.fetch_all(tx.conn()).await?)
}

/// Goods missing on open documents, on those finished short within a week, and on those that went back to
/// the floor and wait for somebody.
async fn shortages(tx: &mut Tx, limit: i32, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let companies = keep!(
        "shortage",
        "select d.company_id, d.warehouse_id, 'document:' || d.id as cause,
                d.number || coalesce(' · ' || d.partner_name, '') as subject,
                case d.lines_short when 0 then 'What was missing is work again and waits to be given to somebody.'
                     when 1 then 'Goods are missing on one line.'
                     else 'Goods are missing on ' || d.lines_short || ' lines.' end as detail,
                d.id as document_id, null::bigint as connection_id,
                coalesce((select min(e.at) from timeline_entries e where e.document_id = d.id and e.kind = 'shortage'),
                         d.updated_at) as since
         from (
             select o.* from warehouses w
             join documents o on o.warehouse_id = w.id and o.lines_wms > 0 and o.lines_short > 0
              and o.status in ('new', 'in_progress')
             union all
             select o.* from warehouses w
             join documents o on o.warehouse_id = w.id and o.lines_short > 0
              and o.finished_at is not null and o.finished_at > $1::timestamptz - interval '7 days'
             union all
             select o.* from warehouses w
             join tasks t on t.warehouse_id = w.id and t.state = 'open' and t.worker_id is null and t.team_id is null
              and t.returned_at is not null
             join documents o on o.id = t.document_id and o.lines_short = 0
         ) d",
        now,
        limit
    );
    Ok(companies.fetch_all(tx.conn()).await?)
}

/// Systems whose messages were given up by us and not by a person.
async fn undelivered(tx: &mut Tx, limit: i32, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let companies = keep!(
        "undelivered",
        "select o.company_id, min(c.warehouse_id) as warehouse_id, o.lane as cause,
                coalesce(min(e.name), min(c.name), 'E-mail') as subject,
                count(*) || case count(*) when 1 then ' message was' else ' messages were' end
                    || ' given up and wait' || case count(*) when 1 then 's' else '' end || ' for a word. The last one: '
                    || coalesce((array_agg(o.last_error order by o.seq desc))[1], 'no reason was given.') as detail,
                null::bigint as document_id, o.connection_id, min(o.updated_at) as since
         from erp_outbox o
         left join webhook_endpoints e on e.id = o.endpoint_id
         left join connections c on c.id = o.connection_id
         where o.status = 'dead'
         group by o.company_id, o.lane, o.connection_id",
        now,
        limit
    );
    Ok(companies.fetch_all(tx.conn()).await?)
}

/// Acts done without a network that wait for a lead, together by line and person.
async fn reviews(tx: &mut Tx, limit: i32, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let companies = keep!(
        "review",
        "select r.company_id, r.warehouse_id, 'line:' || r.line_id || ':user:' || r.user_id as cause,
                d.number || coalesce(' · ' || d.partner_name, '') as subject,
                u.name || ' worked without a network on ' || l.item_code || ': '
                    || coalesce(trim_scale(sum(o.picked)) || ' ' || l.uom || ' taken', 'a shortage reported')
                    || '. ' || min(r.why) as detail,
                d.id as document_id, null::bigint as connection_id, min(r.created_at) as since
         from operation_reviews r
         join document_lines l on l.id = r.line_id
         join documents d on d.id = r.document_id
         join users u on u.id = r.user_id
         join (select id, (request -> 'action' ->> 'quantity')::numeric as picked from operations) o
           on o.id = r.operation_id
         where r.decided_at is null and $1::timestamptz is not null
         group by r.company_id, r.warehouse_id, r.line_id, r.user_id, d.id, u.name, l.item_code, l.uom",
        now,
        limit
    );
    Ok(companies.fetch_all(tx.conn()).await?)
}

/// Received goods that wait where no location is suggested ([`crate::put_aways::waiting`]): their item lay on
/// none that is in use and not found full, and none is empty. Sites without locations put nothing away.
async fn blocked_put_aways(tx: &mut Tx, limit: i32, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let companies = keep!(
        "blocked_put_away",
        "with found_full as materialized (
             select f.location_id as id from locations_found_full($1::timestamptz) f
         ), waits as materialized (
             select t.company_id, t.warehouse_id, d.id as document_id, d.number, d.partner_name,
                    coalesce(p.received_at, t.started_at) as received_at
             from tasks t
             join documents d on d.id = t.document_id
             join document_lines l on l.document_id = d.id and l.wms_flag and l.done > 0
             join lateral (
                 select coalesce(sum(o.quantity) filter (where o.kind = 'put_away'
                            and not exists (select from operations r where r.reverses = o.id and r.accepted)), 0)
                            as quantity,
                        max(o.recorded_at) filter (where o.kind = 'pick') as received_at
                 from operations o
                 where o.task_id = t.id and o.line_id = l.id and o.accepted and o.kind in ('pick', 'put_away')
             ) p on l.done > p.quantity
             where t.kind = 'receive' and l.item_id is not null
               and (t.finished_at is null or t.finished_at > $1::timestamptz - interval '14 days')
               and t.started_at >= (select min(c.created_at) from locations c where c.warehouse_id = t.warehouse_id)
               and not exists (select from stock_moves m join locations c on c.id = m.location_id and c.active
                               where m.item_id = l.item_id and m.warehouse_id = t.warehouse_id
                                 and c.id not in (select f.id from found_full f))
         ), full_sites as materialized (
             select s.warehouse_id
             from (select distinct warehouse_id from waits) s
             left join lateral (
                 select c.id from locations c
                 where c.warehouse_id = s.warehouse_id and c.active
                   and c.id not in (select f.id from found_full f)
                   and not exists (select from stock_moves m where m.location_id = c.id
                                   group by m.item_id having sum(m.quantity) > 0)
                 limit 1
             ) free on true
             where free.id is null
         )
         select w.company_id, w.warehouse_id, 'document:' || w.document_id as cause,
                w.number || coalesce(' · ' || w.partner_name, '') as subject,
                case count(*) when 1
                     then 'One line of what was received fits on no location: none is empty.'
                     else count(*) || ' lines of what was received fit on no location: none is empty.' end as detail,
                w.document_id, null::bigint as connection_id, min(w.received_at) as since
         from waits w
         join full_sites f on f.warehouse_id = w.warehouse_id
         group by w.company_id, w.warehouse_id, w.document_id, w.number, w.partner_name",
        now,
        limit
    );
    Ok(companies.fetch_all(tx.conn()).await?)
}

/// Counts beyond the site's tolerance that another person has not looked at yet.
async fn count_variances(tx: &mut Tx, limit: i32, now: DateTime<Utc>) -> Result<Vec<i64>> {
    let companies = keep!(
        "count_variance",
        "select n.company_id, n.warehouse_id, 'count:' || n.id as cause,
                c.code || ' · ' || i.code as subject,
                u.name || ' found ' || trim_scale(n.first) || ' ' || i.uom || ', on record are '
                    || trim_scale(n.on_record) || '. Somebody else has to count again.' as detail,
                null::bigint as document_id, null::bigint as connection_id,
                coalesce((select min(e.recorded_at) from count_entries e where e.line_id = n.id and e.accepted),
                         n.requested_at) as since
         from count_lines n
         join locations c on c.id = n.location_id
         join items i on i.id = n.item_id
         join users u on u.id = n.first_by
         where n.state = 'again'",
        now,
        limit
    );
    Ok(companies.fetch_all(tx.conn()).await?)
}
