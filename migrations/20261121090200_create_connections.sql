create table connections (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    name text not null check (name <> ''),
    kind text not null,
    warehouse_id bigint not null references warehouses,
    base_url text not null,
    settings jsonb not null default '{}',
    secrets bytea,
    secret_names text[] not null default '{}',
    health text not null default 'unknown' check (health in ('unknown', 'healthy', 'failing', 'paused')),
    last_ok_at timestamptz,
    last_error text,
    last_error_at timestamptz,
    last_latency_ms integer,
    check_requested_at timestamptz,
    check_lease_until timestamptz,
    created_at timestamptz not null default now(),
    unique (company_id, name)
);
comment on table connections is 'Configured accounts at upstream systems.';
comment on column connections.id is 'Identity.';
comment on column connections.company_id is 'Tenant.';
comment on column connections.name is 'Chosen by the admin.';
comment on column connections.kind is 'Connector: pantheon …';
comment on column connections.warehouse_id is 'Site whose lines become floor work.';
comment on column connections.base_url is 'Where it points.';
comment on column connections.settings is 'Typed settings without secrets; the connector checks them.';
comment on column connections.secrets is 'Sealed secrets: key id, nonce, AES-256-GCM with company and connection as associated data.';
comment on column connections.secret_names is 'Names of the secrets that are set.';
comment on column connections.health is 'How the last calls went; paused while the breaker is open.';
comment on column connections.last_ok_at is 'Last successful call.';
comment on column connections.last_error is 'Last failure in words that say what to do.';
comment on column connections.last_error_at is 'When that was.';
comment on column connections.last_latency_ms is 'Duration of the last call, milliseconds.';
comment on column connections.check_requested_at is 'Somebody asked for a check; cleared with the answer.';
comment on column connections.check_lease_until is 'A node is at it.';
comment on column connections.created_at is 'When it was set up.';
create index connections_check on connections (check_requested_at) where check_requested_at is not null; -- the checker's queue
alter table connections enable row level security;
alter table connections force row level security;
create policy one_company on connections using (crossdock_sees(company_id));

create table sync_cursors (
    connection_id bigint not null references connections on delete cascade,
    entity text not null,
    company_id bigint not null references companies,
    cursor_at timestamptz,
    completed_at timestamptz,
    primary key (connection_id, entity)
);
comment on table sync_cursors is 'How far each entity of a connection was read.';
comment on column sync_cursors.connection_id is 'Account.';
comment on column sync_cursors.entity is 'items, partners, dispatches, receipts.';
comment on column sync_cursors.company_id is 'Tenant.';
comment on column sync_cursors.cursor_at is 'Highest change time seen; never the wall clock.';
comment on column sync_cursors.completed_at is 'Last complete pass.';
alter table sync_cursors enable row level security;
alter table sync_cursors force row level security;
create policy one_company on sync_cursors using (crossdock_sees(company_id));

create table sync_runs (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    connection_id bigint not null references connections on delete cascade,
    entity text not null check (entity in ('items', 'partners', 'dispatches', 'receipts')),
    mode text not null check (mode in ('full', 'delta')),
    state text not null check (state in ('queued', 'running', 'needs_approval', 'done', 'failed', 'cancelled')),
    since timestamptz,
    position text,
    high_water timestamptz,
    pages bigint not null default 0,
    rows_read bigint not null default 0,
    created bigint not null default 0,
    updated bigint not null default 0,
    unchanged bigint not null default 0,
    refused bigint not null default 0,
    deactivated bigint not null default 0,
    message text,
    requested_by text not null,
    requested_at timestamptz not null,
    started_at timestamptz,
    updated_at timestamptz not null,
    finished_at timestamptz,
    lease_token uuid,
    lease_until timestamptz,
    resumed integer not null default 0,
    pages_complete boolean not null default false,
    seen_keys bigint not null default 0,
    cancel_requested boolean not null default false,
    deactivation_approved boolean,
    check ((finished_at is not null) = (state in ('done', 'failed', 'cancelled'))),
    check (state <> 'running' or lease_token is not null)
);
comment on table sync_runs is 'Executions of a sync, waiting, running and past.';
comment on column sync_runs.id is 'Identity.';
comment on column sync_runs.company_id is 'Tenant.';
comment on column sync_runs.connection_id is 'Account.';
comment on column sync_runs.entity is 'What is read.';
comment on column sync_runs.mode is 'full reads everything, delta what changed since the cursor.';
comment on column sync_runs.state is 'Where it stands.';
comment on column sync_runs.since is 'Where a delta begins: cursor minus overlap at the start.';
comment on column sync_runs.position is 'Connector''s place after the last committed page; none at the start.';
comment on column sync_runs.high_water is 'Highest change time seen so far; becomes the cursor with the last page.';
comment on column sync_runs.pages is 'Pages committed.';
comment on column sync_runs.rows_read is 'Rows read.';
comment on column sync_runs.created is 'New here.';
comment on column sync_runs.updated is 'Changed here.';
comment on column sync_runs.unchanged is 'Same as here.';
comment on column sync_runs.refused is 'Rows not accepted; see rejected_rows.';
comment on column sync_runs.deactivated is 'Marked inactive after a complete pass.';
comment on column sync_runs.message is 'Why it failed or what to decide.';
comment on column sync_runs.requested_by is 'Person or schedule.';
comment on column sync_runs.requested_at is 'When it was asked for.';
comment on column sync_runs.started_at is 'First claim.';
comment on column sync_runs.updated_at is 'Last committed page or change of state.';
comment on column sync_runs.finished_at is 'The end.';
comment on column sync_runs.lease_token is 'Fences the node at work: another token means it was taken over.';
comment on column sync_runs.lease_until is 'Renewed with each page; past it another node goes on.';
comment on column sync_runs.resumed is 'How often it was taken over.';
comment on column sync_runs.pages_complete is 'The last page is committed; only finishing is left.';
comment on column sync_runs.seen_keys is 'Keys a full pass wrote to sync_seen; fewer there means they were lost.';
comment on column sync_runs.cancel_requested is 'A person asked to stop after the current page.';
comment on column sync_runs.deactivation_approved is 'A person''s answer to the brake.';
create unique index sync_runs_one_active on sync_runs (connection_id, entity)
    where state in ('queued', 'running', 'needs_approval'); -- one run per connection and entity at a time
create index sync_runs_due on sync_runs (id) where state in ('queued', 'running'); -- the workers' queue
create index sync_runs_list on sync_runs (connection_id, id desc); -- history
alter table sync_runs enable row level security;
alter table sync_runs force row level security;
create policy one_company on sync_runs using (crossdock_sees(company_id));

-- Unlogged: an unchanged full pass must not fill the log. After a crash it is empty, the count no
-- longer equals the rows read, and nothing is deactivated.
create unlogged table sync_seen (
    run_id bigint not null,
    key text not null,
    primary key (run_id, key)
);
comment on table sync_seen is 'Keys a full pass has met; what is missing at its end is inactive upstream.';
comment on column sync_seen.run_id is 'Run.';
comment on column sync_seen.key is 'Item code or partner code.';

create table rejected_rows (
    id bigint generated always as identity primary key,
    company_id bigint not null,
    run_id bigint not null references sync_runs on delete cascade,
    external_key text not null,
    reason text not null,
    payload jsonb not null,
    at timestamptz not null
);
comment on table rejected_rows is 'Rows a run did not accept.';
comment on column rejected_rows.id is 'Order.';
comment on column rejected_rows.company_id is 'Tenant, as its parent row has it; no key of its own, for the sake of bulk writes.';
comment on column rejected_rows.run_id is 'Run.';
comment on column rejected_rows.external_key is 'The upstream''s key as far as it could be read.';
comment on column rejected_rows.reason is 'Why, and what to do.';
comment on column rejected_rows.payload is 'The row as it came.';
comment on column rejected_rows.at is 'When.';
create index rejected_rows_run on rejected_rows (run_id, id); -- list of a run
create index rejected_rows_key on rejected_rows (company_id, external_key); -- why is this row missing
alter table rejected_rows enable row level security;
alter table rejected_rows force row level security;
create policy one_company on rejected_rows using (crossdock_sees(company_id));

create table schedules (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    connection_id bigint not null references connections on delete cascade,
    entity text not null check (entity in ('items', 'partners', 'dispatches', 'receipts')),
    mode text not null check (mode in ('full', 'delta')),
    cron text not null,
    time_zone text not null,
    enabled boolean not null default true,
    last_run_at timestamptz,
    next_run_at timestamptz,
    unique (connection_id, entity, mode)
);
comment on table schedules is 'When a sync runs by itself.';
comment on column schedules.id is 'Identity.';
comment on column schedules.company_id is 'Tenant.';
comment on column schedules.connection_id is 'Account.';
comment on column schedules.entity is 'What is read.';
comment on column schedules.mode is 'full or delta.';
comment on column schedules.cron is 'Five fields: minute hour day month weekday.';
comment on column schedules.time_zone is 'IANA name the fields are read in.';
comment on column schedules.enabled is 'Off keeps the line.';
comment on column schedules.last_run_at is 'Last time it came due.';
comment on column schedules.next_run_at is 'Next time; missed times collapse into one run.';
create index schedules_due on schedules (next_run_at) where enabled; -- the scheduler's queue
alter table schedules enable row level security;
alter table schedules force row level security;
create policy one_company on schedules using (crossdock_sees(company_id));

create table pacing_slots (
    account text primary key,
    next_at timestamptz not null
) with (fillfactor = 50);
comment on table pacing_slots is 'When an upstream account may be called next, shared by all nodes and surviving restarts.';
comment on column pacing_slots.account is 'Connection kind, host and user; no secret.';
comment on column pacing_slots.next_at is 'The next free instant.';

create table exchanges (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    connection_id bigint not null references connections on delete cascade,
    correlation_id text not null,
    operation text not null,
    method text not null,
    url text not null,
    status smallint,
    latency_ms integer not null,
    request_body text,
    response_head text,
    error text,
    at timestamptz not null
);
comment on table exchanges is 'Redacted captures of upstream calls.';
comment on column exchanges.id is 'Order.';
comment on column exchanges.company_id is 'Tenant.';
comment on column exchanges.connection_id is 'Account.';
comment on column exchanges.correlation_id is 'Sent as X-Correlation-ID, also in the log and on the timeline.';
comment on column exchanges.operation is 'What it was for: login, pull items …';
comment on column exchanges.method is 'HTTP method.';
comment on column exchanges.url is 'Without user info and secret parameters.';
comment on column exchanges.status is 'HTTP status; none when no answer came.';
comment on column exchanges.latency_ms is 'Milliseconds until the answer or the error.';
comment on column exchanges.request_body is 'Redacted, at most 2,000 characters.';
comment on column exchanges.response_head is 'Redacted, at most 2,000 characters.';
comment on column exchanges.error is 'Why there is no usable answer.';
comment on column exchanges.at is 'When it was sent.';
create index exchanges_connection on exchanges (connection_id, id desc); -- capture list and pruning
create index exchanges_correlation on exchanges (correlation_id); -- from a timeline entry to its call
alter table exchanges enable row level security;
alter table exchanges force row level security;
create policy one_company on exchanges using (crossdock_sees(company_id));
