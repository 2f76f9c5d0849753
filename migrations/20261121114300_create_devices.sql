-- Handhelds as they report themselves.
create table devices (
    company_id bigint not null references companies,
    name text not null check (name <> ''),
    user_id bigint not null references users on delete cascade,
    session_id text,
    app_version text,
    waiting integer not null default 0 check (waiting >= 0),
    refused integer not null default 0 check (refused >= 0),
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    primary key (company_id, name)
) with (fillfactor = 70);
comment on table devices is 'Handhelds as they report themselves; one row per device.';
comment on column devices.company_id is 'Tenant.';
comment on column devices.name is 'What the device calls itself.';
comment on column devices.user_id is 'Who used it last.';
comment on column devices.session_id is 'The session it reported through, hashed; ending it signs the device out.';
comment on column devices.app_version is 'Build of the app it runs.';
comment on column devices.waiting is 'Acts it has not sent yet.';
comment on column devices.refused is 'Acts that were refused and not looked at.';
comment on column devices.first_seen_at is 'First report.';
comment on column devices.last_seen_at is 'Latest report.';
alter table devices enable row level security;
alter table devices force row level security;
create policy one_company on devices using (crossdock_sees(company_id));
