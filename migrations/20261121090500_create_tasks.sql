create table tasks (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    document_id bigint not null unique references documents on delete cascade,
    kind text not null check (kind in ('pick', 'receive')),
    state text not null default 'open' check (state in ('open', 'claimed', 'done', 'cancelled')),
    worker_id bigint references users,
    team_id bigint references teams,
    priority smallint not null default 0,
    created_at timestamptz not null,
    assigned_at timestamptz,
    started_at timestamptz,
    finished_at timestamptz,
    check ((finished_at is not null) = (state in ('done', 'cancelled'))),
    check (state <> 'claimed' or worker_id is not null)
) with (fillfactor = 80);
comment on table tasks is 'Work for a person; one per document with floor lines.';
comment on column tasks.id is 'Identity.';
comment on column tasks.company_id is 'Tenant.';
comment on column tasks.warehouse_id is 'Site.';
comment on column tasks.document_id is 'Document worked on.';
comment on column tasks.kind is 'pick a dispatch, receive a receipt.';
comment on column tasks.state is 'Where it stands.';
comment on column tasks.worker_id is 'Given to or held by.';
comment on column tasks.team_id is 'Any member of this team may take it.';
comment on column tasks.priority is 'Higher goes first.';
comment on column tasks.created_at is 'When floor lines first appeared.';
comment on column tasks.assigned_at is 'Last given to somebody.';
comment on column tasks.started_at is 'Work began.';
comment on column tasks.finished_at is 'Work ended.';
create index tasks_worker on tasks (worker_id, priority desc, id) where state in ('open', 'claimed'); -- the handheld's list
create index tasks_team on tasks (team_id, priority desc, id) where state in ('open', 'claimed'); -- a team's list
create index tasks_open on tasks (warehouse_id, priority desc, id) where state in ('open', 'claimed'); -- the lead's list
create index tasks_list on tasks (warehouse_id, id desc); -- all tasks
alter table tasks enable row level security;
alter table tasks force row level security;
create policy one_company on tasks using (crossdock_sees(company_id));

create table operations (
    id uuid primary key,
    company_id bigint not null,
    warehouse_id bigint not null references warehouses,
    task_id bigint not null references tasks,
    line_id bigint references document_lines,
    user_id bigint not null references users,
    credited_user_id bigint not null references users,
    kind text not null check (kind in ('claim', 'pick', 'short', 'undo', 'finish')),
    accepted boolean not null,
    quantity numeric(14, 4) not null default 0,
    reason text,
    reason_text text,
    scanned text,
    reverses uuid unique references operations,
    device text not null,
    made_at timestamptz not null,
    recorded_at timestamptz not null,
    request jsonb not null,
    answer jsonb not null
);
comment on table operations is 'What people did on the floor; only ever added.';
comment on column operations.id is 'Made by the device: the same id twice changes nothing.';
comment on column operations.company_id is 'Tenant, as its parent row has it; no key of its own, for the sake of bulk writes.';
comment on column operations.warehouse_id is 'Site.';
comment on column operations.task_id is 'Task worked on.';
comment on column operations.line_id is 'Line worked on.';
comment on column operations.user_id is 'Who did it.';
comment on column operations.credited_user_id is 'Whose figures it counts for; an undo counts against the one who picked.';
comment on column operations.kind is 'What was done.';
comment on column operations.accepted is 'Whether it took effect.';
comment on column operations.quantity is 'Added to the line; negative for an undo.';
comment on column operations.reason is 'Of a shortage.';
comment on column operations.reason_text is 'Of a shortage, in words.';
comment on column operations.scanned is 'What was scanned; none when typed.';
comment on column operations.reverses is 'The operation an undo takes back, once.';
comment on column operations.device is 'The device''s name.';
comment on column operations.made_at is 'The device''s clock.';
comment on column operations.recorded_at is 'The server''s clock; orders and counts.';
comment on column operations.request is 'As sent: the same id with other content is refused.';
comment on column operations.answer is 'Returned again for the same id.';
create index operations_figures on operations (warehouse_id, recorded_at)
    include (line_id, credited_user_id, quantity)
    where accepted and kind in ('pick', 'undo'); -- board figures of a day
create index operations_task on operations (task_id, recorded_at desc); -- what can be undone
alter table operations enable row level security;
alter table operations force row level security;
create policy one_company on operations using (crossdock_sees(company_id));

create table shifts (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    name text not null check (name <> ''),
    starts time not null,
    ends time not null,
    break_starts time,
    break_ends time,
    unique (warehouse_id, name),
    check (ends > starts),
    check ((break_starts is null) = (break_ends is null)),
    check (break_starts is null or (break_starts > starts and break_ends > break_starts and break_ends < ends))
);
comment on table shifts is 'Working periods of a site''s day, in site time; they may overlap.';
comment on column shifts.id is 'Identity.';
comment on column shifts.company_id is 'Tenant.';
comment on column shifts.warehouse_id is 'Site.';
comment on column shifts.name is 'Shown to people.';
comment on column shifts.starts is 'Work begins.';
comment on column shifts.ends is 'Work ends.';
comment on column shifts.break_starts is 'Break begins.';
comment on column shifts.break_ends is 'Break ends.';
alter table shifts enable row level security;
alter table shifts force row level security;
create policy one_company on shifts using (crossdock_sees(company_id));
