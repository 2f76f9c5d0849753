-- How a connection is takes into account whether results get through to it.
create index erp_outbox_connection_failing on erp_outbox (connection_id, seq)
    where connection_id is not null and attempts > 0
      and status in ('pending', 'in_progress', 'dead'); -- what does not get through to a connection
