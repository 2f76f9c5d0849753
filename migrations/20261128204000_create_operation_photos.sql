-- Photos of damaged and unexpected goods, sent by the handheld after the act they belong to.
create table operation_photos (
    id uuid primary key,
    seq bigint generated always as identity unique,
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    document_id bigint not null references documents on delete cascade,
    line_id bigint references document_lines on delete cascade,
    operation_id uuid not null references operations on delete cascade,
    user_id bigint not null references users,
    content_type text not null check (content_type = 'image/jpeg'),
    content bytea not null check (octet_length(content) between 1 and 1048576),
    received_at timestamptz not null
);
comment on table operation_photos is 'Photos that workers took of goods; forgotten a year after they were received.';
comment on column operation_photos.id is 'Made by the device: the same id twice changes nothing.';
comment on column operation_photos.seq is 'Order.';
comment on column operation_photos.company_id is 'Tenant.';
comment on column operation_photos.warehouse_id is 'Site, as its operation has it.';
comment on column operation_photos.document_id is 'Document worked on.';
comment on column operation_photos.line_id is 'Its line, where it has one.';
comment on column operation_photos.operation_id is 'The report of damage, or the unexpected goods.';
comment on column operation_photos.user_id is 'Who took it.';
comment on column operation_photos.content_type is 'What its first bytes say it is.';
comment on column operation_photos.content is 'The picture, at most 1 MiB: what a request may carry unless the settings say otherwise.';
comment on column operation_photos.received_at is 'The server''s clock.';
create index operation_photos_document on operation_photos (document_id, seq desc); -- a document's photos
create index operation_photos_line on operation_photos (line_id) where line_id is not null; -- those of a shortage
create index operation_photos_operation on operation_photos (operation_id); -- how many an act has; deleting a test document
create index operation_photos_received on operation_photos (received_at); -- what is forgotten
alter table operation_photos alter column content set storage external; -- pictures are compressed already
alter table operation_photos enable row level security;
alter table operation_photos force row level security;
create policy one_company on operation_photos using (crossdock_sees(company_id));
