-- What ended is counted as it ends: status, metrics and pages then cost the same however many messages are kept.
select set_config('crossdock.system', 'on', true);

create table erp_outbox_deltas (
    id bigint generated always as identity primary key,
    company_id bigint not null,
    lane text not null,
    bucket timestamptz not null,
    retries integer not null,
    completed integer not null,
    discarded integer not null,
    timed integer not null,
    latency_us bigint not null,
    arrived integer not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 2000);
comment on table erp_outbox_deltas is 'What changed in the counts of ended messages and is not folded into erp_outbox_sums yet; one row per statement, lane, minute and number of retries, lives about a second.';
comment on column erp_outbox_deltas.id is 'Order of folding.';
comment on column erp_outbox_deltas.company_id is 'Tenant.';
comment on column erp_outbox_deltas.lane is 'The one system the messages went to.';
comment on column erp_outbox_deltas.bucket is 'Beginning of the minute.';
comment on column erp_outbox_deltas.retries is 'Failed attempts that each accepted message cost; 0 for the other counts.';
comment on column erp_outbox_deltas.completed is 'Messages accepted within the minute.';
comment on column erp_outbox_deltas.discarded is 'Messages given up by a person within the minute.';
comment on column erp_outbox_deltas.timed is 'Accepted ones of which the beginning of the last attempt is known.';
comment on column erp_outbox_deltas.latency_us is 'Microseconds of the last attempts of those, together.';
comment on column erp_outbox_deltas.arrived is 'Messages queued within the minute that have ended, whenever they did.';
alter table erp_outbox_deltas enable row level security;
alter table erp_outbox_deltas force row level security;
create policy one_company on erp_outbox_deltas using (crossdock_sees(company_id));

create table erp_outbox_sums (
    company_id bigint not null,
    grain text not null check (grain in ('minute', 'hour', 'ever')),
    bucket timestamptz not null,
    lane text not null,
    retries integer not null,
    completed bigint not null,
    discarded bigint not null,
    timed bigint not null,
    latency_us bigint not null,
    arrived bigint not null,
    primary key (company_id, grain, bucket, lane, retries)
) with (fillfactor = 80);
comment on table erp_outbox_sums is 'Counts of the ended messages that are kept; with erp_outbox_deltas exact at every instant.';
comment on column erp_outbox_sums.company_id is 'Tenant.';
comment on column erp_outbox_sums.grain is 'minute (kept for some days), hour, or ever: all that is kept.';
comment on column erp_outbox_sums.bucket is 'Beginning of the minute or hour, UTC; 2000-01-01 for ever.';
comment on column erp_outbox_sums.lane is 'The one system the messages went to.';
comment on column erp_outbox_sums.retries is 'Failed attempts that each accepted message cost; 0 for the other counts.';
comment on column erp_outbox_sums.completed is 'Messages accepted.';
comment on column erp_outbox_sums.discarded is 'Messages given up by a person.';
comment on column erp_outbox_sums.timed is 'Accepted ones of which the beginning of the last attempt is known.';
comment on column erp_outbox_sums.latency_us is 'Microseconds of the last attempts of those, together.';
comment on column erp_outbox_sums.arrived is 'Messages queued then that have ended, whenever they did.';
alter table erp_outbox_sums enable row level security;
alter table erp_outbox_sums force row level security;
create policy one_company on erp_outbox_sums using (crossdock_sees(company_id));

create function message_counts(
    state text, attempts integer, started_at timestamptz, ended_at timestamptz, created_at timestamptz)
returns table (bucket timestamptz, retries integer, completed integer, discarded integer, timed integer,
    latency_us bigint, arrived integer)
language sql immutable as $$
    select date_bin('1 minute', p.moment, timestamptz '2000-01-01 00:00:00+00'),
           case when p.ended and state = 'completed' then attempts else 0 end,
           (p.ended and state = 'completed')::int,
           (p.ended and state = 'discarded')::int,
           (p.ended and state = 'completed' and started_at is not null)::int,
           case when p.ended and state = 'completed' and started_at is not null
                then (extract(epoch from ended_at - started_at) * 1000000)::bigint else 0 end,
           (not p.ended)::int
    from (values (true, ended_at), (false, created_at)) p (ended, moment)
    where state in ('completed', 'discarded')
$$;
comment on function message_counts is 'What an ended message contributes: in the minute it ended, and in the minute it was queued. The only definition.';

-- Old and new contributions of a whole statement, so that a batch of acknowledgements appends one row per lane and
-- minute, and a claim none. Whatever changes a message, the counts follow.
create function count_changed_messages() returns trigger language plpgsql as $$
begin
    insert into erp_outbox_deltas
        (company_id, lane, bucket, retries, completed, discarded, timed, latency_us, arrived)
    select x.company_id, x.lane, x.bucket, x.retries, sum(x.completed), sum(x.discarded), sum(x.timed),
           sum(x.latency_us), sum(x.arrived)
    from (
        select m.company_id, m.lane, c.bucket, c.retries, c.completed, c.discarded, c.timed, c.latency_us, c.arrived
        from became m
        cross join lateral message_counts(m.status, m.attempts, m.processing_started_at, m.processed_at, m.created_at) c
        union all
        select m.company_id, m.lane, c.bucket, c.retries, -c.completed, -c.discarded, -c.timed, -c.latency_us,
               -c.arrived
        from was m
        cross join lateral message_counts(m.status, m.attempts, m.processing_started_at, m.processed_at, m.created_at) c
    ) x
    group by x.company_id, x.lane, x.bucket, x.retries
    having (sum(x.completed), sum(x.discarded), sum(x.timed), sum(x.latency_us), sum(x.arrived))
           is distinct from (0, 0, 0, 0, 0);
    return null;
end
$$;
comment on function count_changed_messages is 'Appends how the contributions of changed messages differ.';
create trigger count_messages after update on erp_outbox
    referencing old table as was new table as became
    for each statement execute function count_changed_messages();

create function count_pruned_messages() returns trigger language plpgsql as $$
begin
    insert into erp_outbox_deltas
        (company_id, lane, bucket, retries, completed, discarded, timed, latency_us, arrived)
    select m.company_id, m.lane, c.bucket, c.retries, -sum(c.completed), -sum(c.discarded), -sum(c.timed),
           -sum(c.latency_us), -sum(c.arrived)
    from was m
    cross join lateral message_counts(m.status, m.attempts, m.processing_started_at, m.processed_at, m.created_at) c
    group by m.company_id, m.lane, c.bucket, c.retries;
    return null;
end
$$;
comment on function count_pruned_messages is 'Takes what was pruned out of the counts.';
create trigger count_pruned_messages after delete on erp_outbox
    referencing old table as was
    for each statement execute function count_pruned_messages();

-- Messages are queued as pending and contribute nothing then; the condition costs the queueing no call.
create function count_imported_message() returns trigger language plpgsql as $$
begin
    insert into erp_outbox_deltas
        (company_id, lane, bucket, retries, completed, discarded, timed, latency_us, arrived)
    select new.company_id, new.lane, c.bucket, c.retries, c.completed, c.discarded, c.timed, c.latency_us, c.arrived
    from message_counts(new.status, new.attempts, new.processing_started_at, new.processed_at, new.created_at) c;
    return null;
end
$$;
comment on function count_imported_message is 'Counts a message that comes with its end, as restored ones do.';
create trigger count_imported_message after insert on erp_outbox
    for each row when (new.status in ('completed', 'discarded')) execute function count_imported_message();

-- The triggers hold writers off until the end of this transaction, so nothing ends uncounted.
insert into erp_outbox_sums
    (company_id, grain, bucket, lane, retries, completed, discarded, timed, latency_us, arrived)
select m.company_id, g.grain,
       case g.grain when 'minute' then m.bucket
                    when 'hour' then date_bin('1 hour', m.bucket, timestamptz '2000-01-01 00:00:00+00')
                    else timestamptz '2000-01-01 00:00:00+00' end,
       m.lane, m.retries, sum(m.completed), sum(m.discarded), sum(m.timed), sum(m.latency_us), sum(m.arrived)
from (
    select o.company_id, o.lane, c.bucket, c.retries, sum(c.completed) as completed, sum(c.discarded) as discarded,
           sum(c.timed) as timed, sum(c.latency_us) as latency_us, sum(c.arrived) as arrived
    from erp_outbox o
    cross join lateral message_counts(o.status, o.attempts, o.processing_started_at, o.processed_at, o.created_at) c
    group by o.company_id, o.lane, c.bucket, c.retries) m
cross join (values ('minute'), ('hour'), ('ever')) g (grain)
group by 1, 2, 3, 4, 5;
analyze erp_outbox_sums;
