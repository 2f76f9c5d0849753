-- What needs a lead's eye: raised once per cause, closed by itself when the cause ends.
create table exceptions (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    warehouse_id bigint references warehouses,
    kind text not null check (kind in ('late', 'idle', 'conflict', 'unmapped', 'failed_sync', 'shortage')),
    cause text not null check (cause <> ''),
    subject text not null,
    detail text not null,
    document_id bigint references documents on delete cascade,
    connection_id bigint references connections on delete cascade,
    since timestamptz not null,
    limit_minutes integer not null check (limit_minutes >= 0),
    breached_at timestamptz not null,
    raised_at timestamptz not null,
    owner_id bigint references users,
    acknowledged_at timestamptz,
    acknowledged_by text,
    resolved_at timestamptz,
    resolved_by text,
    resolution text,
    ended_at timestamptz,
    check ((acknowledged_at is null) = (acknowledged_by is null)),
    check ((resolved_at is null) = (resolved_by is null)),
    check ((resolved_at is null) = (resolution is null))
);
comment on table exceptions is 'What needs a lead''s eye. A cause has at most one row until it ends, resolved or not.';
comment on column exceptions.id is 'Identity.';
comment on column exceptions.company_id is 'Tenant.';
comment on column exceptions.warehouse_id is 'Site; null concerns the whole company.';
comment on column exceptions.kind is 'late, idle, conflict, unmapped, failed_sync or shortage.';
comment on column exceptions.cause is 'Names the cause within its kind, for example task:7.';
comment on column exceptions.subject is 'What it is about, in words.';
comment on column exceptions.detail is 'What is wrong, in words; kept up to date while it lasts.';
comment on column exceptions.document_id is 'Document to look at.';
comment on column exceptions.connection_id is 'Connection to look at.';
comment on column exceptions.since is 'When the cause began.';
comment on column exceptions.limit_minutes is 'How long it may last before it is serious.';
comment on column exceptions.breached_at is 'since plus the limit: the order of the inbox.';
comment on column exceptions.raised_at is 'When it was noticed.';
comment on column exceptions.owner_id is 'Who looks after it.';
comment on column exceptions.acknowledged_at is 'When somebody said: seen.';
comment on column exceptions.acknowledged_by is 'Who said so.';
comment on column exceptions.resolved_at is 'When a person closed it.';
comment on column exceptions.resolved_by is 'Who closed it.';
comment on column exceptions.resolution is 'What was done about it.';
comment on column exceptions.ended_at is 'When the cause was gone.';
create unique index exceptions_cause on exceptions (company_id, kind, cause) where ended_at is null; -- once per cause
create index exceptions_open on exceptions (company_id, breached_at, id)
    where ended_at is null and resolved_at is null; -- the inbox and its count
create index exceptions_list on exceptions (company_id, id desc); -- what was closed
alter table exceptions enable row level security;
alter table exceptions force row level security;
create policy one_company on exceptions using (crossdock_sees(company_id));

create index documents_conflicts on documents (id) where conflicts > 0 and status in ('new', 'in_progress'); -- conflicts that wait
create index mappings_waiting on mappings (id) where answered_at is null; -- names that wait for a person
