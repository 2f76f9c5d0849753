-- Who works when: a team has a usual shift, a roster entry says otherwise for one person and day.
alter table shifts add constraint shifts_site_key unique (id, warehouse_id);
alter table teams add column shift_id bigint;
alter table teams add constraint teams_shift_of_site foreign key (shift_id, warehouse_id)
    references shifts (id, warehouse_id);
comment on column teams.shift_id is 'The usual shift of its members, of the same site; null when none.';

create table roster_entries (
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    user_id bigint not null references users on delete cascade,
    on_date date not null,
    shift_id bigint,
    set_by text not null,
    set_at timestamptz not null,
    primary key (user_id, warehouse_id, on_date),
    foreign key (shift_id, warehouse_id) references shifts (id, warehouse_id)
);
create index roster_entries_day on roster_entries (warehouse_id, on_date); -- the roster of a week
comment on table roster_entries is 'One person on one day, where it differs from the usual shift of the team.';
comment on column roster_entries.company_id is 'Tenant.';
comment on column roster_entries.warehouse_id is 'Site.';
comment on column roster_entries.user_id is 'Who.';
comment on column roster_entries.on_date is 'Day of the site.';
comment on column roster_entries.shift_id is 'Shift worked that day; null: not at work.';
comment on column roster_entries.set_by is 'Name of the person who decided.';
comment on column roster_entries.set_at is 'When.';
alter table roster_entries enable row level security;
alter table roster_entries force row level security;
create policy one_company on roster_entries using (crossdock_sees(company_id));

-- The shift of every worker at a site on a day: the roster's word, else the team's usual one.
create function shift_on(worker bigint, site bigint, day date) returns bigint
    language sql stable parallel safe
    return case
        when exists (select from roster_entries r where r.user_id = worker and r.warehouse_id = site and r.on_date = day)
        then (select r.shift_id from roster_entries r where r.user_id = worker and r.warehouse_id = site and r.on_date = day)
        else (select t.shift_id from users u join teams t on t.id = u.team_id where u.id = worker and t.warehouse_id = site)
    end;
comment on function shift_on is 'The shift of a person at a site on a day; null when not at work or nobody said.';
