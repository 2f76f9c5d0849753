-- What several queries ask is said once. As tables of one row or none they are made part of the query that asks.
create function locations_found_full(moment timestamptz)
    returns table (location_id bigint, company_id bigint, warehouse_id bigint, full_at timestamptz)
    language sql stable parallel safe
begin atomic
    select c.id, c.company_id, c.warehouse_id, c.full_at
    from locations c
    where c.full_at > moment - interval '7 days'
      and not exists (select from stock_moves m
                      where m.location_id = c.id and m.quantity < 0 and m.moved_at > c.full_at);
end;
comment on function locations_found_full is
    'Locations that somebody found full and nothing left since, for a week at most: where nothing is on record, nothing leaves.';

create function our_unit(written text, company bigint, account bigint)
    returns table (uom text)
    language sql stable parallel safe
begin atomic
    select coalesce(
        (select m.target from mappings m
         where m.connection_id = account and m.kind = 'uom'
           and m.key = upper(regexp_replace(btrim(written), '\s+', ' ', 'g'))),
        (select o.code from uoms o where o.company_id = company and upper(o.code) = upper(btrim(written)) limit 1),
        written);
end;
comment on function our_unit is
    'The unit of a line as people are shown it: what the account''s unit means here, else ours that is spelled like it, else as written.';
