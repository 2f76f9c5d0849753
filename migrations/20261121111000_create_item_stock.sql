create table item_stock (
    company_id bigint not null,
    connection_id bigint not null references connections on delete cascade,
    item_code text not null check (item_code <> ''),
    warehouse_key text not null,
    warehouse_name text not null,
    warehouse_id bigint references warehouses,
    quantity numeric(14, 4) not null check (quantity >= 0),
    as_of timestamptz not null,
    run_id bigint not null,
    primary key (connection_id, item_code, warehouse_key)
) with (fillfactor = 85);
comment on table item_stock is 'What the ERP says is on hand, per item and ERP warehouse.';
comment on column item_stock.company_id is 'Tenant, as its parent row has it; no key of its own, for the sake of bulk writes.';
comment on column item_stock.connection_id is 'Account it comes from.';
comment on column item_stock.item_code is 'Item; a code the catalogue does not know yet waits for it.';
comment on column item_stock.warehouse_key is 'Compared form of the display name; see mappings.';
comment on column item_stock.warehouse_name is 'Display name upstream.';
comment on column item_stock.warehouse_id is 'Our site, once the name is mapped.';
comment on column item_stock.quantity is 'On hand, in the unit of the item.';
comment on column item_stock.as_of is 'When this quantity was first read; passes that bring the same leave it.';
comment on column item_stock.run_id is 'The run that brought it.';
create index item_stock_name on item_stock (connection_id, warehouse_key); -- applying the answer to a warehouse name
alter table item_stock enable row level security;
alter table item_stock force row level security;
create policy one_company on item_stock using (crossdock_sees(company_id));

alter table sync_runs drop constraint sync_runs_entity_check;
alter table sync_runs add constraint sync_runs_entity_check
    check (entity in ('items', 'partners', 'stock', 'dispatches', 'receipts'));
alter table schedules drop constraint schedules_entity_check;
alter table schedules add constraint schedules_entity_check
    check (entity in ('items', 'partners', 'stock', 'dispatches', 'receipts'));
comment on column sync_cursors.entity is 'items, partners, stock, dispatches, receipts.';
