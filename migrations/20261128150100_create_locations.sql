-- Where goods lie inside a warehouse, and how they came there: movements, only ever appended.
create table locations (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    code text not null check (code <> ''),
    key text generated always as (upper(code)) stored,
    zone text not null default '',
    position integer not null,
    active boolean not null default true,
    created_at timestamptz not null,
    unique (warehouse_id, key)
);
comment on table locations is 'Places of a warehouse that goods are put on.';
comment on column locations.id is 'Identity.';
comment on column locations.company_id is 'Tenant.';
comment on column locations.warehouse_id is 'Site.';
comment on column locations.code is 'As on its label.';
comment on column locations.key is 'What a scanned code is compared with.';
comment on column locations.zone is 'Part of the site; empty when it has none.';
comment on column locations.position is 'Order in which people walk past.';
comment on column locations.active is 'Whether goods may be put there; one that is not named any more stays for its history.';
comment on column locations.created_at is 'Since when it is known.';
alter table locations enable row level security;
alter table locations force row level security;
create policy one_company on locations using (crossdock_sees(company_id));

create table stock_moves (
    seq bigint generated always as identity primary key,
    company_id bigint not null,
    warehouse_id bigint not null references warehouses,
    item_id bigint not null references items,
    location_id bigint not null references locations,
    quantity numeric(14, 4) not null check (quantity <> 0),
    kind text not null check (kind in ('put_away', 'pick', 'undo', 'count')),
    operation_id uuid references operations on delete cascade,
    user_id bigint not null references users,
    moved_at timestamptz not null
);
comment on table stock_moves is 'What came to a location or left it; the sum is what lies there.';
comment on column stock_moves.seq is 'Order.';
comment on column stock_moves.company_id is 'Tenant.';
comment on column stock_moves.warehouse_id is 'Site of the location.';
comment on column stock_moves.item_id is 'What moved.';
comment on column stock_moves.location_id is 'Where.';
comment on column stock_moves.quantity is 'How much came; negative when it left.';
comment on column stock_moves.kind is 'Why.';
comment on column stock_moves.operation_id is 'The act behind it.';
comment on column stock_moves.user_id is 'Who.';
comment on column stock_moves.moved_at is 'When.';
create index stock_moves_item on stock_moves (item_id, warehouse_id); -- where an item lies
create index stock_moves_location on stock_moves (location_id); -- what lies on a location
create index stock_moves_operation on stock_moves (operation_id); -- taking an act back
alter table stock_moves enable row level security;
alter table stock_moves force row level security;
create policy one_company on stock_moves using (crossdock_sees(company_id));

alter table operations drop constraint operations_kind_check;
alter table operations add constraint operations_kind_check
    check (kind in ('claim', 'pick', 'short', 'undo', 'finish', 'correct', 'put_away'));
create index tasks_received on tasks (warehouse_id, finished_at) where kind = 'receive'; -- what waits to be put away
