create table live_feed (
    id bigint generated always as identity,
    tx xid8 not null default pg_current_xact_id(),
    company_id bigint not null,
    warehouse_id bigint,
    topics text[] not null,
    what text not null,
    at timestamptz not null default clock_timestamp()
);
comment on table live_feed is 'What changed, for the tailer of each node; kept for a day.';
comment on column live_feed.id is 'Names the event; ids become visible out of order.';
comment on column live_feed.tx is 'Writing transaction: a reader resumes by snapshot, so that a late commit is never skipped.';
comment on column live_feed.company_id is 'Tenant; nobody else is told.';
comment on column live_feed.warehouse_id is 'Site; none concerns the whole company.';
comment on column live_feed.topics is 'Who is told: noun or noun:id.';
comment on column live_feed.what is 'Stable word.';
comment on column live_feed.at is 'When it was written.';
create index live_feed_tx on live_feed (tx); -- the tailer

create table live_feed_floor (
    only_row boolean primary key default true check (only_row),
    tx xid8 not null
);
comment on table live_feed_floor is 'How far the feed was pruned.';
comment on column live_feed_floor.only_row is 'There is one.';
comment on column live_feed_floor.tx is 'Events of transactions up to this one are gone: an older position must read everything again.';
insert into live_feed_floor (tx) values ('0');
