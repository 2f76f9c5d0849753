-- What a settled count says about the records; the figure and the rows behind it read nothing else.
create view kpi_count_facts with (security_invoker = true) as
select n.id, n.company_id, n.warehouse_id, n.location_id, n.item_id, n.settled_at,
       coalesce(n.second_by, n.first_by) as worker_id,
       (coalesce(n.second, n.first) = n.on_record)::int as accurate
from count_lines n
where n.state = 'settled';
comment on view kpi_count_facts is 'Settled counts, each an item on a location: 1 where the figure that decided is what was on record, else 0.';
create index count_lines_settled on count_lines (warehouse_id, settled_at, id) where state = 'settled'; -- figures of a period
