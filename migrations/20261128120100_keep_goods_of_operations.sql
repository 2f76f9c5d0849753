-- What the label said about the goods in hand.
alter table operations
    add column lot text,
    add column serial text,
    add column expires_on date;
comment on column operations.lot is 'Batch or lot on the scanned label.';
comment on column operations.serial is 'Serial number on the scanned label.';
comment on column operations.expires_on is 'Last day of use, sale or best quality on the scanned label.';

create function picked_goods(line bigint) returns jsonb language sql stable as $$
    select coalesce(jsonb_agg(jsonb_build_object('lot', g.lot, 'serial', g.serial, 'expires_on', g.expires_on,
                                                 'quantity', trim_scale(g.quantity)::text)
                              order by g.lot, g.serial, g.expires_on), '[]')
    from (
        select o.lot, o.serial, o.expires_on, sum(o.quantity) as quantity
        from operations o
        where o.line_id = line and o.kind = 'pick' and o.accepted
          and num_nonnulls(o.lot, o.serial, o.expires_on) > 0
          and not exists (select from operations u where u.reverses = o.id and u.accepted)
        group by o.lot, o.serial, o.expires_on
    ) g
$$;
comment on function picked_goods is 'Lots, serial numbers and dates picked on a line and not taken back, with how much of each.';
