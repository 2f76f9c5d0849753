-- Everybody who queues a message locked the one row of their company for it, sixteen writers the same one. Where the
-- message goes has the key, and row-level security checks every write.
alter table erp_outbox drop constraint erp_outbox_company_id_fkey;
