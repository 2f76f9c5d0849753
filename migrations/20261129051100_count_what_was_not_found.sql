-- Goods that were not found where they are on record: the location is counted without anybody asking.
alter table warehouses add column count_shortages boolean not null default true;
comment on column warehouses.count_shortages is
    'Whether a location is counted when goods that are on record there are reported not in stock or not found.';
alter table count_lines add column shortage_id uuid;
comment on column count_lines.shortage_id is
    'The report of missing goods that caused it; null when a lead asked. Without a key, like all that hangs on an act.';
