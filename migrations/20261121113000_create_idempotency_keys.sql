create table idempotency_keys (
    company_id bigint not null references companies,
    user_id bigint not null references users on delete cascade,
    route text not null,
    key text not null,
    payload_hash bytea not null,
    state text not null check (state in ('running', 'done')),
    attempt uuid not null,
    started_at timestamptz not null,
    answered_at timestamptz,
    status smallint,
    headers jsonb,
    body bytea,
    primary key (company_id, user_id, route, key), -- a repeated request
    check ((state = 'done') = (answered_at is not null and status is not null and body is not null))
);
comment on table idempotency_keys is 'Answers to writes of the API that came with an Idempotency-Key: a repeat gets the same one.';
comment on column idempotency_keys.company_id is 'Tenant.';
comment on column idempotency_keys.user_id is 'Login that sent it.';
comment on column idempotency_keys.route is 'Method and path as sent.';
comment on column idempotency_keys.key is 'Chosen by the client.';
comment on column idempotency_keys.payload_hash is 'SHA-256 of query, content type and body: another payload under the same key is refused.';
comment on column idempotency_keys.state is 'running: being answered; done: the answer is stored.';
comment on column idempotency_keys.attempt is 'Who answers it now; a node that died in between is replaced, and its late answer not stored.';
comment on column idempotency_keys.started_at is 'When that attempt began.';
comment on column idempotency_keys.answered_at is 'When the answer was stored.';
comment on column idempotency_keys.status is 'HTTP status of the answer.';
comment on column idempotency_keys.headers is 'Headers of the answer that a repeat carries: content type and location.';
comment on column idempotency_keys.body is 'Body of the answer.';
create index idempotency_keys_started on idempotency_keys (started_at); -- pruning
alter table idempotency_keys enable row level security;
alter table idempotency_keys force row level security;
create policy one_company on idempotency_keys using (crossdock_sees(company_id));
