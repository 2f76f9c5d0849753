-- Whoever changes the cut-offs of a site has its dispatches planned anew some at a time: what is left when that is
-- cut off is done by the engine.
create table cut_off_plans (
    warehouse_id bigint primary key references warehouses,
    company_id bigint not null references companies,
    after_document bigint not null default 0,
    changed_at timestamptz not null,
    by_name text not null
);
comment on table cut_off_plans is 'Sites whose cut-offs changed and whose dispatches are not all planned anew yet.';
comment on column cut_off_plans.warehouse_id is 'Site.';
comment on column cut_off_plans.company_id is 'Tenant.';
comment on column cut_off_plans.after_document is 'Documents up to this one are planned; 0 before the first.';
comment on column cut_off_plans.changed_at is 'When the cut-offs changed: what was late then stays late, the rest is reckoned from then.';
comment on column cut_off_plans.by_name is 'Who changed the cut-offs; the timelines name them.';
alter table cut_off_plans enable row level security;
alter table cut_off_plans force row level security;
create policy one_company on cut_off_plans using (crossdock_sees(company_id));
