create table saved_views (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    user_id bigint not null references users on delete cascade,
    page text not null check (page like '/%' and length(page) <= 200),
    name text not null check (name <> '' and length(name) <= 60),
    query text not null check (length(query) <= 2000),
    opens_first boolean not null default false,
    created_at timestamptz not null
);
comment on table saved_views is 'Lists as a person keeps them: a name for a page with its filters and sort.';
comment on column saved_views.id is 'Identity.';
comment on column saved_views.company_id is 'Tenant.';
comment on column saved_views.user_id is 'Whose it is; nobody else sees it.';
comment on column saved_views.page is 'Path of the list.';
comment on column saved_views.name is 'Shown to the person.';
comment on column saved_views.query is 'The page''s query string, without the question mark and without a place in the list.';
comment on column saved_views.opens_first is 'Shown when the page is opened without a query.';
comment on column saved_views.created_at is 'First saved.';
create unique index saved_views_name on saved_views (user_id, page, lower(name)); -- a page's views; saving again replaces
create unique index saved_views_first on saved_views (user_id, page) where opens_first; -- at most one opens first
alter table saved_views enable row level security;
alter table saved_views force row level security;
create policy one_company on saved_views using (crossdock_sees(company_id));
