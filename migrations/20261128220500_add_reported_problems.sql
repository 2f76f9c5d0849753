-- What a worker reports from the handheld waits in the lead's inbox like everything else that does.
alter table exceptions add column reported_by bigint references users;
comment on column exceptions.reported_by is 'Who reported it from the floor; null for what was noticed by itself.';
alter table exceptions drop constraint exceptions_kind_check;
alter table exceptions add constraint exceptions_kind_check
    check (kind in ('late', 'idle', 'conflict', 'unmapped', 'failed_sync', 'shortage', 'undelivered', 'review',
                    'reported'));
alter table exceptions add constraint exceptions_reported_check
    check ((kind = 'reported') = (reported_by is not null));
comment on column exceptions.kind is
    'late, idle, conflict, unmapped, failed_sync, shortage, undelivered, review or reported.';
-- A report that is sent again is there already, also once it is closed.
create unique index exceptions_reported on exceptions (company_id, cause) where kind = 'reported';
create index exceptions_own on exceptions (reported_by, id desc) where reported_by is not null; -- what a worker reported
