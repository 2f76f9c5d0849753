-- Results and master data go to the accounts themselves.
alter table connections
    add column push_kinds text[] not null default '{}',
    add column delivery jsonb not null default '{}';
comment on column connections.push_kinds is 'What its connector can write, as its code says; noted whenever the connector is made.';
comment on column connections.delivery is 'Whether results are written back, how failures are retried, what is watched; defaults for what is missing.';

alter table erp_outbox
    add column document_id bigint references documents on delete set null,
    add column undoing boolean not null default false,
    add column round smallint not null default 0 check (round >= 0),
    add column original_payload jsonb,
    drop constraint erp_outbox_cause_check,
    add constraint erp_outbox_cause_check check (cause in
        ('timeout', 'unreachable', 'refused', 'busy', 'upstream_error', 'rejected', 'lost', 'settings', 'payload'));
comment on column erp_outbox.document_id is 'Document whose result it carries.';
comment on column erp_outbox.undoing is 'A step failed for good: the steps accepted before it are taken back, the last one first.';
comment on column erp_outbox.round is 'How often a saga was begun anew after it was taken back; part of the reference of its steps.';
comment on column erp_outbox.original_payload is 'What was queued first, once a person edited the payload.';
create index erp_outbox_connection on erp_outbox (connection_id, seq desc)
    where connection_id is not null; -- messages of a connection
create index erp_outbox_connection_ended on erp_outbox (connection_id, status, processed_at)
    where connection_id is not null and processed_at is not null; -- figures of a period
create index erp_outbox_connection_open on erp_outbox (connection_id, status)
    where connection_id is not null and status in ('pending', 'in_progress', 'dead'); -- what waits for a connection
create index erp_outbox_document on erp_outbox (document_id, seq desc)
    where document_id is not null; -- where the result of a document is

create table erp_outbox_steps (
    message_id uuid not null references erp_outbox on delete cascade,
    step smallint not null check (step between 1 and 50),
    company_id bigint not null,
    event_type varchar(64) not null check (event_type <> ''),
    connection_id bigint not null references connections,
    payload jsonb not null,
    state text not null default 'waiting'
        check (state in ('waiting', 'accepted', 'refused', 'unknown', 'undone')),
    acceptance jsonb,
    changed_at timestamptz not null,
    primary key (message_id, step)
);
comment on table erp_outbox_steps is 'Steps of a saga that has several; the message is the saga, and is at one step at a time.';
comment on column erp_outbox_steps.message_id is 'The saga.';
comment on column erp_outbox_steps.step is 'Order, from 1.';
comment on column erp_outbox_steps.company_id is 'Tenant, as its message has it.';
comment on column erp_outbox_steps.event_type is 'What it does.';
comment on column erp_outbox_steps.connection_id is 'Where.';
comment on column erp_outbox_steps.payload is 'What is written.';
comment on column erp_outbox_steps.state is 'waiting; accepted; refused for good; unknown: refused, and perhaps written all the same; undone.';
comment on column erp_outbox_steps.acceptance is 'What the other system answered; taking the step back needs it.';
comment on column erp_outbox_steps.changed_at is 'When its state changed last.';
alter table erp_outbox_steps enable row level security;
alter table erp_outbox_steps force row level security;
create policy one_company on erp_outbox_steps using (crossdock_sees(company_id));

alter table alerts
    drop constraint alerts_kind_check,
    add constraint alerts_kind_check check (kind in
        ('connection_down', 'backlog', 'stale_cursor', 'error_rate', 'dead_letters'));
