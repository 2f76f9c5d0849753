-- A dry run reads as a real one does and keeps what would happen instead of doing it.
alter table sync_runs
    add column dry boolean not null default false,
    add column approved_deactivations bigint,
    add column preview_state text check (preview_state in ('open', 'applied', 'discarded')),
    add column preview_decided_by text,
    add column preview_decided_at timestamptz,
    add column applied_run_id bigint references sync_runs on delete set null,
    add constraint sync_runs_preview check (preview_state is null or dry),
    add constraint sync_runs_preview_decided check ((preview_decided_at is not null) = (preview_state in ('applied', 'discarded')));
comment on column sync_runs.dry is 'Only looks: nothing but the run, its refused rows and its preview is written.';
comment on column sync_runs.approved_deactivations is 'How many deactivations a person saw in a dry run and accepted; the brake asks again for more.';
comment on column sync_runs.preview_state is 'What became of a finished dry run: open until a person applies or discards it.';
comment on column sync_runs.preview_decided_by is 'Who applied or discarded it.';
comment on column sync_runs.preview_decided_at is 'When that was.';
comment on column sync_runs.applied_run_id is 'The real run asked for by applying this dry run.';
-- A dry run keeps no real one waiting, nor the other way round. A node of the version before cannot
-- ask for a sync until it is replaced; its running ones go on.
drop index sync_runs_one_active;
create unique index sync_runs_one_active on sync_runs (connection_id, entity, dry)
    where state in ('queued', 'running', 'needs_approval'); -- one run per connection and entity at a time
create index sync_runs_company on sync_runs (company_id, id desc); -- history over all accounts
create index sync_runs_applied on sync_runs (applied_run_id) where applied_run_id is not null; -- deleting a run

create table sync_previews (
    id bigint generated always as identity primary key,
    company_id bigint not null,
    run_id bigint not null references sync_runs on delete cascade,
    kind text not null check (kind in ('created', 'changed', 'deactivated')),
    external_key text not null,
    label text not null,
    changes jsonb not null default '[]',
    left_out integer not null default 0 check (left_out >= 0)
);
comment on table sync_previews is 'What a dry run would do, the first rows of each kind; the run has the exact numbers.';
comment on column sync_previews.id is 'Order.';
comment on column sync_previews.company_id is 'Tenant, as its parent row has it; no key of its own, for the sake of bulk writes.';
comment on column sync_previews.run_id is 'Dry run.';
comment on column sync_previews.kind is 'What would happen to the row.';
comment on column sync_previews.external_key is 'Item code, partner code, or number, type and date of a document.';
comment on column sync_previews.label is 'Name a person knows the row by.';
comment on column sync_previews.changes is 'Fields with old and new value: [{field, old, new}].';
comment on column sync_previews.left_out is 'Further changed fields that are not kept.';
create index sync_previews_run on sync_previews (run_id, kind, id); -- the preview page and how many are kept
alter table sync_previews enable row level security;
alter table sync_previews force row level security;
create policy one_company on sync_previews using (crossdock_sees(company_id));
