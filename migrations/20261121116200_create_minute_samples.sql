create table minute_samples (
    at timestamptz not null,
    node text not null,
    series text not null check (series in ('api', 'upstream', 'sockets', 'queue')),
    company_id bigint not null default 0,
    connection_id bigint not null default 0,
    requests bigint not null default 0,
    errors bigint not null default 0,
    buckets bigint[] not null default '{}',
    value double precision not null default 0,
    age_seconds double precision not null default 0,
    primary key (at, node, series, company_id, connection_id)
);
comment on table minute_samples is 'Figures of one minute of one node, for the history on the Operations page.';
comment on column minute_samples.at is 'The minute''s beginning.';
comment on column minute_samples.node is 'Which process; empty for figures read from the database itself.';
comment on column minute_samples.series is 'api and upstream count requests, sockets and queue are levels.';
comment on column minute_samples.company_id is 'Tenant; 0 for figures of the whole installation.';
comment on column minute_samples.connection_id is 'Account called; 0 where there is none.';
comment on column minute_samples.requests is 'Requests within the minute.';
comment on column minute_samples.errors is 'Failed ones among them.';
comment on column minute_samples.buckets is 'Requests by how long they took; the bounds are domain::monitoring::BOUNDS_MS.';
comment on column minute_samples.value is 'Level at the end of the minute: open sockets, waiting messages.';
comment on column minute_samples.age_seconds is 'Age of the oldest waiting message.';
create index minute_samples_series on minute_samples (series, at); -- the charts
alter table minute_samples enable row level security;
alter table minute_samples force row level security;
create policy one_company on minute_samples using (company_id = 0 or crossdock_sees(company_id));
