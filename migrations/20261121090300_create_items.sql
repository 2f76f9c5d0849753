create table items (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    connection_id bigint not null references connections,
    code text not null check (code <> ''),
    name text not null,
    uom text not null,
    supplier text,
    supplier_code text,
    class text,
    description text,
    active boolean not null,
    changed_at timestamptz,
    synced_at timestamptz not null,
    unique (company_id, code)
) with (fillfactor = 85);
comment on table items is 'Things we stock.';
comment on column items.id is 'Identity.';
comment on column items.company_id is 'Tenant.';
comment on column items.connection_id is 'The account it comes from.';
comment on column items.code is 'SKU; leading zeros are part of it.';
comment on column items.name is 'Title.';
comment on column items.uom is 'Our unit, translated by mapping.';
comment on column items.supplier is 'Supplier''s name.';
comment on column items.supplier_code is 'Supplier''s own code.';
comment on column items.class is 'Primary classification.';
comment on column items.description is 'Longer text.';
comment on column items.active is 'Still traded.';
comment on column items.changed_at is 'Last change upstream.';
comment on column items.synced_at is 'When we last wrote it.';
alter table items enable row level security;
alter table items force row level security;
create policy one_company on items using (crossdock_sees(company_id));

create table item_barcodes (
    company_id bigint not null,
    key text not null,
    item_id bigint not null references items on delete cascade,
    barcode text not null,
    primary key (company_id, key)
);
comment on table item_barcodes is 'Which item a barcode means; one owner each, never reassigned silently.';
comment on column item_barcodes.company_id is 'Tenant, as its parent row has it; no key of its own, for the sake of bulk writes.';
comment on column item_barcodes.key is 'GTIN-14 form of a valid GTIN, else the text as printed.';
comment on column item_barcodes.item_id is 'Owner.';
comment on column item_barcodes.barcode is 'As printed.';
create index item_barcodes_item on item_barcodes (item_id); -- barcodes of an item
alter table item_barcodes enable row level security;
alter table item_barcodes force row level security;
create policy one_company on item_barcodes using (crossdock_sees(company_id));

create table item_lookups (
    connection_id bigint not null references connections on delete cascade,
    code text not null,
    company_id bigint not null references companies,
    found boolean not null,
    looked_up_at timestamptz not null,
    primary key (connection_id, code)
);
comment on table item_lookups is 'Answers of on-demand look-ups, hits and misses, good for 24 hours.';
comment on column item_lookups.connection_id is 'Account asked.';
comment on column item_lookups.code is 'Code asked for.';
comment on column item_lookups.company_id is 'Tenant.';
comment on column item_lookups.found is 'Whether the upstream knows it.';
comment on column item_lookups.looked_up_at is 'When.';
alter table item_lookups enable row level security;
alter table item_lookups force row level security;
create policy one_company on item_lookups using (crossdock_sees(company_id));

create table partners (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    connection_id bigint not null references connections,
    code text not null check (code <> ''),
    name text not null,
    name2 text,
    tax_id text,
    address text,
    city text,
    country text,
    phone text,
    is_supplier boolean not null,
    is_customer boolean not null,
    is_warehouse boolean not null,
    active boolean not null default true,
    changed_at timestamptz,
    synced_at timestamptz not null,
    unique (company_id, connection_id, code)
) with (fillfactor = 85);
comment on table partners is 'Trading parties; one may be several things at once.';
comment on column partners.id is 'Identity.';
comment on column partners.company_id is 'Tenant.';
comment on column partners.connection_id is 'The account it comes from.';
comment on column partners.code is 'The upstream''s identity.';
comment on column partners.name is 'Name.';
comment on column partners.name2 is 'Second name line.';
comment on column partners.tax_id is 'Tax number.';
comment on column partners.address is 'Street.';
comment on column partners.city is 'Town.';
comment on column partners.country is 'As written upstream.';
comment on column partners.phone is 'First number given.';
comment on column partners.is_supplier is 'Sells to us.';
comment on column partners.is_customer is 'Buys from us.';
comment on column partners.is_warehouse is 'One of our own sites.';
comment on column partners.active is 'Still met upstream.';
comment on column partners.changed_at is 'Last change upstream, where the upstream says.';
comment on column partners.synced_at is 'When we last wrote it.';
create index partners_name on partners (company_id, name, id); -- the partners list
alter table partners enable row level security;
alter table partners force row level security;
create policy one_company on partners using (crossdock_sees(company_id));
