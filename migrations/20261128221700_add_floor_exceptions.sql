-- Goods that fit on no location and counts that wait for a second person need a lead's eye too.
alter table exceptions drop constraint exceptions_kind_check;
alter table exceptions add constraint exceptions_kind_check
    check (kind in ('late', 'idle', 'conflict', 'unmapped', 'failed_sync', 'shortage', 'undelivered', 'review', 'reported',
                    'blocked_put_away', 'count_variance'));
comment on column exceptions.kind is 'late, idle, conflict, unmapped, failed_sync, shortage, undelivered, review, reported, blocked_put_away or count_variance.';
create index count_entries_line on count_entries (line_id); -- since when a count waits for a second person
