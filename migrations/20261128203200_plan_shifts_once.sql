-- The same answers in a language that keeps its plans: as plain SQL both functions were planned anew
-- within each act.

create or replace function shift_on(worker bigint, site bigint, day date) returns bigint
    language plpgsql stable parallel safe
as $$
declare
    decided bigint;
begin
    select r.shift_id into decided from roster_entries r
    where r.user_id = worker and r.warehouse_id = site and r.on_date = day;
    if not found then
        select t.shift_id into decided from users u join teams t on t.id = u.team_id
        where u.id = worker and t.warehouse_id = site;
    end if;
    return decided;
end
$$;

create or replace function shift_at(worker bigint, site bigint, at timestamptz) returns bigint
    language plpgsql stable parallel safe
as $$
declare
    there timestamp;
    decided bigint;
begin
    select at at time zone w.time_zone into there from warehouses w where w.id = site;
    decided := shift_on(worker, site, there::date);
    if decided is null then
        select case when count(*) = 1 then min(s.id) end into decided from shifts s
        where s.warehouse_id = site and there::time >= s.starts and there::time < s.ends;
    end if;
    return decided;
end
$$;
