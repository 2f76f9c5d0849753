-- A line knows the run it started last, so that a list can say how it went.
alter table schedules add column last_run_id bigint references sync_runs on delete set null;
comment on column schedules.last_run_id is 'The run it started or joined when it came due last.';
create index schedules_last_run on schedules (last_run_id) where last_run_id is not null; -- deleting a run
