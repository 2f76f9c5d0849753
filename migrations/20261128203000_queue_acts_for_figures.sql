-- Who writes an act queues its number, and the fold works out what it contributes, many at a time.
-- Deltas of acts that wait already are folded as before.

create table kpi_acts (
    company_id bigint not null,
    warehouse_id bigint not null,
    operation_id uuid not null,
    recorded_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 2000);
comment on table kpi_acts is 'Acts that are not folded into kpi_rollups yet; lives about a second. No index: it is read as a whole.';
comment on column kpi_acts.company_id is 'Tenant.';
comment on column kpi_acts.warehouse_id is 'Site the act counts for.';
comment on column kpi_acts.operation_id is 'The act.';
comment on column kpi_acts.recorded_at is 'When it happened: how long it waits.';
alter table kpi_acts enable row level security;
alter table kpi_acts force row level security;
create policy one_company on kpi_acts using (crossdock_sees(company_id));
comment on table kpi_deltas is 'What changed in the figures through documents and is not folded into kpi_rollups yet; lives about a second.';

create or replace function kpi_count_operation() returns trigger language plpgsql as $$
begin
    insert into kpi_acts (company_id, warehouse_id, operation_id, recorded_at)
    values (new.company_id, new.warehouse_id, new.id, new.recorded_at);
    return null;
end
$$;
comment on function kpi_count_operation is 'Queues a new act for the figures.';

drop view kpi_facts;
drop function kpi_operation_facts(operations);

create view kpi_act_facts with (security_invoker = true) as
select op.id as operation_id, op.company_id, op.warehouse_id,
       l.local::date as day, extract(hour from l.local)::smallint as hour, d.kind,
       coalesce(op.credited_shift_id, 0) as shift_id,
       coalesce(op.credited_team_id, 0) as team_id,
       op.credited_user_id as worker_id,
       (n.line_net > 0)::int - (n.line_net - op.quantity > 0)::int as lines,
       (n.worker_net > 0)::int - (n.worker_net - op.quantity > 0)::int as worker_lines,
       op.quantity,
       (op.kind = 'pick')::int as picks,
       coalesce((op.kind = 'undo' and r.kind = 'pick')::int, 0) as undone,
       (op.kind = 'short' and op.reason = 'not_in_stock')::int
           - coalesce(r.kind = 'short' and r.reason = 'not_in_stock', false)::int as short_not_in_stock,
       (op.kind = 'short' and op.reason = 'damaged')::int
           - coalesce(r.kind = 'short' and r.reason = 'damaged', false)::int as short_damaged,
       (op.kind = 'short' and op.reason = 'not_found')::int
           - coalesce(r.kind = 'short' and r.reason = 'not_found', false)::int as short_not_found,
       (op.kind = 'short' and op.reason = 'wrong_item')::int
           - coalesce(r.kind = 'short' and r.reason = 'wrong_item', false)::int as short_wrong_item,
       (op.kind = 'short' and op.reason = 'other')::int
           - coalesce(r.kind = 'short' and r.reason = 'other', false)::int as short_other,
       0 as documents, 0 as documents_partial, 0 as lines_ordered, 0 as lines_complete, 0 as tasks_timed,
       0::bigint as worked_seconds, 0::bigint as idle_seconds, 0::bigint as cycle_seconds,
       0 as lines_erp, 0 as lines_known, 0 as due, 0 as on_time,
       op.recorded_at as last_at
from operations op
join tasks t on t.id = op.task_id
join documents d on d.id = t.document_id and d.source <> 'test'
join warehouses w on w.id = op.warehouse_id
cross join lateral (select op.recorded_at at time zone w.time_zone as local) l
cross join lateral (
    -- The hours around the act hold its day whatever the clocks do, and are read by the line's index.
    select coalesce(sum(x.quantity), 0) as line_net,
           coalesce(sum(x.quantity) filter (where x.credited_user_id = op.credited_user_id), 0) as worker_net
    from operations x
    where x.line_id = op.line_id and x.seq <= op.seq and x.accepted and x.kind in ('pick', 'undo')
      and x.recorded_at > op.recorded_at - interval '48 hours'
      and x.recorded_at < op.recorded_at + interval '48 hours'
      and (x.recorded_at at time zone w.time_zone)::date = l.local::date
) n
left join operations r on r.id = op.reverses
where op.accepted and op.kind in ('pick', 'undo', 'short');
comment on view kpi_act_facts is 'What each act contributes to the figures; nothing when it was refused or belongs to a test document.';

create view kpi_facts with (security_invoker = true) as
select company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
       lines, worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged, short_not_found,
       short_wrong_item, short_other, documents, documents_partial, lines_ordered, lines_complete,
       tasks_timed, worked_seconds, idle_seconds, cycle_seconds, lines_erp, lines_known, due, on_time, last_at
from kpi_act_facts
union all
select f.* from documents d cross join lateral kpi_document_facts(d) f;
comment on view kpi_facts is 'Every contribution to the figures, from the rows: what rollups and what is not folded must add up to.';

-- Each waiting act is looked up by itself, so that no estimate of how many wait makes the planner
-- read whole tables: that is what "offset 0" is for.
create view kpi_unfolded with (security_invoker = true) as
select company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
       lines, worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged, short_not_found,
       short_wrong_item, short_other, documents, documents_partial, lines_ordered, lines_complete,
       tasks_timed, worked_seconds, idle_seconds, cycle_seconds, lines_erp, lines_known, due, on_time, last_at
from kpi_deltas
union all
select a.company_id, a.warehouse_id, f.day, f.hour, f.kind, f.shift_id, f.team_id, f.worker_id,
       f.lines, f.worker_lines, f.quantity, f.picks, f.undone, f.short_not_in_stock, f.short_damaged,
       f.short_not_found, f.short_wrong_item, f.short_other, f.documents, f.documents_partial,
       f.lines_ordered, f.lines_complete, f.tasks_timed, f.worked_seconds, f.idle_seconds, f.cycle_seconds,
       f.lines_erp, f.lines_known, f.due, f.on_time, f.last_at
from kpi_acts a
cross join lateral (select * from kpi_act_facts x where x.operation_id = a.operation_id offset 0) f;
comment on view kpi_unfolded is 'What readers add to kpi_rollups: deltas of documents and the contributions of queued acts.';

-- The rows of the hour, day and month under way change several times a second, in place.
alter table kpi_rollups set (fillfactor = 70);
