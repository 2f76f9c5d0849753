-- Who the rows belong to. Every table with a company_id forces row-level security: a transaction
-- sees one company (setting crossdock.company) or, for the engine and the login, all of them
-- (setting crossdock.system = on). Without either it sees nothing.
create function crossdock_sees(row_company bigint) returns boolean
    language sql stable parallel safe
    return row_company = nullif(current_setting('crossdock.company', true), '')::bigint
        or current_setting('crossdock.system', true) = 'on';
comment on function crossdock_sees is 'Row-level security: may this transaction see rows of that company?';

create table companies (
    id bigint generated always as identity primary key,
    name text not null check (name <> ''),
    created_at timestamptz not null default now()
);
comment on table companies is 'Tenants.';
comment on column companies.id is 'The tenant_id of the wire formats.';
comment on column companies.name is 'Shown in the header.';
comment on column companies.created_at is 'When it was set up.';
alter table companies enable row level security;
alter table companies force row level security;
create policy one_company on companies using (crossdock_sees(id));

create table warehouses (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    code text not null check (code <> ''),
    name text not null check (name <> ''),
    time_zone text not null,
    created_at timestamptz not null default now(),
    unique (company_id, code)
);
comment on table warehouses is 'Sites.';
comment on column warehouses.id is 'Identity.';
comment on column warehouses.company_id is 'Tenant.';
comment on column warehouses.code is 'Short code, the value the ERP side is configured with.';
comment on column warehouses.name is 'Shown to people.';
comment on column warehouses.time_zone is 'IANA name; decides what today and a shift mean.';
comment on column warehouses.created_at is 'When it was set up.';
alter table warehouses enable row level security;
alter table warehouses force row level security;
create policy one_company on warehouses using (crossdock_sees(company_id));

create table uoms (
    company_id bigint not null references companies,
    code text not null check (code <> ''),
    name text not null,
    decimals smallint not null check (decimals between 0 and 4),
    primary key (company_id, code)
);
comment on table uoms is 'Units of measure we count in.';
comment on column uoms.company_id is 'Tenant.';
comment on column uoms.code is 'KOM, KG, M …';
comment on column uoms.name is 'Shown to people.';
comment on column uoms.decimals is 'Decimals a quantity in this unit may have; 0 for pieces.';
alter table uoms enable row level security;
alter table uoms force row level security;
create policy one_company on uoms using (crossdock_sees(company_id));
