-- How much of what was asked for was done, and how many documents in an hour and a day. Quantities are
-- counted when a document ends, and again whenever a finished one is: a pick writes nothing more than before.
select set_config('crossdock.system', 'on', true);

alter table documents add column quantity_requested numeric not null default 0;
alter table documents add column quantity_filled numeric not null default 0;
comment on column documents.quantity_requested is 'What the floor lines ask for, over all units; counted once it is finished, like the next.';
comment on column documents.quantity_filled is 'How much of it was done: of each line no more than it asks for.';
alter table kpi_deltas add column quantity_requested numeric not null default 0;
alter table kpi_deltas add column quantity_filled numeric not null default 0;
comment on column kpi_deltas.quantity_requested is 'What floor lines of finished documents ask for.';
comment on column kpi_deltas.quantity_filled is 'How much of it was done, of each line no more than it asks for.';
alter table kpi_rollups add column quantity_requested numeric not null default 0;
alter table kpi_rollups add column quantity_filled numeric not null default 0;
comment on column kpi_rollups.quantity_requested is 'What floor lines of finished documents ask for.';
comment on column kpi_rollups.quantity_filled is 'How much of it was done, of each line no more than it asks for.';

drop function kpi_sums(bigint, text[], integer[], date[], date[], date, date, text, text, text, bigint, bigint, bigint,
                       boolean, boolean);
drop function kpi_fractions(kpi_measures, boolean);
drop type kpi_measures;
drop view kpi_unfolded;
drop view kpi_facts;
drop view kpi_act_facts;
drop function kpi_document_facts(documents);

create type kpi_measures as (
    lines numeric, worker_lines numeric, quantity numeric, picks numeric, undone numeric,
    short_not_in_stock numeric, short_damaged numeric, short_not_found numeric, short_wrong_item numeric,
    short_other numeric, documents numeric, documents_partial numeric, lines_ordered numeric,
    lines_complete numeric, quantity_requested numeric, quantity_filled numeric, tasks_timed numeric,
    worked_seconds numeric, idle_seconds numeric, cycle_seconds numeric, lines_erp numeric, lines_known numeric, due numeric, on_time numeric
);
comment on type kpi_measures is 'Sums of a part of the figures, or what one row adds to them.';

create function kpi_document_facts(doc documents) returns table (
        company_id bigint, warehouse_id bigint, day date, hour smallint, kind text, shift_id bigint, team_id bigint, worker_id bigint,
        lines integer, worker_lines integer, quantity numeric, picks integer, undone integer,
        short_not_in_stock integer, short_damaged integer, short_not_found integer, short_wrong_item integer, short_other integer,
        documents integer, documents_partial integer, lines_ordered integer, lines_complete integer,
        quantity_requested numeric, quantity_filled numeric, tasks_timed integer,
        worked_seconds bigint, idle_seconds bigint, cycle_seconds bigint, lines_erp integer, lines_known integer,
        due integer, on_time integer,
        last_at timestamptz)
    language sql stable
as $$
        select doc.company_id, c.warehouse_id, doc.dated_on, 0::smallint, doc.kind, 0::bigint, 0::bigint, 0::bigint,
               0, 0, 0::numeric, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0::numeric, 0::numeric, 0, 0::bigint, 0::bigint, 0::bigint,
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
               doc.quantity_requested,
               doc.quantity_filled,
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
       0 as documents, 0 as documents_partial, 0 as lines_ordered, 0 as lines_complete,
       0::numeric as quantity_requested, 0::numeric as quantity_filled, 0 as tasks_timed,
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
       quantity_requested, quantity_filled,
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
       quantity_requested, quantity_filled,
       tasks_timed, worked_seconds, idle_seconds, cycle_seconds, lines_erp, lines_known, due, on_time, last_at
from kpi_deltas
union all
select a.company_id, a.warehouse_id, f.day, f.hour, f.kind, f.shift_id, f.team_id, f.worker_id,
       f.lines, f.worker_lines, f.quantity, f.picks, f.undone, f.short_not_in_stock, f.short_damaged,
       f.short_not_found, f.short_wrong_item, f.short_other, f.documents, f.documents_partial,
       f.lines_ordered, f.lines_complete, f.quantity_requested, f.quantity_filled, f.tasks_timed, f.worked_seconds,
       f.idle_seconds, f.cycle_seconds,
       f.lines_erp, f.lines_known, f.due, f.on_time, f.last_at
from kpi_acts a
cross join lateral (select * from kpi_act_facts x where x.operation_id = a.operation_id offset 0) f;
comment on view kpi_unfolded is 'What readers add to kpi_rollups: deltas of documents and the contributions of queued acts.';

create function kpi_fractions(m kpi_measures, personal boolean, days numeric default null) returns numeric[]
    language sql immutable parallel safe
    return array[
        case when personal then m.worker_lines else m.lines end, null, -- lines
        m.quantity, null, -- quantity
        m.documents, null, -- documents
        m.documents, days, -- documents per day
        m.lines_complete, m.worked_seconds, -- lines per hour
        m.tasks_timed, m.worked_seconds, -- documents per hour
        m.worked_seconds, m.tasks_timed, -- task duration
        m.idle_seconds, m.tasks_timed, -- idle time
        m.cycle_seconds, m.documents, -- cycle time
        m.documents_partial, m.documents, -- finished short
        m.documents - m.documents_partial, m.documents, -- order fill
        m.lines_complete, m.lines_ordered, -- line fill
        m.quantity_filled, m.quantity_requested, -- unit fill
        m.on_time, m.due, -- on time
        m.lines_known, m.lines_erp, -- WMS / ERP
        m.undone, m.picks, -- picks taken back
        m.lines_ordered, m.documents, -- lines per document
        m.quantity, case when personal then m.worker_lines else m.lines end, -- quantity per line
        m.short_not_in_stock + m.short_damaged + m.short_not_found + m.short_wrong_item + m.short_other, null, -- shortages
        m.short_not_in_stock, null, -- not in stock
        m.short_damaged, null, -- damaged
        m.short_not_found, null, -- not found
        m.short_wrong_item, null, -- wrong item
        m.short_other, null -- other
    ];
comment on function kpi_fractions is 'Every figure as numerator and denominator, one after the other, in the order people read them (domain::kpi::Kpi::ALL): the one definition. Asked for a shift, a team or a person, lines count for each who worked on them. Days are those the sums are of, in the site''s calendar; without them a figure by day has no denominator.';

-- Its plan is made once per connection, for any question: so wide a statement is long to plan.
create function kpi_sums(
        at_site bigint, grains text[], signs integer[], first_days date[], days_after date[],
        first_day date, day_after date, by_part text, by_split text,
        only_kind text, only_shift bigint, only_team bigint, only_worker bigint,
        whole_personal boolean, parts_personal boolean)
    returns table (whole boolean, key text, split text, changed_at timestamptz, fractions numeric[])
    language plpgsql stable
    set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
    return query
    with added as (
        select s.sign, r.day, r.hour, r.kind, r.shift_id, r.team_id, r.worker_id,
               r.lines, r.worker_lines, r.quantity, r.picks, r.undone, r.short_not_in_stock, r.short_damaged,
               r.short_not_found, r.short_wrong_item, r.short_other, r.documents, r.documents_partial,
               r.lines_ordered, r.lines_complete, r.quantity_requested, r.quantity_filled, r.tasks_timed,
               r.worked_seconds, r.idle_seconds,
               r.cycle_seconds, r.lines_erp, r.lines_known, r.due, r.on_time, r.last_at
        from unnest(grains, signs, first_days, days_after) s (grain, sign, starts, ends)
        cross join lateral (
            select * from kpi_rollups k
            where k.warehouse_id = at_site and k.grain = s.grain and k.day >= s.starts and k.day < s.ends
            offset 0
        ) r
        union all
        select 1, u.day, u.hour, u.kind, u.shift_id, u.team_id, u.worker_id,
               u.lines, u.worker_lines, u.quantity, u.picks, u.undone, u.short_not_in_stock, u.short_damaged,
               u.short_not_found, u.short_wrong_item, u.short_other, u.documents, u.documents_partial,
               u.lines_ordered, u.lines_complete, u.quantity_requested, u.quantity_filled, u.tasks_timed,
               u.worked_seconds, u.idle_seconds,
               u.cycle_seconds, u.lines_erp, u.lines_known, u.due, u.on_time, u.last_at
        from kpi_unfolded u
        where u.warehouse_id = at_site and u.day >= first_day and u.day < day_after
    ), keyed as (
        select case by_part
               when 'hour' then a.hour::text
               when 'day' then a.day::text
               when 'week' then (a.day - (extract(isodow from a.day)::int - 1))::text
               when 'month' then (a.day - (extract(day from a.day)::int - 1))::text
               when 'kind' then a.kind
               when 'shift' then a.shift_id::text
               when 'team' then a.team_id::text
               when 'worker' then a.worker_id::text
               else '' end as part,
               case by_split
               when 'shift' then a.shift_id::text
               when 'team' then a.team_id::text
               when 'kind' then a.kind
               else '' end as part_of_part,
               a.*
        from added a
        where (only_kind is null or a.kind = only_kind) and (only_shift is null or a.shift_id = only_shift)
          and (only_team is null or a.team_id = only_team) and (only_worker is null or a.worker_id = only_worker)
    ), signed as (
        select part, part_of_part, sign, max(last_at) as last_at,
               sum(lines) as lines, sum(worker_lines) as worker_lines, sum(quantity) as quantity,
               sum(picks) as picks, sum(undone) as undone, sum(short_not_in_stock) as short_not_in_stock,
               sum(short_damaged) as short_damaged, sum(short_not_found) as short_not_found,
               sum(short_wrong_item) as short_wrong_item, sum(short_other) as short_other,
               sum(documents) as documents, sum(documents_partial) as documents_partial,
               sum(lines_ordered) as lines_ordered, sum(lines_complete) as lines_complete,
               sum(quantity_requested) as quantity_requested, sum(quantity_filled) as quantity_filled,
               sum(tasks_timed) as tasks_timed, sum(worked_seconds) as worked_seconds,
               sum(idle_seconds) as idle_seconds, sum(cycle_seconds) as cycle_seconds,
               sum(lines_erp) as lines_erp, sum(lines_known) as lines_known, sum(due) as due,
               sum(on_time) as on_time
        from keyed
        group by part, part_of_part, sign
    ), summed as (
        select grouping(part) = 1 as everything, part, part_of_part,
               max(last_at) filter (where sign > 0) as last_at,
               row(sum(sign * lines), sum(sign * worker_lines), sum(sign * quantity), sum(sign * picks),
                   sum(sign * undone), sum(sign * short_not_in_stock), sum(sign * short_damaged),
                   sum(sign * short_not_found), sum(sign * short_wrong_item), sum(sign * short_other),
                   sum(sign * documents), sum(sign * documents_partial), sum(sign * lines_ordered),
                   sum(sign * lines_complete), sum(sign * quantity_requested), sum(sign * quantity_filled),
                   sum(sign * tasks_timed), sum(sign * worked_seconds),
                   sum(sign * idle_seconds), sum(sign * cycle_seconds), sum(sign * lines_erp),
                   sum(sign * lines_known), sum(sign * due), sum(sign * on_time))::kpi_measures as measures
        from signed
        group by grouping sets ((part, part_of_part), ())
    )
    select s.everything, coalesce(s.part, ''), coalesce(s.part_of_part, ''), s.last_at,
           kpi_fractions(s.measures, case when s.everything then whole_personal else parts_personal end,
                         case when s.everything then day_after - first_day
                              else case by_part
                                   when 'day' then 1
                                   when 'week' then least(s.part::date + 7, day_after) - greatest(s.part::date, first_day)
                                   when 'month' then least((s.part::date + interval '1 month')::date, day_after)
                                                     - greatest(s.part::date, first_day)
                                   else day_after - first_day end
                         end::numeric)
    from summed s
    where s.everything
       or s.measures is distinct from
          row(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)::kpi_measures;
end
$$;
comment on function kpi_sums is 'Figures of a site over some days, as a whole and by part: rollups of each grain over the days from first_days to before days_after, added (sign 1) or taken away (-1), and what is not folded yet of first_day to before day_after. A part all of whose sums are zero is left out.';

create or replace function kpi_count_document() returns trigger language plpgsql as $$
begin
    insert into kpi_deltas (company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id, lines,
                            worker_lines, quantity, picks, undone, short_not_in_stock, short_damaged,
                            short_not_found, short_wrong_item, short_other, documents, documents_partial,
                            lines_ordered, lines_complete, quantity_requested, quantity_filled, tasks_timed,
                            worked_seconds, idle_seconds,
                            cycle_seconds, lines_erp, lines_known, due, on_time, last_at)
    select f.company_id, f.warehouse_id, f.day, f.hour, f.kind, f.shift_id, f.team_id, f.worker_id,
           sum(f.lines * sign), sum(f.worker_lines * sign), sum(f.quantity * sign), sum(f.picks * sign),
           sum(f.undone * sign), sum(f.short_not_in_stock * sign), sum(f.short_damaged * sign),
           sum(f.short_not_found * sign), sum(f.short_wrong_item * sign), sum(f.short_other * sign),
           sum(f.documents * sign), sum(f.documents_partial * sign), sum(f.lines_ordered * sign),
           sum(f.lines_complete * sign), sum(f.quantity_requested * sign), sum(f.quantity_filled * sign),
           sum(f.tasks_timed * sign), sum(f.worked_seconds * sign),
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
            sum(f.lines_complete * sign), sum(f.quantity_requested * sign), sum(f.quantity_filled * sign),
            sum(f.tasks_timed * sign), sum(f.worked_seconds * sign),
            sum(f.idle_seconds * sign), sum(f.cycle_seconds * sign), sum(f.lines_erp * sign),
            sum(f.lines_known * sign), sum(f.due * sign), sum(f.on_time * sign))
           is distinct from (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    return null;
end
$$;

-- What finished documents contribute to the new sums.
alter table documents disable trigger kpi_count;
update documents d
set quantity_requested = q.requested, quantity_filled = q.filled
from (select l.document_id, sum(l.requested) as requested, sum(least(l.done, l.requested)) as filled
      from document_lines l
      join documents f on f.id = l.document_id and f.finished_at is not null
      where l.wms_flag and not l.unexpected
      group by l.document_id) q
where q.document_id = d.id;
alter table documents enable trigger kpi_count;
insert into kpi_deltas (company_id, warehouse_id, day, hour, kind, shift_id, team_id, worker_id, quantity_requested,
                        quantity_filled, last_at)
select f.company_id, f.warehouse_id, f.day, f.hour, f.kind, f.shift_id, f.team_id, f.worker_id,
       sum(f.quantity_requested), sum(f.quantity_filled), max(f.last_at)
from documents d
cross join lateral kpi_document_facts(d) f
where d.finished_at is not null
group by f.company_id, f.warehouse_id, f.day, f.hour, f.kind, f.shift_id, f.team_id, f.worker_id
having sum(f.quantity_requested) <> 0;
