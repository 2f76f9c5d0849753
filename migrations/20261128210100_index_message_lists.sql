-- Every list of messages is read from the end of an index of its lanes, and every count of open ones from an index
-- alone. Accepted messages, which are nearly all, stand in as few indexes as before.
drop index erp_outbox_endpoint;
create index erp_outbox_endpoint on erp_outbox (endpoint_id, seq desc)
    where endpoint_id is not null; -- deliveries of an endpoint, newest first
create index erp_outbox_email on erp_outbox (company_id, seq desc)
    where destination = 'email'; -- e-mails, newest first

drop index erp_outbox_endpoint_open;
create index erp_outbox_endpoint_open on erp_outbox (endpoint_id, status, seq desc) include (company_id)
    where endpoint_id is not null and status in ('pending', 'in_progress', 'dead', 'discarded'); -- those in one state, and how many
drop index erp_outbox_connection_open;
create index erp_outbox_connection_open on erp_outbox (connection_id, status, seq desc) include (company_id, created_at)
    where connection_id is not null and status in ('pending', 'in_progress', 'dead', 'discarded'); -- those in one state, how many, since when

drop index erp_outbox_open;
drop index erp_outbox_dead;
create index erp_outbox_open on erp_outbox (company_id, status, seq desc) include (created_at)
    where status in ('pending', 'in_progress', 'dead', 'discarded'); -- depth and age of the queue, dead messages in order

create index erp_outbox_connection_dead on erp_outbox (connection_id, updated_at) include (company_id, attempts, saga_id)
    where connection_id is not null and status = 'dead'; -- what failed within a period
create index erp_outbox_retried on erp_outbox (connection_id, attempts, processed_at desc, saga_id)
    where connection_id is not null and status = 'completed' and attempts > 0; -- which saga was tried most often
drop index erp_outbox_arrivals; -- arrivals are counted

create index minute_samples_upstream on minute_samples (connection_id, at)
    where series = 'upstream'; -- calls of one account
create index sync_runs_requested on sync_runs (requested_at); -- runs that came within a period
create index sync_runs_finished on sync_runs (finished_at) where finished_at is not null; -- runs that ended within one
