-- One statement answers a question about figures: its parts and the whole, from as few rollups as do.

drop function kpi_figures(kpi_measures, boolean);

create function kpi_fractions(m kpi_measures, personal boolean) returns numeric[]
    language sql immutable parallel safe
    return array[
        case when personal then m.worker_lines else m.lines end, null, -- lines
        m.quantity, null, -- quantity
        m.documents, null, -- documents
        m.lines_complete, m.worked_seconds, -- lines per hour
        m.worked_seconds, m.tasks_timed, -- task duration
        m.idle_seconds, m.tasks_timed, -- idle time
        m.cycle_seconds, m.documents, -- cycle time
        m.documents_partial, m.documents, -- finished short
        m.documents - m.documents_partial, m.documents, -- order fill
        m.lines_complete, m.lines_ordered, -- line fill
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
comment on function kpi_fractions is 'Every figure as numerator and denominator, one after the other, in the order people read them (domain::kpi::Kpi::ALL): the one definition. Asked for a shift, a team or a person, lines count for each who worked on them.';

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
               r.lines_ordered, r.lines_complete, r.tasks_timed, r.worked_seconds, r.idle_seconds,
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
               u.lines_ordered, u.lines_complete, u.tasks_timed, u.worked_seconds, u.idle_seconds,
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
                   sum(sign * lines_complete), sum(sign * tasks_timed), sum(sign * worked_seconds),
                   sum(sign * idle_seconds), sum(sign * cycle_seconds), sum(sign * lines_erp),
                   sum(sign * lines_known), sum(sign * due), sum(sign * on_time))::kpi_measures as measures
        from signed
        group by grouping sets ((part, part_of_part), ())
    )
    select s.everything, coalesce(s.part, ''), coalesce(s.part_of_part, ''), s.last_at,
           kpi_fractions(s.measures, case when s.everything then whole_personal else parts_personal end)
    from summed s
    where s.everything
       or s.measures is distinct from
          row(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)::kpi_measures;
end
$$;
comment on function kpi_sums is 'Figures of a site over some days, as a whole and by part: rollups of each grain over the days from first_days to before days_after, added (sign 1) or taken away (-1), and what is not folded yet of first_day to before day_after. A part all of whose sums are zero is left out.';
