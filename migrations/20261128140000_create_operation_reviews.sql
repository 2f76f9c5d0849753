-- Acts done without a network that the rules would refuse although the goods were handled: a lead decides.
create table operation_reviews (
    operation_id uuid primary key references operations on delete cascade,
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    document_id bigint not null references documents on delete cascade,
    line_id bigint not null references document_lines on delete cascade,
    user_id bigint not null references users,
    why text not null check (why <> ''),
    created_at timestamptz not null,
    decided_at timestamptz,
    decided_by text,
    decision text check (decision in ('accepted', 'rejected', 'withdrawn')),
    check ((decided_at is null) = (decided_by is null)),
    check ((decided_at is null) = (decision is null))
);
comment on table operation_reviews is 'Acts of a handheld without a network that wait, or waited, for a lead.';
comment on column operation_reviews.operation_id is 'The act as it was sent; it counts for nothing until it is accepted.';
comment on column operation_reviews.company_id is 'Tenant.';
comment on column operation_reviews.warehouse_id is 'Site.';
comment on column operation_reviews.document_id is 'Document of the line.';
comment on column operation_reviews.line_id is 'Line worked on.';
comment on column operation_reviews.user_id is 'Who did it.';
comment on column operation_reviews.why is 'Why it could not just count, in words.';
comment on column operation_reviews.created_at is 'When it arrived.';
comment on column operation_reviews.decided_at is 'When somebody decided.';
comment on column operation_reviews.decided_by is 'Who decided.';
comment on column operation_reviews.decision is 'accepted, rejected, or withdrawn by the worker.';
-- What waits, by line and person: the lead's inbox, and the detection of exceptions.
create index operation_reviews_waiting on operation_reviews (line_id, user_id) where decided_at is null;
alter table operation_reviews enable row level security;
alter table operation_reviews force row level security;
create policy one_company on operation_reviews using (crossdock_sees(company_id));
alter table exceptions drop constraint exceptions_kind_check;
alter table exceptions add constraint exceptions_kind_check
    check (kind in ('late', 'idle', 'conflict', 'unmapped', 'failed_sync', 'shortage', 'undelivered', 'review'));
comment on column exceptions.kind is 'late, idle, conflict, unmapped, failed_sync, shortage, undelivered or review.';
