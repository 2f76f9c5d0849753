-- Some systems take one message at a time.
alter table connections
    add column one_at_a_time boolean not null generated always as (
        coalesce(delivery -> 'features' ->> 'batching' = 'false', false)
    ) stored;
comment on column connections.one_at_a_time is 'Messages go to it one after the other, over all nodes: its delivery settings switch batching off.';
create index connections_one_at_a_time on connections (id) where one_at_a_time; -- asked with every claim of messages
