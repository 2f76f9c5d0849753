-- Dispatches that a lead holds back and lets the floor begin together.
create table waves (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    number integer not null check (number > 0),
    name text not null default '',
    state text not null default 'planned' check (state in ('planned', 'released', 'closed')),
    created_at timestamptz not null,
    created_by text not null,
    ended_at timestamptz,
    ended_by text,
    unique (warehouse_id, number),
    check ((ended_at is null) = (state = 'planned')),
    check ((ended_at is null) = (ended_by is null))
);
comment on table waves is 'Dispatches held back until a lead releases them together.';
comment on column waves.id is 'Identity.';
comment on column waves.company_id is 'Tenant.';
comment on column waves.warehouse_id is 'Site.';
comment on column waves.number is 'Counted per site; what people call it.';
comment on column waves.name is 'What it is for, in words; empty when nobody said.';
comment on column waves.state is 'planned: its tasks are held back; released: they are on the floor; closed: given up while it was empty.';
comment on column waves.created_at is 'When it was made.';
comment on column waves.created_by is 'Who made it.';
comment on column waves.ended_at is 'When it was released or closed.';
comment on column waves.ended_by is 'Who did that.';
create index waves_planned on waves (warehouse_id, id) where state = 'planned'; -- what waits to be released
create index waves_list on waves (company_id, id desc); -- all waves, newest first
alter table waves enable row level security;
alter table waves force row level security;
create policy one_company on waves using (crossdock_sees(company_id));

alter table tasks add column wave_id bigint references waves;
alter table tasks add column held boolean not null default false;
alter table tasks add constraint tasks_held_in_wave check (not held or (wave_id is not null and state = 'open'));
comment on column tasks.wave_id is 'The wave it is in, or was released with.';
comment on column tasks.held is 'Held back: its wave is not released, and the floor is not offered it.';
create index tasks_wave on tasks (wave_id) where wave_id is not null; -- what is in a wave

-- What is begun, done or withdrawn waits for nothing any more, whoever began it.
create function tasks_leave_wave() returns trigger language plpgsql as $$
begin
    new.held := false;
    new.wave_id := null;
    return new;
end
$$;
comment on function tasks_leave_wave is 'Takes a task that is not open any more out of a wave that is not released.';
create trigger leave_wave before update on tasks
    for each row when (new.held and new.state <> 'open') execute function tasks_leave_wave();

create or replace view task_summaries with (security_invoker = true) as
select t.id, t.company_id, t.warehouse_id, t.document_id, d.kind, d.number, d.doc_type, d.dated_on,
       d.partner_name, t.state, d.status as document_status, t.worker_id, u.name as worker_name,
       t.team_id, m.name as team_name, t.priority, d.lines_wms as lines_total, d.lines_done,
       d.lines_short, t.started_at, t.finished_at, t.due_at, t.cut_off_id, t.wave_id, t.held
from tasks t
join documents d on d.id = t.document_id
left join users u on u.id = t.worker_id
left join teams m on m.id = t.team_id;
