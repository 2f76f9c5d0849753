-- What waits and what is dead, per endpoint, without reading every delivery that ever was.
create index erp_outbox_endpoint_open on erp_outbox (endpoint_id, status)
    where status in ('pending', 'in_progress', 'dead'); -- the endpoints list
