-- The ERP's document types, as set up or as first met.
create table doc_types (
    company_id bigint not null references companies,
    connection_id bigint not null references connections on delete cascade,
    code text not null check (code <> ''),
    name text check (name <> ''),
    direction text not null check (direction in ('inbound', 'outbound')),
    first_seen_at timestamptz not null,
    named_at timestamptz,
    named_by text,
    primary key (connection_id, code),
    check ((name is null) = (named_at is null) and (named_at is null) = (named_by is null))
);
create index doc_types_list on doc_types (company_id, code, connection_id); -- the document types page
comment on table doc_types is 'Document types of a connection; one without a name waits for a person.';
comment on column doc_types.company_id is 'Tenant.';
comment on column doc_types.connection_id is 'Account it belongs to.';
comment on column doc_types.code is 'The ERP''s code.';
comment on column doc_types.name is 'What people call it; null until somebody says.';
comment on column doc_types.direction is 'Which way the goods go: set up, else as the method that first brought it.';
comment on column doc_types.first_seen_at is 'First met, or set up.';
comment on column doc_types.named_at is 'When it was named last.';
comment on column doc_types.named_by is 'Who named it.';
alter table doc_types enable row level security;
alter table doc_types force row level security;
create policy one_company on doc_types using (crossdock_sees(company_id));

select set_config('crossdock.system', 'on', true);
insert into doc_types (company_id, connection_id, code, direction, first_seen_at)
select company_id, connection_id, doc_type,
       case (array_agg(kind order by id))[1] when 'receipt' then 'inbound' else 'outbound' end, min(imported_at)
from documents
where doc_type <> ''
group by company_id, connection_id, doc_type;
