-- Attempts are only ever read by their message: one index does for both.
alter table erp_outbox_attempts drop constraint erp_outbox_attempts_pkey;
drop index erp_outbox_attempts_message;
alter table erp_outbox_attempts add primary key (message_id, id);
