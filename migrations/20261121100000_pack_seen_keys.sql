-- One row a page instead of one a key: a pass over 200,000 items writes 200 rows, and needs no index
-- beside them. A full pass under way loses what it had met, sees so, and deactivates nothing.
drop table sync_seen;
create unlogged table sync_seen (
    run_id bigint not null,
    keys text[] not null
);
comment on table sync_seen is 'Keys a full pass has met, a row for each page; what is missing at its end is inactive upstream. Unlogged: an unchanged pass must not fill the log, and after a crash the count tells that keys are missing.';
comment on column sync_seen.run_id is 'Run.';
comment on column sync_seen.keys is 'Codes of items or partners.';
create index sync_seen_run on sync_seen (run_id); -- the end of a pass
