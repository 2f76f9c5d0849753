-- One id from the click to the upstream's log: set by the transaction of a traced request, else fresh.
alter table sync_runs add column correlation_id text not null
    default coalesce(nullif(current_setting('crossdock.correlation', true), ''), gen_random_uuid()::text);
comment on column sync_runs.correlation_id is 'Sent as X-Correlation-ID with every call of the run; the id of the request that asked for it.';
create index sync_runs_correlation on sync_runs (correlation_id); -- from an id in a log to its run
