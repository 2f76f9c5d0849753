-- To take a message was to write it: a new version of a wide row, an entry in each of its eight indexes, and the same
-- again when it was delivered. What a worker takes at once stands in one row per system now, and the message is written
-- when something came of it.
select set_config('crossdock.system', 'on', true);

drop index erp_outbox_leases;
create table erp_outbox_leases (
    id bigint generated always as identity primary key,
    token uuid not null,
    company_id bigint not null,
    lane text not null,
    ids uuid[] not null,
    seqs bigint[] not null check (cardinality(seqs) = cardinality(ids) and cardinality(ids) > 0),
    taken_at timestamptz not null,
    lease_until timestamptz not null
) with (toast_tuple_target = 8160, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 2000);
alter table erp_outbox_leases alter column ids set storage main, alter column seqs set storage main;
comment on table erp_outbox_leases is 'What workers hold now: a row for what one took at once for a tenant and a system; it goes with the last of its messages.';
comment on column erp_outbox_leases.id is 'Identity.';
comment on column erp_outbox_leases.token is 'Fences the worker that holds them.';
comment on column erp_outbox_leases.company_id is 'Tenant; no key of its own, as the messages have none.';
comment on column erp_outbox_leases.lane is 'The one system they go to.';
comment on column erp_outbox_leases.ids is 'Messages that are still held.';
comment on column erp_outbox_leases.seqs is 'Their order of arrival, in the same places: what indexes of messages know them by.';
comment on column erp_outbox_leases.taken_at is 'When they were taken.';
comment on column erp_outbox_leases.lease_until is 'Past it the worker counts as lost.';
alter table erp_outbox_leases enable row level security;
alter table erp_outbox_leases force row level security;
create policy one_company on erp_outbox_leases using (crossdock_sees(company_id));

create view erp_outbox_taken with (security_invoker = true) as
select h.id, h.seq, l.company_id, l.lane, l.token, l.taken_at, l.lease_until
from erp_outbox_leases l
cross join lateral unnest(l.ids, l.seqs) h (id, seq);
comment on view erp_outbox_taken is 'Each message that a worker holds: it is in progress.';

insert into erp_outbox_leases (token, company_id, lane, ids, seqs, taken_at, lease_until)
select lease_token, company_id, lane, array_agg(id order by seq), array_agg(seq order by seq),
       min(coalesce(processing_started_at, updated_at)), max(lease_until)
from erp_outbox
where status = 'in_progress'
group by lease_token, company_id, lane;
update erp_outbox set status = 'pending', lease_token = null, lease_until = null where status = 'in_progress';
alter table erp_outbox drop column lease_token, drop column lease_until;
comment on column erp_outbox.status is 'pending waits, or is in progress while erp_outbox_leases has it; completed was accepted, dead needs a person, discarded was given up by one.';
comment on column erp_outbox.processing_started_at is 'When the last attempt began.';
