-- Where changes are told to other programs, chosen by an admin.
create table webhook_endpoints (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    name text not null check (name <> ''),
    url text not null check (url <> ''),
    events text[] not null,
    secret bytea not null,
    active boolean not null default true,
    created_at timestamptz not null,
    created_by text not null,
    updated_at timestamptz not null,
    unique (company_id, name)
);
comment on table webhook_endpoints is 'Addresses of other programs that are told what happened.';
comment on column webhook_endpoints.id is 'Identity.';
comment on column webhook_endpoints.company_id is 'Tenant.';
comment on column webhook_endpoints.name is 'Chosen by the admin.';
comment on column webhook_endpoints.url is 'Where events are posted to.';
comment on column webhook_endpoints.events is 'Which events it is told.';
comment on column webhook_endpoints.secret is 'Sealed signing secret, AES-256-GCM with company and endpoint as associated data; never shown.';
comment on column webhook_endpoints.active is 'Off: nothing new is queued, and what waits keeps waiting.';
comment on column webhook_endpoints.created_at is 'When it was set up.';
comment on column webhook_endpoints.created_by is 'By whom.';
comment on column webhook_endpoints.updated_at is 'Last change.';
alter table webhook_endpoints enable row level security;
alter table webhook_endpoints force row level security;
create policy one_company on webhook_endpoints using (crossdock_sees(company_id));

create table erp_outbox (
    id uuid primary key default gen_random_uuid(),
    saga_id uuid not null default gen_random_uuid(),
    company_id bigint not null references companies,
    seq bigint generated always as identity,
    idempotency_key varchar(128) not null check (idempotency_key <> ''),
    event_type varchar(64) not null check (event_type <> ''),
    destination text not null check (destination in ('webhook', 'email', 'connection')),
    endpoint_id bigint references webhook_endpoints,
    connection_id bigint references connections,
    lane text generated always as (
        case destination
            when 'webhook' then 'webhook:' || endpoint_id::text
            when 'connection' then 'connection:' || connection_id::text
            else 'email'
        end
    ) stored,
    aggregate_key text not null check (aggregate_key <> ''),
    payload jsonb not null,
    payload_hash bytea not null,
    correlation_id text not null
        default coalesce(nullif(current_setting('crossdock.correlation', true), ''), gen_random_uuid()::text),
    status varchar(32) not null default 'pending'
        check (status in ('pending', 'in_progress', 'completed', 'dead', 'discarded')),
    attempts integer not null default 0 check (attempts >= 0),
    max_attempts smallint not null default 5 check (max_attempts between 1 and 10),
    next_run_at timestamptz not null,
    outcome_unknown boolean not null default false,
    last_error text,
    cause text check (cause in ('timeout', 'unreachable', 'refused', 'busy', 'upstream_error', 'rejected', 'lost', 'settings')),
    result_payload jsonb,
    lease_token uuid,
    lease_until timestamptz,
    processing_started_at timestamptz,
    processed_at timestamptz,
    settled_by text,
    settled_reason text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint uq_erp_outbox_saga unique (saga_id),
    constraint uq_erp_outbox_idempotency unique (company_id, idempotency_key),
    check ((destination = 'webhook') = (endpoint_id is not null)),
    check ((destination = 'connection') = (connection_id is not null)),
    check ((status = 'in_progress') = (lease_token is not null)),
    check ((lease_token is null) = (lease_until is null)),
    check ((status in ('completed', 'discarded')) = (processed_at is not null))
) with (fillfactor = 80);
comment on table erp_outbox is 'What has to reach another system, queued in the transaction of the change that caused it.';
comment on column erp_outbox.id is 'Identity; webhook receivers see it as webhook-id.';
comment on column erp_outbox.saga_id is 'The saga it is a step of; its own while it is the only step.';
comment on column erp_outbox.company_id is 'Tenant; tenant_id on the wire.';
comment on column erp_outbox.seq is 'Order of arrival; within an aggregate key the order of delivery.';
comment on column erp_outbox.idempotency_key is 'Once per company: the same key with the same payload is the same message.';
comment on column erp_outbox.event_type is 'What it tells, for example document.finished.';
comment on column erp_outbox.destination is 'Which kind of system it goes to.';
comment on column erp_outbox.endpoint_id is 'Webhook endpoint it goes to.';
comment on column erp_outbox.connection_id is 'Connection it goes to.';
comment on column erp_outbox.lane is 'The one system it goes to: a slow one must not hold the others up.';
comment on column erp_outbox.aggregate_key is 'Messages of one key are delivered in order; others overtake.';
comment on column erp_outbox.payload is 'What is told.';
comment on column erp_outbox.payload_hash is 'SHA-256 of event type, lane and payload.';
comment on column erp_outbox.correlation_id is 'Links it to the click, the operation or the run that caused it.';
comment on column erp_outbox.status is 'pending waits, in_progress is held by a worker, completed was accepted, dead needs a person, discarded was given up by one.';
comment on column erp_outbox.attempts is 'Failed attempts since it was queued or retried by a person.';
comment on column erp_outbox.max_attempts is 'With this many failed attempts it is dead.';
comment on column erp_outbox.next_run_at is 'Not before this instant.';
comment on column erp_outbox.outcome_unknown is 'An earlier attempt may have been accepted: look it up by reference where the system can be asked.';
comment on column erp_outbox.last_error is 'Why the last attempt failed, in words that say what to do.';
comment on column erp_outbox.cause is 'Class of that failure, to group by.';
comment on column erp_outbox.result_payload is 'What the other system answered.';
comment on column erp_outbox.lease_token is 'Fences the worker that holds it.';
comment on column erp_outbox.lease_until is 'Past it the worker counts as lost.';
comment on column erp_outbox.processing_started_at is 'When a worker took it last.';
comment on column erp_outbox.processed_at is 'When it was accepted or given up.';
comment on column erp_outbox.settled_by is 'Who retried or discarded it last.';
comment on column erp_outbox.settled_reason is 'Why.';
comment on column erp_outbox.created_at is 'When it was queued.';
comment on column erp_outbox.updated_at is 'Last change.';
create index erp_outbox_due on erp_outbox (next_run_at, seq) where status = 'pending'; -- the workers' queue
create index erp_outbox_order on erp_outbox (company_id, aggregate_key, seq)
    where status in ('pending', 'in_progress', 'dead'); -- what stands before a message of the same key
create index erp_outbox_leases on erp_outbox (lease_until) where status = 'in_progress'; -- rescue of lost workers
create index erp_outbox_dead on erp_outbox (company_id, seq desc) where status = 'dead'; -- dead letters
create index erp_outbox_open on erp_outbox (company_id, status)
    where status in ('pending', 'in_progress', 'dead'); -- depth and age of the queue
create index erp_outbox_endpoint on erp_outbox (endpoint_id, seq desc); -- deliveries of an endpoint
create index erp_outbox_settled on erp_outbox (processed_at) where status in ('completed', 'discarded'); -- pruning
alter table erp_outbox enable row level security;
alter table erp_outbox force row level security;
create policy one_company on erp_outbox using (crossdock_sees(company_id));

create table erp_outbox_attempts (
    id bigint generated always as identity primary key,
    company_id bigint not null,
    message_id uuid not null references erp_outbox on delete cascade,
    at timestamptz not null,
    latency_ms integer not null,
    outcome text not null check (outcome in ('delivered', 'failed', 'postponed', 'lost')),
    cause text,
    status smallint,
    request text,
    answer text,
    error text
);
comment on table erp_outbox_attempts is 'Every try to deliver a message, with what was sent and answered.';
comment on column erp_outbox_attempts.id is 'Order.';
comment on column erp_outbox_attempts.company_id is 'Tenant, as its message has it; no key of its own, for the sake of bulk writes.';
comment on column erp_outbox_attempts.message_id is 'Message.';
comment on column erp_outbox_attempts.at is 'When it was sent.';
comment on column erp_outbox_attempts.latency_ms is 'Milliseconds until the answer or the error.';
comment on column erp_outbox_attempts.outcome is 'delivered, failed, postponed (cost no attempt) or lost (the worker ended).';
comment on column erp_outbox_attempts.cause is 'Class of the failure.';
comment on column erp_outbox_attempts.status is 'HTTP or SMTP status; none when no answer came.';
comment on column erp_outbox_attempts.request is 'What was sent, without secrets, at most 4,000 characters.';
comment on column erp_outbox_attempts.answer is 'Beginning of the answer, at most 2,000 characters.';
comment on column erp_outbox_attempts.error is 'Why it failed.';
create index erp_outbox_attempts_message on erp_outbox_attempts (message_id, id); -- attempts of a message
alter table erp_outbox_attempts enable row level security;
alter table erp_outbox_attempts force row level security;
create policy one_company on erp_outbox_attempts using (crossdock_sees(company_id));
