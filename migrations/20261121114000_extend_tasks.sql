-- The lead's levers on work: how urgent it is, and until when.
alter table tasks add column due_at timestamptz;
alter table tasks add constraint tasks_priority_known check (priority between -1 and 2);
comment on column tasks.due_at is 'To be done by this instant; null when nobody said.';
comment on column tasks.priority is 'How urgent: -1 low, 0 normal, 1 high, 2 urgent.';
create index tasks_urgency on tasks (warehouse_id, priority desc, (coalesce(due_at, 'infinity')), id)
    where state in ('open', 'claimed'); -- the lead's list, most urgent first
create index tasks_due on tasks (due_at) where state in ('open', 'claimed') and due_at is not null; -- what is late
create index operations_user on operations (user_id, recorded_at desc); -- when a person did something last

create or replace view task_summaries with (security_invoker = true) as
select t.id, t.company_id, t.warehouse_id, t.document_id, d.kind, d.number, d.doc_type, d.dated_on,
       d.partner_name, t.state, d.status as document_status, t.worker_id, u.name as worker_name,
       t.team_id, m.name as team_name, t.priority, d.lines_wms as lines_total, d.lines_done,
       d.lines_short, t.started_at, t.finished_at, t.due_at
from tasks t
join documents d on d.id = t.document_id
left join users u on u.id = t.worker_id
left join teams m on m.id = t.team_id;
