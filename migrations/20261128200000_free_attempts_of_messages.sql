-- Attempts are written only together with their message and go with it: looking the message up again
-- for each of them, and locking it, is work that every delivery would pay for.
alter table erp_outbox_attempts drop constraint erp_outbox_attempts_message_id_fkey;
comment on column erp_outbox_attempts.message_id is 'Message; no key of its own, for the sake of bulk writes: pruning takes both.';
