-- Header fields as the ERP wrote them, documents made here, and what a conflict is about.
alter table documents add column recipient_name text;
alter table documents add column sender_name text;
alter table documents add column source text not null default 'erp' check (source in ('erp', 'test'));
comment on column documents.recipient_name is 'First recipient as the ERP wrote it.';
comment on column documents.sender_name is 'Sender as the ERP wrote it.';
comment on column documents.source is 'erp: read from upstream, never deleted; test: made by an administrator to try things out.';
create index documents_by_number on documents (company_id, kind, number, id); -- the documents list sorted by number
create index documents_test on documents (company_id, id desc) where source = 'test'; -- test documents

alter table document_lines add column conflict_kind text
    check (conflict_kind in ('lowered', 'removed', 'edited', 'added'));
alter table document_lines add column conflict_was numeric(14, 4);
alter table document_lines add column conflict_at timestamptz;
select set_config('crossdock.system', 'on', true);
update document_lines l
set conflict_kind = case
        when l.removed_at is not null then 'removed'
        when l.requested < l.done then 'lowered'
        else 'edited'
    end,
    conflict_was = l.requested,
    conflict_at = d.updated_at
from documents d
where d.id = l.document_id and l.conflict is not null;
alter table document_lines add constraint document_lines_conflict_whole check (
    (conflict is null) = (conflict_kind is null)
    and (conflict is null) = (conflict_was is null)
    and (conflict is null) = (conflict_at is null)
);
comment on column document_lines.conflict_kind is 'lowered, removed: against what is done; edited, added: after the document was finished.';
comment on column document_lines.conflict_was is 'Quantity that was last undisputed.';
comment on column document_lines.conflict_at is 'When the conflict was noticed.';
create index document_lines_conflicts on document_lines (company_id, conflict_at desc, id desc)
    where conflict is not null; -- the conflicts list

alter table operations drop constraint operations_kind_check;
alter table operations add constraint operations_kind_check
    check (kind in ('claim', 'pick', 'short', 'undo', 'finish', 'correct'));
comment on column operations.kind is 'What was done; correct: a lead accepted the ERP''s lower quantity.';
create index operations_line on operations (line_id, recorded_at desc); -- a line's history; reasons that stand; deleting test documents
create index operations_short on operations (warehouse_id, recorded_at desc)
    where accepted and kind = 'short'; -- the shortages page
