alter table timeline_entries add column message_id uuid;
comment on column timeline_entries.message_id is 'The outbox message it tells of, which may be pruned by now; no key, for the sake of bulk writes.';
