-- The same conditions, each asked only of the kind of message that it is about: checking a message was a sixth of what
-- queueing it costs the database.
create or replace function is_message_sound(
    idempotency_key text, event_type text, aggregate_key text, destination text, endpoint_id bigint,
    connection_id bigint, lane text, status text, processed_at timestamptz, cause text, attempts integer,
    max_attempts smallint, round smallint
) returns boolean language plpgsql immutable parallel safe as $$
begin
    return idempotency_key <> '' and event_type <> '' and aggregate_key <> ''
        and case destination
            when 'webhook' then endpoint_id is not null and connection_id is null and lane = 'webhook:' || endpoint_id
            when 'connection' then connection_id is not null and endpoint_id is null and lane = 'connection:' || connection_id
            when 'email' then endpoint_id is null and connection_id is null and lane = 'email'
            else false
        end
        and case
            when status in ('completed', 'discarded') then processed_at is not null
            when status in ('pending', 'dead', 'in_progress') then processed_at is null
            else false
        end
        and (cause is null or cause in ('timeout', 'unreachable', 'refused', 'busy', 'upstream_error', 'rejected', 'lost',
                                        'settings', 'payload'))
        and attempts >= 0 and max_attempts between 1 and 10 and round >= 0;
end
$$;
