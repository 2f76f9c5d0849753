-- What several queries ask is said once. An expression only: it becomes part of the query that asks and is no call.
create function message_state(status text, taken bigint)
    returns text
    language sql immutable parallel safe
    return case when taken is null then status else 'in_progress' end;
comment on function message_state is
    'Where a message stands, from what its row says and its number in erp_outbox_taken: what a worker holds is in progress.';
