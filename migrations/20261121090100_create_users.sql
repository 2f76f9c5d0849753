create table teams (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    name text not null check (name <> ''),
    unique (warehouse_id, name)
);
comment on table teams is 'Groups of workers of one site.';
comment on column teams.id is 'Identity.';
comment on column teams.company_id is 'Tenant.';
comment on column teams.warehouse_id is 'Site.';
comment on column teams.name is 'Shown to people.';
alter table teams enable row level security;
alter table teams force row level security;
create policy one_company on teams using (crossdock_sees(company_id));

create table users (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    login text not null unique check (login = lower(login) and login <> ''),
    name text not null check (name <> ''),
    role text not null check (role in ('admin', 'lead', 'worker', 'viewer')),
    password_hash text not null,
    auth_epoch uuid not null default gen_random_uuid(),
    team_id bigint references teams,
    disabled_at timestamptz,
    created_at timestamptz not null default now()
);
comment on table users is 'Logins.';
comment on column users.id is 'Identity.';
comment on column users.company_id is 'Tenant.';
comment on column users.login is 'Lower case, unique over all tenants: the login comes before the tenant is known.';
comment on column users.name is 'Shown to people.';
comment on column users.role is 'A closed set of permissions.';
comment on column users.password_hash is 'argon2id, PHC string.';
comment on column users.auth_epoch is 'Changes with password, role or revocation; sessions of another epoch are dead.';
comment on column users.team_id is 'The team of a worker.';
comment on column users.disabled_at is 'Set: cannot sign in.';
comment on column users.created_at is 'When it was created.';
create index users_team on users (team_id) where team_id is not null; -- members of a team
alter table users enable row level security;
alter table users force row level security;
create policy one_company on users using (crossdock_sees(company_id));

create table user_warehouses (
    user_id bigint not null references users on delete cascade,
    warehouse_id bigint not null references warehouses,
    company_id bigint not null references companies,
    primary key (user_id, warehouse_id)
);
comment on table user_warehouses is 'The sites a login may see.';
comment on column user_warehouses.user_id is 'Login.';
comment on column user_warehouses.warehouse_id is 'Site.';
comment on column user_warehouses.company_id is 'Tenant.';
alter table user_warehouses enable row level security;
alter table user_warehouses force row level security;
create policy one_company on user_warehouses using (crossdock_sees(company_id));

create table sessions (
    id text primary key,
    user_id bigint references users on delete cascade,
    data jsonb not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
comment on table sessions is 'Browser sessions; deleting a row signs out.';
comment on column sessions.id is 'SHA-256 of the cookie''s value: a stolen dump opens no session.';
comment on column sessions.user_id is 'Login, once signed in; lets an admin revoke.';
comment on column sessions.data is 'What the session layer keeps.';
comment on column sessions.created_at is 'First write.';
comment on column sessions.expires_at is 'Dead after this.';
create index sessions_user on sessions (user_id) where user_id is not null; -- revoke all of a user
create index sessions_expiry on sessions (expires_at); -- pruning

create table refresh_tokens (
    id uuid primary key,
    family uuid not null,
    company_id bigint not null references companies,
    user_id bigint not null references users on delete cascade,
    token_hash bytea not null unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    revoked_at timestamptz
);
comment on table refresh_tokens is 'REST refresh tokens; each is used once, reuse revokes its family.';
comment on column refresh_tokens.id is 'Identity.';
comment on column refresh_tokens.family is 'All tokens that descend from one sign-in.';
comment on column refresh_tokens.company_id is 'Tenant.';
comment on column refresh_tokens.user_id is 'Login.';
comment on column refresh_tokens.token_hash is 'SHA-256 of the token.';
comment on column refresh_tokens.created_at is 'Issued.';
comment on column refresh_tokens.expires_at is 'Dead after this.';
comment on column refresh_tokens.used_at is 'Exchanged for the next one.';
comment on column refresh_tokens.revoked_at is 'Family was revoked.';
create index refresh_tokens_family on refresh_tokens (family); -- revocation
create index refresh_tokens_user on refresh_tokens (user_id); -- revoke all of a user
alter table refresh_tokens enable row level security;
alter table refresh_tokens force row level security;
create policy one_company on refresh_tokens using (crossdock_sees(company_id));

create table login_failures (
    key text not null,
    at timestamptz not null
);
comment on table login_failures is 'Failed sign-ins, counted per account and per source.';
comment on column login_failures.key is 'login:<name> or source:<address>.';
comment on column login_failures.at is 'When.';
create index login_failures_key on login_failures (key, at); -- throttle and pruning

create table audit_entries (
    id bigint generated always as identity primary key,
    company_id bigint references companies,
    at timestamptz not null,
    user_id bigint references users,
    actor text not null,
    action text not null,
    subject text not null,
    details jsonb not null default '{}'
);
comment on table audit_entries is 'Who did what; only ever added.';
comment on column audit_entries.id is 'Order.';
comment on column audit_entries.company_id is 'Tenant; none when a sign-in named no known login.';
comment on column audit_entries.at is 'When.';
comment on column audit_entries.user_id is 'Login that acted, if a person did.';
comment on column audit_entries.actor is 'Name of the person or part that acted.';
comment on column audit_entries.action is 'Stable word: SIGN_IN, CATALOG_LOOKUP_API …';
comment on column audit_entries.subject is 'What it was done to.';
comment on column audit_entries.details is 'Facts: before, after, device, source.';
create index audit_entries_company on audit_entries (company_id, id desc); -- the audit list
alter table audit_entries enable row level security;
alter table audit_entries force row level security;
create policy one_company on audit_entries using (crossdock_sees(company_id))
    with check (company_id is null or crossdock_sees(company_id));
