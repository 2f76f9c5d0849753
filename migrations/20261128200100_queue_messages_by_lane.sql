-- Workers go from lane to lane and take of each what it has room for: a long queue of one system costs
-- nothing to those who look for another one's.
drop index erp_outbox_due;
create index erp_outbox_due on erp_outbox (lane, next_run_at, seq) where status = 'pending'; -- the workers' queue
