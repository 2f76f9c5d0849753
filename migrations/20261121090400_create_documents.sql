create table mappings (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    connection_id bigint not null references connections on delete cascade,
    kind text not null check (kind in ('warehouse', 'uom')),
    key text not null,
    external text not null,
    target text,
    ignored boolean not null default false,
    first_seen_at timestamptz not null,
    answered_at timestamptz,
    answered_by text,
    unique (connection_id, kind, key),
    check (not (ignored and target is not null)),
    check ((answered_at is not null) = (ignored or target is not null))
);
comment on table mappings is 'What an upstream value means here; a row without an answer is the inbox.';
comment on column mappings.id is 'Identity.';
comment on column mappings.company_id is 'Tenant.';
comment on column mappings.connection_id is 'Account it was met on.';
comment on column mappings.kind is 'warehouse: display name to site; uom: unit to unit.';
comment on column mappings.key is 'Compared form: single spaces, upper case.';
comment on column mappings.external is 'As first written upstream.';
comment on column mappings.target is 'Our code.';
comment on column mappings.ignored is 'Known, and none of ours.';
comment on column mappings.first_seen_at is 'First met.';
comment on column mappings.answered_at is 'When a person (or the settings) answered.';
comment on column mappings.answered_by is 'Who.';
alter table mappings enable row level security;
alter table mappings force row level security;
create policy one_company on mappings using (crossdock_sees(company_id));

create table documents (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    connection_id bigint not null references connections,
    kind text not null check (kind in ('receipt', 'dispatch')),
    number text not null check (number <> ''),
    doc_type text not null,
    dated_on date not null,
    warehouse_name text not null,
    warehouse_key text not null,
    warehouse_id bigint references warehouses,
    partner_name text,
    partner2_name text,
    responsible text,
    erp_status text,
    note text,
    status text not null default 'new' check (status in ('new', 'in_progress', 'partial', 'done', 'cancelled')),
    lines_total integer not null default 0,
    lines_wms integer not null default 0,
    lines_done integer not null default 0,
    lines_short integer not null default 0,
    conflicts integer not null default 0,
    content_hash bytea not null,
    imported_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz,
    unique (connection_id, kind, number, doc_type, dated_on),
    check ((finished_at is not null) = (status in ('partial', 'done', 'cancelled')))
) with (fillfactor = 80);
comment on table documents is 'Receipts and dispatches.';
comment on column documents.id is 'Identity.';
comment on column documents.company_id is 'Tenant.';
comment on column documents.connection_id is 'Account it comes from.';
comment on column documents.kind is 'Which way the goods go.';
comment on column documents.number is 'The ERP''s number.';
comment on column documents.doc_type is 'The ERP''s type.';
comment on column documents.dated_on is 'The ERP''s date.';
comment on column documents.warehouse_name is 'Display name upstream.';
comment on column documents.warehouse_key is 'Compared form of the display name; see mappings.';
comment on column documents.warehouse_id is 'Our site, once the name is mapped.';
comment on column documents.partner_name is 'Recipient or sender.';
comment on column documents.partner2_name is 'Second recipient.';
comment on column documents.responsible is 'Person in charge upstream.';
comment on column documents.erp_status is 'The ERP''s own status.';
comment on column documents.note is 'Note.';
comment on column documents.status is 'Where it stands on the floor.';
comment on column documents.lines_total is 'Lines on the document.';
comment on column documents.lines_wms is 'Lines that are floor work here.';
comment on column documents.lines_done is 'Floor lines done in full.';
comment on column documents.lines_short is 'Floor lines with a reason.';
comment on column documents.conflicts is 'Lines waiting for a decision.';
comment on column documents.content_hash is 'SHA-256 of the ERP''s content; same hash, nothing to do.';
comment on column documents.imported_at is 'First read.';
comment on column documents.updated_at is 'Last change of any kind.';
comment on column documents.finished_at is 'End of the floor work.';
create index documents_list on documents (company_id, kind, dated_on desc, id desc); -- the documents list
create index documents_open on documents (warehouse_id, kind) where status in ('new', 'in_progress') and lines_wms > 0; -- board: open
create index documents_finished on documents (warehouse_id, finished_at) where finished_at is not null; -- board: finished today
create index documents_warehouse_key on documents (connection_id, warehouse_key); -- recalculation after a mapping
alter table documents enable row level security;
alter table documents force row level security;
create policy one_company on documents using (crossdock_sees(company_id));

create table document_lines (
    id bigint generated always as identity primary key,
    company_id bigint not null,
    document_id bigint not null references documents on delete cascade,
    line_key text not null,
    position integer not null,
    item_code text not null,
    item_name text not null,
    uom text not null,
    item_id bigint references items,
    match_state text not null check (match_state in ('code', 'barcode', 'lookup', 'unmatched')),
    exists_in_wms boolean not null default false,
    wms_flag boolean not null default false,
    requested numeric(14, 4) not null,
    done numeric(14, 4) not null default 0 check (done >= 0),
    status text not null default 'new' check (status in ('new', 'partial', 'done')),
    reason text check (reason in ('not_in_stock', 'damaged', 'not_found', 'wrong_item', 'other')),
    reason_text text,
    conflict text,
    removed_at timestamptz,
    last_user_id bigint references users,
    unique (document_id, line_key) deferrable initially deferred,
    check ((item_id is null) = (match_state = 'unmatched')),
    check (not wms_flag or exists_in_wms)
) with (fillfactor = 80);
comment on table document_lines is 'Lines of documents.';
comment on column document_lines.id is 'Identity; survives re-imports.';
comment on column document_lines.company_id is 'Tenant, as its parent row has it; no key of its own, for the sake of bulk writes.';
comment on column document_lines.document_id is 'Header.';
comment on column document_lines.line_key is 'The ERP''s line key.';
comment on column document_lines.position is 'Order on the document.';
comment on column document_lines.item_code is 'Code as written on the document.';
comment on column document_lines.item_name is 'Title as written on the document.';
comment on column document_lines.uom is 'Unit as written on the document.';
comment on column document_lines.item_id is 'Our item.';
comment on column document_lines.match_state is 'How it was found.';
comment on column document_lines.exists_in_wms is 'Item matched and the warehouse is the configured one.';
comment on column document_lines.wms_flag is 'Is floor work: exists_in_wms, positive quantity, still on the document.';
comment on column document_lines.requested is 'As the ERP wants it; negative lines are kept and are never floor work.';
comment on column document_lines.done is 'As the floor did it: the sum of its operations.';
comment on column document_lines.status is 'new, partial, done.';
comment on column document_lines.reason is 'Why less.';
comment on column document_lines.reason_text is 'Why less, in words.';
comment on column document_lines.conflict is 'What a person has to decide.';
comment on column document_lines.removed_at is 'No longer on the ERP''s document since.';
comment on column document_lines.last_user_id is 'Who touched it last.';
create index document_lines_unmatched on document_lines (company_id, item_code) where item_id is null; -- rematch after a catalogue page
alter table document_lines enable row level security;
alter table document_lines force row level security;
create policy one_company on document_lines using (crossdock_sees(company_id));

create table timeline_entries (
    id bigint generated always as identity primary key,
    company_id bigint not null,
    document_id bigint not null references documents on delete cascade,
    at timestamptz not null,
    kind text not null,
    actor text not null,
    text text not null,
    correlation_id text
);
comment on table timeline_entries is 'What happened to a document; only ever added.';
comment on column timeline_entries.id is 'Order.';
comment on column timeline_entries.company_id is 'Tenant, as its parent row has it; no key of its own, for the sake of bulk writes.';
comment on column timeline_entries.document_id is 'Document.';
comment on column timeline_entries.at is 'When.';
comment on column timeline_entries.kind is 'imported, assigned, picked …';
comment on column timeline_entries.actor is 'Person or connection.';
comment on column timeline_entries.text is 'One sentence.';
comment on column timeline_entries.correlation_id is 'The upstream call or request behind it.';
create index timeline_entries_document on timeline_entries (document_id, id); -- the timeline
alter table timeline_entries enable row level security;
alter table timeline_entries force row level security;
create policy one_company on timeline_entries using (crossdock_sees(company_id));
