-- Dead messages wait for a person like everything else that does.
alter table exceptions drop constraint exceptions_kind_check;
alter table exceptions add constraint exceptions_kind_check
    check (kind in ('late', 'idle', 'conflict', 'unmapped', 'failed_sync', 'shortage', 'undelivered'));
comment on column exceptions.kind is 'late, idle, conflict, unmapped, failed_sync, shortage or undelivered.';
