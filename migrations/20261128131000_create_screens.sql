-- TV screens: paired by a code they show, one site each, read-only, revocable.
create table screens (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    user_id bigint not null unique references users,
    name text not null check (name <> ''),
    boards text[] not null check (cardinality(boards) between 1 and 4
        and boards <@ array['shift', 'throughput', 'quality', 'connections']),
    rotate_seconds integer not null check (rotate_seconds between 5 and 600),
    names text not null check (names in ('full', 'initials', 'hidden')),
    paired_at timestamptz not null,
    paired_by text not null,
    revoked_at timestamptz
);
comment on table screens is 'TV screens that were paired.';
comment on column screens.id is 'Identity.';
comment on column screens.company_id is 'Tenant.';
comment on column screens.warehouse_id is 'The only site it shows.';
comment on column screens.user_id is 'The login it acts as: a viewer of that site without a password.';
comment on column screens.name is 'Where it hangs.';
comment on column screens.boards is 'What it shows, in turn.';
comment on column screens.rotate_seconds is 'How long each.';
comment on column screens.names is 'How people are named on it.';
comment on column screens.paired_at is 'When the code was entered.';
comment on column screens.paired_by is 'Who entered it.';
comment on column screens.revoked_at is 'Shows nothing from then on.';
create index screens_company on screens (company_id, id); -- the screens list
alter table screens enable row level security;
alter table screens force row level security;
create policy one_company on screens using (crossdock_sees(company_id));

create table screen_pairings (
    code text primary key,
    secret_hash bytea not null unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    user_id bigint references users on delete cascade
);
comment on table screen_pairings is 'Screens that show a code and wait; nobody''s until the code is entered.';
comment on column screen_pairings.code is 'Shown on the screen.';
comment on column screen_pairings.secret_hash is 'SHA-256 of what only the screen knows: the code alone opens nothing.';
comment on column screen_pairings.created_at is 'When the screen asked.';
comment on column screen_pairings.expires_at is 'The code is worth nothing after this.';
comment on column screen_pairings.user_id is 'The screen''s login, once the code was entered.';
create index screen_pairings_expiry on screen_pairings (expires_at); -- pruning

alter table sessions add column screen boolean not null default false;
comment on column sessions.screen is 'A paired screen''s: lives on from its last use, so that a night or a holiday ends nothing.';
