-- Lists and details read the same columns from one place; row-level security of the reader applies.
create view task_summaries with (security_invoker = true) as
select t.id, t.company_id, t.warehouse_id, t.document_id, d.kind, d.number, d.doc_type, d.dated_on,
       d.partner_name, t.state, d.status as document_status, t.worker_id, u.name as worker_name,
       t.team_id, m.name as team_name, t.priority, d.lines_wms as lines_total, d.lines_done,
       d.lines_short, t.started_at, t.finished_at
from tasks t
join documents d on d.id = t.document_id
left join users u on u.id = t.worker_id
left join teams m on m.id = t.team_id;
comment on view task_summaries is 'A task with its document''s header and the names people read.';

create view document_summaries with (security_invoker = true) as
select d.id, d.company_id, d.kind, d.number, d.doc_type, d.dated_on, d.warehouse_name, d.warehouse_id,
       d.partner_name, d.status, d.lines_total, d.lines_wms, d.lines_done, d.conflicts,
       coalesce(u.name, m.name) as assigned_to, d.updated_at
from documents d
left join tasks t on t.document_id = d.id
left join users u on u.id = t.worker_id
left join teams m on m.id = t.team_id;
comment on view document_summaries is 'A document''s header and who works on it.';
