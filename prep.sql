set crossdock.system='on';
prepare claim(timestamptz,text[],bigint,uuid,timestamptz,integer[],integer) as with systems as (
               select 'webhook:' || e.id::text as lane, null::bigint as single, null::integer as at_once
               from webhook_endpoints e where e.active
               union all
               select 'connection:' || c.id::text, case when c.one_at_a_time then c.id end, c.at_once from connections c
               union all
               select 'email', null, null),
           lanes as materialized (
               select systems.lane, coalesce(room.places, systems.at_once, $7) as places, systems.single, systems.at_once
               from systems
               left join unnest($2::text[], $6::integer[]) as room (lane, places) on room.lane = systems.lane
               where coalesce(room.places, systems.at_once, $7) > 0),
           away as materialized (select h.seq from erp_outbox_taken h),
           due as materialized (
               select o.*, lanes.at_once,
                      row_number() over (partition by lanes.lane order by o.next_run_at, o.seq) as place
               from lanes cross join lateral (
                   select due.* from erp_outbox due
                   where due.status = 'pending' and due.lane = lanes.lane and due.next_run_at <= $1
                     and due.seq not in (select away.seq from away)
                     and coalesce((select false from erp_outbox earlier
                                   where earlier.company_id = due.company_id and earlier.aggregate_key = due.aggregate_key
                                     and earlier.seq < due.seq and earlier.status in ('pending', 'in_progress', 'dead')
                                   limit 1), true)
                   order by due.next_run_at, due.seq
                   limit lanes.places) o
               where lanes.single is null
               union all
               select o.*, lanes.at_once, 1::bigint as place
               from lanes cross join lateral (
                   select first.* from erp_outbox first
                   where first.connection_id = lanes.single and first.status = 'pending' and first.next_run_at <= $1
                     and coalesce((select false from erp_outbox earlier
                                   where earlier.company_id = first.company_id
                                     and earlier.aggregate_key = first.aggregate_key and earlier.seq < first.seq
                                     and earlier.status in ('pending', 'in_progress', 'dead')
                                   limit 1), true)
                   order by first.seq
                   limit 1) o
               where lanes.single is not null
                 and not exists (select from erp_outbox_leases l where l.lane = lanes.lane)),
           taken as materialized (select due.* from due order by due.place, due.next_run_at, due.seq limit $3),
           held as (
               insert into erp_outbox_leases (token, company_id, lane, ids, seqs, taken_at, lease_until)
               select $4, taken.company_id, taken.lane, array_agg(taken.id order by taken.seq),
                      array_agg(taken.seq order by taken.seq), $1, $5
               from taken
               group by taken.company_id, taken.lane)
           select o.id as "id!", o.company_id as "company_id!", o.event_type as "event_type!",
                  o.destination as "destination!", o.endpoint_id, o.connection_id, o.lane as "lane!",
                  o.payload as "payload!", o.correlation_id as "correlation_id!", o.attempts as "attempts!",
                  o.max_attempts as "max_attempts!", o.outcome_unknown as "outcome_unknown!", o.undoing as "undoing!",
                  o.round as "round!", (o.rehearsal_of is not null) as "rehearsal!",
                  (o.document_id is not null) as "result!", o.created_at as "created_at!", o.at_once as "at_once?"
           from taken o
           order by o.seq;
prepare rec(uuid[],timestamptz,uuid[],text[],text[],timestamptz[],jsonb[],timestamptz[],integer[],text[],boolean[],smallint[],text[],text[],text[],text[],bigint[]) as with done as materialized (
             select * from unnest($3::uuid[], $4::text[], $5::text[], $6::timestamptz[], $7::jsonb[], $8::timestamptz[],
                                  $9::integer[], $10::text[], $11::boolean[], $12::smallint[], $13::text[],
                                  $14::text[], $15::text[], $16::text[], $17::bigint[], $1::uuid[])
                  as d (id, state, outcome, next, result, at, latency, cause, unknown, status, request, answer, error,
                        moved, account, token)),
         leases as materialized (
             select id, token, ids, seqs from erp_outbox_leases where token = any($1) order by id for update),
         held as materialized (
             select d.*, l.id as lease from done d join leases l on l.token = d.token and d.id = any(l.ids)),
         rest as materialized (
             select l.id, array_agg(h.id order by h.seq) as ids, array_agg(h.seq order by h.seq) as seqs
             from leases l
             cross join lateral unnest(l.ids, l.seqs) h (id, seq)
             where l.id in (select held.lease from held) and h.id not in (select held.id from held)
             group by l.id),
         kept as (
             update erp_outbox_leases l set ids = rest.ids, seqs = rest.seqs from rest where l.id = rest.id),
         let_go as (
             delete from erp_outbox_leases
             where id in (select held.lease from held) and id not in (select rest.id from rest)),
         moved as (
             update erp_outbox o
             set status = case when d.state = 'dead' and o.rehearsal_of is not null then 'discarded' else d.state end,
                 attempts = case when d.moved is null then o.attempts + (d.outcome = 'failed')::int else 0 end,
                 connection_id = coalesce(d.account, o.connection_id),
                 lane = coalesce('connection:' || d.account, o.lane),
                 undoing = o.undoing or d.moved is not distinct from 'back',
                 next_run_at = coalesce(d.next, o.next_run_at),
                 outcome_unknown = d.moved is null and (o.outcome_unknown or d.unknown),
                 last_error = coalesce(d.error, o.last_error),
                 cause = coalesce(d.cause, o.cause),
                 result_payload = d.result,
                 processing_started_at = d.at,
                 processed_at = case when d.state = 'completed' or (d.state = 'dead' and o.rehearsal_of is not null)
                                     then $2::timestamptz end,
                 updated_at = $2::timestamptz
             from held d
             where o.id = d.id
             returning o.company_id, o.id, o.connection_id, o.document_id, o.outcome_unknown, d.at, d.latency, d.outcome,
                       d.cause, d.status, d.request, d.answer, d.error),
         tried as (
             insert into erp_outbox_attempts (company_id, message_id, at, latency_ms, outcome, cause, status, request,
                                              answer, error)
             select company_id, id, at, latency, outcome, cause, status, request, answer, error from moved)
         select company_id, id, connection_id, document_id, outcome_unknown as "unknown!" from moved;
