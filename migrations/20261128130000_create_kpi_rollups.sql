-- Figures are kept as sums: a change appends a delta in its own transaction, an engine folds deltas
-- into rollups, and a reader adds what is not folded yet. What an act or a document contributes is
-- said once, in kpi_operation_facts and kpi_document_facts.
select set_config('crossdock.system', 'on', true);

alter table operations add column seq bigint generated always as identity;
alter table operations add column credited_team_id bigint;
alter table operations add column credited_shift_id bigint;
comment on column operations.seq is 'Order in which acts took effect; within a document without gaps in time, for its row is locked.';
comment on column operations.credited_team_id is 'Team of the credited person at that time.';
comment on column operations.credited_shift_id is 'Shift of the credited person at that time.';

alter table documents add column lines_known integer not null default 0;
alter table documents add column finished_by bigint references users;
alter table documents add column finished_team_id bigint;
alter table documents add column finished_shift_id bigint;
alter table documents add column worked_seconds bigint;
alter table documents add column idle_seconds bigint;
comment on column documents.lines_known is 'Lines on the document that exist in our catalogue and warehouse.';
comment on column documents.finished_by is 'Who finished it; read only while finished_at is set, like the columns after it.';
comment on column documents.finished_team_id is 'Team of that person at that time.';
comment on column documents.finished_shift_id is 'Shift of that person at that time.';
comment on column documents.worked_seconds is 'Seconds from the beginning of work to its end, without gaps longer than a quarter of an hour.';
comment on column documents.idle_seconds is 'Seconds of those gaps.';

create function shift_at(worker bigint, site bigint, at timestamptz) returns bigint
    language sql stable parallel safe
    return coalesce(
        (select shift_on(worker, site, (at at time zone w.time_zone)::date) from warehouses w where w.id = site),
        (select case when count(*) = 1 then min(s.id) end
         from shifts s join warehouses w on w.id = s.warehouse_id
         where s.warehouse_id = site and (at at time zone w.time_zone)::time >= s.starts
           and (at at time zone w.time_zone)::time < s.ends)
    );
comment on function shift_at is 'The shift a person''s act counts for: the roster''s, else the only one under way; null in an overlap nobody decided.';

create function task_seconds(task bigint, ended timestamptz, out worked bigint, out idle bigint)
    language sql stable parallel safe
    return (
        select row (coalesce(floor(sum(gap) filter (where gap <= 900)), 0)::bigint,
                    coalesce(floor(sum(gap) filter (where gap > 900)), 0)::bigint)
        from (
            select extract(epoch from moment - lag(moment) over (order by moment)) as gap
            from (
                select t.started_at as moment from tasks t where t.id = task and t.started_at is not null
                union all
                select o.recorded_at from operations o where o.task_id = task and o.accepted and o.recorded_at <= ended
                union all
                select ended
            ) moments
        ) gaps
    );
comment on function task_seconds is 'Time between the acts of a task: gaps up to a quarter of an hour are work, longer ones idle.';

create table kpi_deltas (
    id bigint generated always as identity primary key,
    company_id bigint not null,
    warehouse_id bigint not null,
    day date not null,
    hour smallint not null default 0,
    kind text not null,
    shift_id bigint not null default 0,
    team_id bigint not null default 0,
    worker_id bigint not null default 0,
    lines integer not null default 0,
    worker_lines integer not null default 0,
    quantity numeric not null default 0,
    picks integer not null default 0,
    undone integer not null default 0,
    short_not_in_stock integer not null default 0,
    short_damaged integer not null default 0,
    short_not_found integer not null default 0,
    short_wrong_item integer not null default 0,
    short_other integer not null default 0,
    documents integer not null default 0,
    documents_partial integer not null default 0,
    lines_ordered integer not null default 0,
    lines_complete integer not null default 0,
    tasks_timed integer not null default 0,
    worked_seconds bigint not null default 0,
    idle_seconds bigint not null default 0,
    cycle_seconds bigint not null default 0,
    lines_erp integer not null default 0,
    lines_known integer not null default 0,
    due integer not null default 0,
    on_time integer not null default 0,
    last_at timestamptz not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 2000);
comment on table kpi_deltas is 'What changed in the figures and is not folded into kpi_rollups yet; lives about a second.';
comment on column kpi_deltas.id is 'Order of folding.';
comment on column kpi_deltas.company_id is 'Tenant.';
comment on column kpi_deltas.warehouse_id is 'Site the figures belong to.';
comment on column kpi_deltas.day is 'Day of the site.';
comment on column kpi_deltas.hour is 'Hour of the site''s day, 0 to 23.';
comment on column kpi_deltas.kind is 'Kind of the document: dispatch or receipt.';
comment on column kpi_deltas.shift_id is 'Shift at that time; 0 when none.';
comment on column kpi_deltas.team_id is 'Team at that time; 0 when none.';
comment on column kpi_deltas.worker_id is 'Person credited; 0 when nobody in particular.';
comment on column kpi_deltas.lines is 'Lines whose net quantity of the day became positive, less those that returned to zero; once for the site.';
comment on column kpi_deltas.worker_lines is 'The same per person: a line two people worked on counts for both.';
comment on column kpi_deltas.quantity is 'Net quantity, over all units.';
comment on column kpi_deltas.picks is 'Picks.';
comment on column kpi_deltas.undone is 'Picks taken back.';
comment on column kpi_deltas.short_not_in_stock is 'Standing shortage reports: not in stock.';
comment on column kpi_deltas.short_damaged is 'Standing shortage reports: damaged.';
comment on column kpi_deltas.short_not_found is 'Standing shortage reports: not found.';
comment on column kpi_deltas.short_wrong_item is 'Standing shortage reports: wrong item.';
comment on column kpi_deltas.short_other is 'Standing shortage reports: other.';
comment on column kpi_deltas.documents is 'Documents finished.';
comment on column kpi_deltas.documents_partial is 'Documents finished with a short line.';
comment on column kpi_deltas.lines_ordered is 'Floor lines of finished documents.';
comment on column kpi_deltas.lines_complete is 'Floor lines of finished documents that were done in full.';
comment on column kpi_deltas.tasks_timed is 'Finished documents whose work has a beginning.';
comment on column kpi_deltas.worked_seconds is 'Seconds of work on finished documents, without idle time.';
comment on column kpi_deltas.idle_seconds is 'Seconds of gaps longer than a quarter of an hour between acts.';
comment on column kpi_deltas.cycle_seconds is 'Seconds from first read to finished.';
comment on column kpi_deltas.lines_erp is 'Lines on the ERP''s documents of the day.';
comment on column kpi_deltas.lines_known is 'Those of them that exist in our catalogue and warehouse.';
comment on column kpi_deltas.due is 'Documents with floor work that were due on the day.';
comment on column kpi_deltas.on_time is 'Those of them finished by the end of the day.';
comment on column kpi_deltas.last_at is 'When it happened.';
create index kpi_deltas_day on kpi_deltas (warehouse_id, day); -- figures of a period
alter table kpi_deltas enable row level security;
alter table kpi_deltas force row level security;
create policy one_company on kpi_deltas using (crossdock_sees(company_id));

create table kpi_rollups (
    grain text not null check (grain in ('hour', 'day', 'month')),
    company_id bigint not null,
    warehouse_id bigint not null,
    day date not null,
    hour smallint not null default 0,
    kind text not null,
    shift_id bigint not null default 0,
    team_id bigint not null default 0,
    worker_id bigint not null default 0,
    lines bigint not null default 0,
    worker_lines bigint not null default 0,
    quantity numeric not null default 0,
    picks bigint not null default 0,
    undone bigint not null default 0,
    short_not_in_stock bigint not null default 0,
    short_damaged bigint not null default 0,
    short_not_found bigint not null default 0,
    short_wrong_item bigint not null default 0,
    short_other bigint not null default 0,
    documents bigint not null default 0,
    documents_partial bigint not null default 0,
    lines_ordered bigint not null default 0,
    lines_complete bigint not null default 0,
    tasks_timed bigint not null default 0,
    worked_seconds bigint not null default 0,
    idle_seconds bigint not null default 0,
    cycle_seconds bigint not null default 0,
    lines_erp bigint not null default 0,
    lines_known bigint not null default 0,
    due bigint not null default 0,
    on_time bigint not null default 0,
    last_at timestamptz not null,
    primary key (warehouse_id, grain, day, hour, kind, shift_id, team_id, worker_id)
);
comment on table kpi_rollups is 'Figures as sums by hour, day and month; a reader adds kpi_deltas.';
comment on column kpi_rollups.grain is 'hour, day, or month (day is its first, hour 0).';
comment on column kpi_rollups.company_id is 'Tenant.';
comment on column kpi_rollups.warehouse_id is 'Site the figures belong to.';
comment on column kpi_rollups.day is 'Day of the site.';
comment on column kpi_rollups.hour is 'Hour of the site''s day, 0 to 23.';
comment on column kpi_rollups.kind is 'Kind of the document: dispatch or receipt.';
comment on column kpi_rollups.shift_id is 'Shift at that time; 0 when none.';
comment on column kpi_rollups.team_id is 'Team at that time; 0 when none.';
comment on column kpi_rollups.worker_id is 'Person credited; 0 when nobody in particular.';
comment on column kpi_rollups.lines is 'Lines whose net quantity of the day became positive, less those that returned to zero; once for the site.';
comment on column kpi_rollups.worker_lines is 'The same per person: a line two people worked on counts for both.';
comment on column kpi_rollups.quantity is 'Net quantity, over all units.';
comment on column kpi_rollups.picks is 'Picks.';
comment on column kpi_rollups.undone is 'Picks taken back.';
comment on column kpi_rollups.short_not_in_stock is 'Standing shortage reports: not in stock.';
comment on column kpi_rollups.short_damaged is 'Standing shortage reports: damaged.';
comment on column kpi_rollups.short_not_found is 'Standing shortage reports: not found.';
comment on column kpi_rollups.short_wrong_item is 'Standing shortage reports: wrong item.';
comment on column kpi_rollups.short_other is 'Standing shortage reports: other.';
comment on column kpi_rollups.documents is 'Documents finished.';
comment on column kpi_rollups.documents_partial is 'Documents finished with a short line.';
comment on column kpi_rollups.lines_ordered is 'Floor lines of finished documents.';
comment on column kpi_rollups.lines_complete is 'Floor lines of finished documents that were done in full.';
comment on column kpi_rollups.tasks_timed is 'Finished documents whose work has a beginning.';
comment on column kpi_rollups.worked_seconds is 'Seconds of work on finished documents, without idle time.';
comment on column kpi_rollups.idle_seconds is 'Seconds of gaps longer than a quarter of an hour between acts.';
comment on column kpi_rollups.cycle_seconds is 'Seconds from first read to finished.';
comment on column kpi_rollups.lines_erp is 'Lines on the ERP''s documents of the day.';
comment on column kpi_rollups.lines_known is 'Those of them that exist in our catalogue and warehouse.';
comment on column kpi_rollups.due is 'Documents with floor work that were due on the day.';
comment on column kpi_rollups.on_time is 'Those of them finished by the end of the day.';
comment on column kpi_rollups.last_at is 'Newest change in the sum.';
alter table kpi_rollups enable row level security;
alter table kpi_rollups force row level security;
create policy one_company on kpi_rollups using (crossdock_sees(company_id));

create function kpi_operation_facts(op operations) returns table (
        company_id bigint, warehouse_id bigint, day date, hour smallint, kind text, shift_id bigint, team_id bigint, worker_id bigint,
        lines integer, worker_lines integer, quantity numeric, picks integer, undone integer,
        short_not_in_stock integer, short_damaged integer, short_not_found integer, short_wrong_item integer, short_other integer,
        documents integer, documents_partial integer, lines_ordered integer, lines_complete integer, tasks_timed integer,
        worked_seconds bigint, idle_seconds bigint, cycle_seconds bigint, lines_erp integer, lines_known integer,
        due integer, on_time integer,
        last_at timestamptz)
    language sql stable
as $$
        select op.company_id, op.warehouse_id, l.local::date, extract(hour from l.local)::smallint, d.kind,
               coalesce(op.credited_shift_id, 0), coalesce(op.credited_team_id, 0), op.credited_user_id,
               (n.line_net > 0)::int - (n.line_net - op.quantity > 0)::int,
               (n.worker_net > 0)::int - (n.worker_net - op.quantity > 0)::int,
               op.quantity,
               (op.kind = 'pick')::int,
               coalesce((op.kind = 'undo' and r.kind = 'pick')::int, 0),
               (op.kind = 'short' and op.reason = 'not_in_stock')::int - coalesce(r.kind = 'short' and r.reason = 'not_in_stock', false)::int,
               (op.kind = 'short' and op.reason = 'damaged')::int - coalesce(r.kind = 'short' and r.reason = 'damaged', false)::int,
               (op.kind = 'short' and op.reason = 'not_found')::int - coalesce(r.kind = 'short' and r.reason = 'not_found', false)::int,
               (op.kind = 'short' and op.reason = 'wrong_item')::int - coalesce(r.kind = 'short' and r.reason = 'wrong_item', false)::int,
               (op.kind = 'short' and op.reason = 'other')::int - coalesce(r.kind = 'short' and r.reason = 'other', false)::int,
               0, 0, 0, 0, 0, 0::bigint, 0::bigint, 0::bigint, 0, 0, 0, 0,
               op.recorded_at
        from tasks t
        join documents d on d.id = t.document_id and d.source <> 'test'
        join warehouses w on w.id = op.warehouse_id
        cross join lateral (select op.recorded_at at time zone w.time_zone as local) l
        cross join lateral (
            select coalesce(sum(x.quantity), 0) as line_net,
                   coalesce(sum(x.quantity) filter (where x.credited_user_id = op.credited_user_id), 0) as worker_net
            from operations x
            where x.line_id = op.line_id and x.seq <= op.seq and x.accepted and x.kind in ('pick', 'undo')
              and (x.recorded_at at time zone w.time_zone)::date = l.local::date
        ) n
        left join operations r on r.id = op.reverses
        where t.id = op.task_id and op.accepted and op.kind in ('pick', 'undo', 'short')
$$;
comment on function kpi_operation_facts is 'What one act contributes to the figures; nothing when it was refused or belongs to a test document.';

create function kpi_document_facts(doc documents) returns table (
        company_id bigint, warehouse_id bigint, day date, hour smallint, kind text, shift_id bigint, team_id bigint, worker_id bigint,
        lines integer, worker_lines integer, quantity numeric, picks integer, undone integer,
        short_not_in_stock integer, short_damaged integer, short_not_found integer, short_wrong_item integer, short_other integer,
        documents integer, documents_partial integer, lines_ordered integer, lines_complete integer, tasks_timed integer,
        worked_seconds bigint, idle_seconds bigint, cycle_seconds bigint, lines_erp integer, lines_known integer,
        due integer, on_time integer,
        last_at timestamptz)
    language sql stable
as $$
        select doc.company_id, c.warehouse_id, doc.dated_on, 0::smallint, doc.kind, 0::bigint, 0::bigint, 0::bigint,
               0, 0, 0::numeric, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0::bigint, 0::bigint, 0::bigint,
               doc.lines_total,
               doc.lines_known,
               (doc.lines_wms > 0)::int,
               coalesce((doc.lines_wms > 0 and (doc.finished_at at time zone w.time_zone)::date <= doc.dated_on)::int, 0),
               doc.updated_at
        from connections c
        join warehouses w on w.id = c.warehouse_id
        where c.id = doc.connection_id and doc.source <> 'test' and doc.status <> 'cancelled' and doc.lines_total > 0
        union all
        select doc.company_id, doc.warehouse_id, l.local::date, extract(hour from l.local)::smallint, doc.kind,
               coalesce(doc.finished_shift_id, 0), coalesce(doc.finished_team_id, 0), coalesce(doc.finished_by, 0),
               0, 0, 0::numeric, 0, 0, 0, 0, 0, 0, 0,
               1,
               (doc.status = 'partial')::int,
               doc.lines_wms,
               doc.lines_done,
               (doc.worked_seconds is not null)::int,
               coalesce(doc.worked_seconds, 0),
               coalesce(doc.idle_seconds, 0),
               greatest(floor(extract(epoch from doc.finished_at - doc.imported_at)), 0)::bigint,
               0, 0, 0, 0,
               doc.finished_at
        from warehouses w
        cross join lateral (select doc.finished_at at time zone w.time_zone as local) l
        where w.id = doc.warehouse_id and doc.source <> 'test' and doc.status in ('partial', 'done')
$$;
comment on function kpi_document_facts is 'What a document contributes as it stands: to the day it is due, and once finished to the hour of its end.';

create type kpi_measures as (
    lines numeric, worker_lines numeric, quantity numeric, picks numeric, undone numeric,
    short_not_in_stock numeric, short_damaged numeric, short_not_found numeric, short_wrong_item numeric,
    short_other numeric, documents numeric, documents_partial numeric, lines_ordered numeric,
    lines_complete numeric, tasks_timed numeric, worked_seconds numeric, idle_seconds numeric,
    cycle_seconds numeric, lines_erp numeric, lines_known numeric, due numeric, on_time numeric
);
comment on type kpi_measures is 'Sums of a part of the figures, or what one row adds to them.';

create function kpi_figures(m kpi_measures, personal boolean) returns table (kpi text, numerator numeric, denominator numeric)
    language sql immutable parallel safe
as $$
    values ('lines', case when personal then m.worker_lines else m.lines end, null::numeric),
           ('quantity', m.quantity, null),
           ('documents', m.documents, null),
           ('partial_ratio', m.documents_partial, m.documents),
           ('order_fill', m.documents - m.documents_partial, m.documents),
           ('line_fill', m.lines_complete, m.lines_ordered),
           ('on_time', m.on_time, m.due),
           ('coverage', m.lines_known, m.lines_erp),
           ('task_duration', m.worked_seconds, m.tasks_timed),
           ('idle_time', m.idle_seconds, m.tasks_timed),
           ('cycle_time', m.cycle_seconds, m.documents),
           ('lines_per_hour', m.lines_complete, m.worked_seconds),
           ('lines_per_document', m.lines_ordered, m.documents),
           ('quantity_per_line', m.quantity, case when personal then m.worker_lines else m.lines end),
           ('taken_back', m.undone, m.picks),
           ('shortages', m.short_not_in_stock + m.short_damaged + m.short_not_found + m.short_wrong_item + m.short_other, null),
           ('short_not_in_stock', m.short_not_in_stock, null),
           ('short_damaged', m.short_damaged, null),
           ('short_not_found', m.short_not_found, null),
           ('short_wrong_item', m.short_wrong_item, null),
           ('short_other', m.short_other, null)
$$;
comment on function kpi_figures is 'Every figure as numerator and denominator: the one definition. Asked for a shift, a team or a person, lines count for each who worked on them.';

create view kpi_facts with (security_invoker = true) as
select f.* from operations o cross join lateral kpi_operation_facts(o) f
union all
select f.* from documents d cross join lateral kpi_document_facts(d) f;
comment on view kpi_facts is 'Every contribution to the figures, from the rows: what rollups and deltas must add up to.';

create function kpi_count_operation() returns trigger language plpgsql as $$
begin
    insert into kpi_deltas (company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id, lines,
                            worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged,
                            short_not_found, short_wrong_item, short_other, documents, documents_partial,
                            lines_ordered, lines_complete, tasks_timed, worked_seconds, idle_seconds,
                            cycle_seconds, lines_erp, lines_known, due, on_time, last_at)
    select f.* from kpi_operation_facts(new) f;
    return null;
end
$$;
comment on function kpi_count_operation is 'Appends what a new act contributes.';
create trigger kpi_count after insert on operations for each row
    when (new.accepted and new.kind in ('pick', 'undo', 'short')) execute function kpi_count_operation();

create function kpi_count_document() returns trigger language plpgsql as $$
begin
    insert into kpi_deltas (company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id, lines,
                            worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged,
                            short_not_found, short_wrong_item, short_other, documents, documents_partial,
                            lines_ordered, lines_complete, tasks_timed, worked_seconds, idle_seconds,
                            cycle_seconds, lines_erp, lines_known, due, on_time, last_at)
    select f.company_id, f.warehouse_id, f.day, f.hour, f.kind, f.shift_id, f.team_id, f.worker_id,
           sum(f.lines * sign), sum(f.worker_lines * sign), sum(f.quantity * sign), sum(f.picks * sign),
           sum(f.undone * sign), sum(f.short_not_in_stock * sign), sum(f.short_damaged * sign),
           sum(f.short_not_found * sign), sum(f.short_wrong_item * sign), sum(f.short_other * sign),
           sum(f.documents * sign), sum(f.documents_partial * sign), sum(f.lines_ordered * sign),
           sum(f.lines_complete * sign), sum(f.tasks_timed * sign), sum(f.worked_seconds * sign),
           sum(f.idle_seconds * sign), sum(f.cycle_seconds * sign), sum(f.lines_erp * sign),
           sum(f.lines_known * sign), sum(f.due * sign), sum(f.on_time * sign), new.updated_at
    from (
        select f.*, 1 as sign from kpi_document_facts(new) f
        union all
        select f.*, -1 from kpi_document_facts(old) f where tg_op = 'UPDATE'
    ) f
    group by f.company_id, f.warehouse_id, f.day, f.hour, f.kind, f.shift_id, f.team_id, f.worker_id
    having (sum(f.lines * sign), sum(f.worker_lines * sign), sum(f.quantity * sign), sum(f.picks * sign),
            sum(f.undone * sign), sum(f.short_not_in_stock * sign), sum(f.short_damaged * sign),
            sum(f.short_not_found * sign), sum(f.short_wrong_item * sign), sum(f.short_other * sign),
            sum(f.documents * sign), sum(f.documents_partial * sign), sum(f.lines_ordered * sign),
            sum(f.lines_complete * sign), sum(f.tasks_timed * sign), sum(f.worked_seconds * sign),
            sum(f.idle_seconds * sign), sum(f.cycle_seconds * sign), sum(f.lines_erp * sign),
            sum(f.lines_known * sign), sum(f.due * sign), sum(f.on_time * sign))
           is distinct from (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return null;
end
$$;
comment on function kpi_count_document is 'Appends how a document''s contribution changed.';
create trigger kpi_count after update on documents for each row
    when (old.lines_total <> new.lines_total or old.lines_known <> new.lines_known
          or (old.lines_wms > 0) <> (new.lines_wms > 0)
          or old.warehouse_id is distinct from new.warehouse_id
          or old.status = 'cancelled' or new.status = 'cancelled'
          or old.finished_at is not null or new.finished_at is not null)
    execute function kpi_count_document();
create trigger kpi_count_new after insert on documents for each row
    when (new.lines_total > 0 or new.finished_at is not null) execute function kpi_count_document();

-- What is known of the past: today's teams, and the shifts of then.
update operations o
set credited_team_id = u.team_id, credited_shift_id = shift_at(o.credited_user_id, o.warehouse_id, o.recorded_at)
from users u
where u.id = o.credited_user_id;
alter table documents disable trigger kpi_count;
update documents d
set lines_known = k.known
from (select l.document_id, count(*) as known from document_lines l
      where l.exists_in_wms and l.removed_at is null group by l.document_id) k
where k.document_id = d.id;
update documents d
set finished_by = o.credited_user_id, finished_team_id = o.credited_team_id,
    finished_shift_id = o.credited_shift_id, worked_seconds = s.worked, idle_seconds = s.idle
from tasks t
cross join lateral (select * from operations o where o.task_id = t.id and o.accepted and o.kind = 'finish'
                    order by o.seq desc limit 1) o
cross join lateral task_seconds(t.id, o.recorded_at) s
where t.document_id = d.id and d.status in ('partial', 'done');
alter table documents enable trigger kpi_count;
insert into kpi_deltas (company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id, lines,
                        worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged,
                        short_not_found, short_wrong_item, short_other, documents, documents_partial,
                        lines_ordered, lines_complete, tasks_timed, worked_seconds, idle_seconds,
                        cycle_seconds, lines_erp, lines_known, due, on_time, last_at)
select company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id,
       sum(lines), sum(worker_lines), sum(quantity), sum(picks), sum(undone), sum(short_not_in_stock),
       sum(short_damaged), sum(short_not_found), sum(short_wrong_item), sum(short_other), sum(documents),
       sum(documents_partial), sum(lines_ordered), sum(lines_complete), sum(tasks_timed),
       sum(worked_seconds), sum(idle_seconds), sum(cycle_seconds), sum(lines_erp), sum(lines_known),
       sum(due), sum(on_time), max(last_at)
from kpi_facts
group by company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id;
