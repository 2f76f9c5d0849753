-- How many messages a system gets at once is set per connection; a claim reads it without the rest of the settings.
alter table connections
    add column at_once integer generated always as (
        case when delivery -> 'features' ->> 'batch_size' ~ '^[1-9][0-9]{0,2}$'
             then (delivery -> 'features' ->> 'batch_size')::integer end
    ) stored;
comment on column connections.at_once is 'Messages on their way to it at once from each node, as its delivery settings say; null is as many as to any other system.';
