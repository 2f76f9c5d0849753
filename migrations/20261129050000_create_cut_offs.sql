-- When goods leave a site: a dispatch that nobody gave a due time is due at the next of these times.
create table cut_offs (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    name text not null check (name <> ''),
    closes time not null,
    days smallint[] not null check (cardinality(days) > 0 and days <@ '{1,2,3,4,5,6,7}'),
    unique (warehouse_id, name)
);
comment on table cut_offs is 'Times of a site''s day until which dispatches have to be done, in site time.';
comment on column cut_offs.id is 'Identity.';
comment on column cut_offs.company_id is 'Tenant.';
comment on column cut_offs.warehouse_id is 'Site.';
comment on column cut_offs.name is 'Shown to people, such as the courier that leaves then.';
comment on column cut_offs.closes is 'The time of the day.';
comment on column cut_offs.days is 'The days of the week it is on: 1 is Monday, 7 is Sunday.';
alter table cut_offs enable row level security;
alter table cut_offs force row level security;
create policy one_company on cut_offs using (crossdock_sees(company_id));

-- The offset of its own day applies to each time, also on the days the clocks change.
create function next_time(closes time, days smallint[], site_zone text, since timestamptz)
    returns table (closes_at timestamptz)
    language sql stable parallel safe
begin atomic
    select (l.day + closes) at time zone site_zone
    from (select (since at time zone site_zone)::date + n as day from generate_series(0, 7) n) l
    where extract(isodow from l.day)::smallint = any(days)
      and (l.day + closes) at time zone site_zone > since
    order by l.day
    limit 1;
end;
comment on function next_time is 'When a time of the day comes next on one of these days of the week, after an instant.';

create function next_cut_off(site bigint, since timestamptz)
    returns table (cut_off_id bigint, closes_at timestamptz)
    language sql stable parallel safe
begin atomic
    select c.id, x.closes_at
    from cut_offs c
    join warehouses w on w.id = c.warehouse_id
    cross join lateral next_time(c.closes, c.days, w.time_zone, since) x
    where c.warehouse_id = site
    order by x.closes_at, c.id
    limit 1;
end;
comment on function next_cut_off is 'The first cut-off of a site after an instant; no row when the site has none.';

alter table tasks add column cut_off_id bigint references cut_offs on delete set null;
alter table tasks add column due_is_own boolean not null default false;
comment on column tasks.cut_off_id is 'The cut-off its due time comes from; null when it comes from none.';
comment on column tasks.due_is_own is 'A lead set the due time or took it away: cut-offs leave it alone.';
create index tasks_cut_off on tasks (cut_off_id) where cut_off_id is not null; -- what has to be done until then
select set_config('crossdock.system', 'on', true);
update tasks set due_is_own = true where due_at is not null and state <> 'done';
