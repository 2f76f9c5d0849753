-- Blind counts: whoever counts does not see what should be there. A difference beyond the site's tolerance
-- is counted again by another person, whose figure decides.
alter table warehouses add column count_tolerance_percent numeric(5, 2) not null default 5
    check (count_tolerance_percent between 0 and 100);
alter table warehouses add column count_tolerance_units numeric(14, 4) not null default 1
    check (count_tolerance_units >= 0);
comment on column warehouses.count_tolerance_percent is 'A count may differ by this share of what is on record.';
comment on column warehouses.count_tolerance_units is 'Or by this much, whichever is more.';

create table count_lines (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    location_id bigint not null references locations,
    item_id bigint not null references items,
    what text not null,
    requested_by text not null,
    requested_at timestamptz not null,
    state text not null default 'open' check (state in ('open', 'again', 'settled')),
    on_record numeric(14, 4),
    first numeric(14, 4),
    first_by bigint references users,
    second numeric(14, 4),
    second_by bigint references users,
    settled_at timestamptz,
    check ((state = 'settled') = (settled_at is not null)),
    check (state = 'open' or (first is not null and first_by is not null and on_record is not null)),
    check (second_by is null or second_by <> first_by)
);
comment on table count_lines is 'An item on a location that is to be counted, and what came of it.';
comment on column count_lines.id is 'Identity.';
comment on column count_lines.company_id is 'Tenant.';
comment on column count_lines.warehouse_id is 'Site.';
comment on column count_lines.location_id is 'Where.';
comment on column count_lines.item_id is 'What.';
comment on column count_lines.what is 'What the lead asked for: a location or an item.';
comment on column count_lines.requested_by is 'The lead.';
comment on column count_lines.requested_at is 'When it was asked for.';
comment on column count_lines.state is 'open: nobody counted; again: another person has to; settled.';
comment on column count_lines.on_record is 'What should have been there when it was counted last.';
comment on column count_lines.first is 'What the first person found.';
comment on column count_lines.first_by is 'The first person.';
comment on column count_lines.second is 'What the second person found; decides.';
comment on column count_lines.second_by is 'The second person.';
comment on column count_lines.settled_at is 'When it was decided.';
create unique index count_lines_one on count_lines (location_id, item_id) where state <> 'settled'; -- counted once at a time
create index count_lines_waiting on count_lines (warehouse_id, id) where state <> 'settled'; -- the handheld's list
create index count_lines_list on count_lines (warehouse_id, id desc); -- the lead's list
alter table count_lines enable row level security;
alter table count_lines force row level security;
create policy one_company on count_lines using (crossdock_sees(company_id));

create table count_entries (
    id uuid primary key,
    company_id bigint not null references companies,
    line_id bigint not null references count_lines,
    user_id bigint not null references users,
    accepted boolean not null,
    recorded_at timestamptz not null,
    request jsonb not null,
    answer jsonb not null
);
comment on table count_entries is 'What people entered, appended; the same id again gets the same answer.';
comment on column count_entries.id is 'Made by the device.';
comment on column count_entries.company_id is 'Tenant.';
comment on column count_entries.line_id is 'What was counted.';
comment on column count_entries.user_id is 'Who.';
comment on column count_entries.accepted is 'Whether it counts.';
comment on column count_entries.recorded_at is 'When it arrived.';
comment on column count_entries.request is 'As sent.';
comment on column count_entries.answer is 'As answered.';
alter table count_entries enable row level security;
alter table count_entries force row level security;
create policy one_company on count_entries using (crossdock_sees(company_id));
