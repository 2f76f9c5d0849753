-- Rows arrive in the order of their time, so ranges of blocks are enough.
create index erp_outbox_arrivals on erp_outbox using brin (created_at) with (pages_per_range = 16, autosummarize = on); -- arrivals per hour
