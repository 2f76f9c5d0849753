create table alerts (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    kind text not null check (kind in ('connection_down', 'backlog', 'stale_cursor', 'error_rate')),
    cause text not null check (cause <> ''),
    subject text not null,
    detail text not null,
    seen_at timestamptz not null,
    raised_at timestamptz,
    cleared_at timestamptz,
    check (cleared_at is null or raised_at is not null)
);
comment on table alerts is 'What operators are told: raised once per cause, cleared once when it is over.';
comment on column alerts.id is 'Identity.';
comment on column alerts.company_id is 'Tenant.';
comment on column alerts.kind is 'Which rule.';
comment on column alerts.cause is 'What the rule found, for example connection:3.';
comment on column alerts.subject is 'What it is about, in words.';
comment on column alerts.detail is 'What is wrong and what to do; kept up to date while it lasts.';
comment on column alerts.seen_at is 'Since when it has been the case.';
comment on column alerts.raised_at is 'When operators were told; none while it has not lasted long enough.';
comment on column alerts.cleared_at is 'When they were told that it is over.';
create unique index alerts_cause on alerts (company_id, kind, cause) where cleared_at is null; -- once per cause
create index alerts_list on alerts (company_id, id desc); -- the Operations page
alter table alerts enable row level security;
alter table alerts force row level security;
create policy one_company on alerts using (crossdock_sees(company_id));
