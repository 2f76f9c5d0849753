-- The list shows what the type is called and whether the document is a test.
create or replace view document_summaries with (security_invoker = true) as
select d.id, d.company_id, d.kind, d.number, d.doc_type, d.dated_on, d.warehouse_name, d.warehouse_id,
       d.partner_name, d.status, d.lines_total, d.lines_wms, d.lines_done, d.conflicts,
       coalesce(u.name, m.name) as assigned_to, d.updated_at,
       d.source, y.name as doc_type_name
from documents d
left join tasks t on t.document_id = d.id
left join users u on u.id = t.worker_id
left join teams m on m.id = t.team_id
left join doc_types y on y.connection_id = d.connection_id and y.code = d.doc_type;
