-- Two companies beside the demo's: one that is as fresh as it gets, and one of a great many rows.
--   psql "$DATABASE_URL" -v documents=20000 -v lines=50 -f end2end/screenshots/rows.sql
-- Their administrators, nora and mila, have the password of the demo's ana.
\set ON_ERROR_STOP on
begin;
set local crossdock.system = 'on';

create function pg_temp.company(title text, admin text, person text) returns bigint language plpgsql as $$
declare
    mine bigint;
    site bigint;
    demo record;
begin
    select u.company_id, u.password_hash into demo from users u where u.login = 'ana';
    insert into companies (name) values (title) returning id into mine;
    insert into warehouses (company_id, code, name, time_zone)
    values (mine, 'VELE_TEST', 'Veleprodaja', 'Europe/Belgrade') returning id into site;
    insert into uoms select mine, u.code, u.name, u.decimals from uoms u where u.company_id = demo.company_id;
    insert into shifts (company_id, warehouse_id, name, starts, ends, break_starts, break_ends)
    values (mine, site, 'A', '08:00', '15:00', '10:00', '10:30'), (mine, site, 'B', '12:00', '19:00', '14:00', '14:30');
    insert into users (company_id, login, name, role, password_hash)
    values (mine, admin, person, 'admin', demo.password_hash);
    insert into user_warehouses (user_id, warehouse_id, company_id)
    select u.id, site, mine from users u where u.company_id = mine;
    return mine;
end $$;

select pg_temp.company('Nova d.o.o.', 'nora', 'Nora Novak');
select pg_temp.company('Milion d.o.o.', 'mila', 'Mila Milić') as company \gset
select id as site from warehouses where company_id = :company \gset

insert into connections (company_id, name, kind, warehouse_id, base_url, settings, secrets, secret_names, health, last_ok_at, last_latency_ms)
select :company, 'Pantheon ' || n, kind, :site, 'https://pantheon-' || n || '.example.invalid', settings, secrets, secret_names,
       case when n = 7 then 'failing' else 'healthy' end, now() - n * interval '1 minute', 40 + n * 13
from (select * from connections order by id limit 1) c, generate_series(1, 40) n;
update connections set last_error = 'The gateway did not answer within 10 s.', last_error_at = now()
where company_id = :company and health = 'failing';
select min(id) as connection from connections where company_id = :company \gset
insert into schedules (company_id, connection_id, entity, mode, cron, time_zone, enabled, last_run_at, next_run_at)
select :company, c.id, s.entity, s.mode, s.cron, s.time_zone, false, now() - interval '1 hour', null
from connections c, (select * from schedules where connection_id = (select min(id) from connections)) s
where c.company_id = :company;

insert into teams (company_id, warehouse_id, name, shift_id)
select :company, :site, 'Team ' || lpad(n::text, 2, '0'), (select min(id) from shifts where warehouse_id = :site)
from generate_series(1, 40) n;
insert into users (company_id, login, name, role, password_hash, team_id)
select :company, 'w' || n,
       (array['Marko','Jelena','Luka','Sara','Nikola','Milica','Stefan','Teodora','Vuk','Dunja'])[1 + n % 10] || ' '
           || (array['Petrović','Jovanović','Nikolić','Đorđević','Ilić','Stojanović-Marinković','Pavlović'])[1 + n % 7] || ' ' || n,
       case when n % 50 = 0 then 'lead' else 'worker' end, a.password_hash,
       case when n % 50 <> 0 then (select min(id) + n % 40 from teams where company_id = :company) end
from (select password_hash from users where login = 'ana') a, generate_series(1, 1000) n;
insert into user_warehouses (user_id, warehouse_id, company_id)
select id, :site, :company from users where company_id = :company and login <> 'mila';
insert into devices (company_id, name, user_id, app_version, waiting, refused, first_seen_at, last_seen_at)
select :company, 'Zebra TC26 ' || row_number() over (order by id), id, '0.1.0', id % 5, id % 23 / 22,
       now() - interval '90 days', now() - (id % 400) * interval '7 minutes'
from users where company_id = :company and role = 'worker';

insert into items (company_id, connection_id, code, name, uom, supplier, supplier_code, class, description, active, changed_at, synced_at)
select :company, :connection, i.code || '-' || n, i.name, i.uom, i.supplier, i.supplier_code, i.class, i.description,
       n % 9 > 0, i.changed_at, now() - n * interval '1 minute'
from (select * from items where company_id <> :company order by id limit 4000) i, generate_series(1, 30) n;
insert into item_barcodes (company_id, key, item_id, barcode)
select :company, lpad(id::text, 14, '0'), id, lpad(id::text, 13, '0') from items where company_id = :company;
insert into item_stock (company_id, connection_id, item_code, warehouse_key, warehouse_name, warehouse_id, quantity, as_of, run_id)
select :company, :connection, code, 'VELEPRODAJA', 'VELEPRODAJA', :site, id % 900, now() - interval '2 hours', 0
from items where company_id = :company;
insert into partners (company_id, connection_id, code, name, name2, tax_id, address, city, country, phone, is_supplier, is_customer, is_warehouse, active, changed_at, synced_at)
select :company, :connection, p.code || '-' || n, p.name, p.name2, p.tax_id, p.address, p.city, p.country, p.phone,
       p.is_supplier, p.is_customer, p.is_warehouse, true, p.changed_at, now()
from (select * from partners where company_id <> :company order by id limit 5000) p, generate_series(1, 20) n;
insert into doc_types (company_id, connection_id, code, direction, first_seen_at)
select :company, c.id, t.code, t.direction, now()
from connections c, (select distinct code, direction from doc_types) t where c.company_id = :company;

-- Documents of a year, nine of ten finished; one kind in six is a receipt.
insert into documents (company_id, connection_id, kind, number, doc_type, dated_on, warehouse_name, warehouse_key, warehouse_id,
    partner_name, status, content_hash, imported_at, updated_at, finished_at, lines_total, lines_wms, lines_known, lines_done, lines_short)
select :company, :connection, k.kind, '26-' || k.doc_type || '-' || lpad(n::text, 6, '0'), k.doc_type, x.day,
       'VELEPRODAJA', 'VELEPRODAJA', :site,
       (array['Hearts and Flowers d.o.o.','Knjižara Vulkan','Trgovina na veliko i malo „Jugoimport Export-Import“ a.d. Beograd','Cvećara Ruža','Salon Beo'])[1 + n % 5],
       x.status, sha256(n::text::bytea), x.imported_at, coalesce(x.finished_at, x.imported_at), x.finished_at,
       :lines, :lines, :lines, case when x.status = 'new' then 0 else :lines - (n % 20 = 3)::int end, (n % 20 = 3 and x.status <> 'new')::int
from generate_series(1, :documents) n
cross join lateral (select case when n % 6 = 0 then 'receipt' else 'dispatch' end as kind,
                           case when n % 6 = 0 then '20B0' else '20ET' end as doc_type) k
cross join lateral (select (now() - (:documents - n) * interval '365 days' / :documents)::date as day,
                           case when n > :documents * 9 / 10 then 'new' when n % 20 = 3 then 'partial' else 'done' end as status) y
-- Half an hour ago at the latest, since the timelines go on for some minutes.
cross join lateral (select y.day, y.status, least(y.day + time '06:30', now() - interval '30 minutes') as imported_at,
                           case when y.status <> 'new' then y.day + time '14:00' end as finished_at) x
order by n;
insert into document_lines (company_id, document_id, line_key, position, item_code, item_name, uom, item_id, match_state,
    exists_in_wms, wms_flag, requested, done, status, reason)
select :company, d.id, n::text, n, i.code, i.name, i.uom, i.id, 'code', true, true, x.requested,
       case d.status when 'new' then 0 else x.requested - (short)::int end,
       case when d.status = 'new' then 'new' when short then 'partial' else 'done' end, case when short then 'not_in_stock' end
from documents d
cross join generate_series(1, :lines) n
join lateral (select 1 + (d.id + n) % 20 as requested, n = 1 and d.status = 'partial' as short) x on true
join (select i.*, row_number() over (order by id) - 1 as place from items i where company_id = :company) i
  on i.place = (d.id * 7 + n * 1301) % 100000
where d.company_id = :company;
insert into tasks (company_id, warehouse_id, document_id, kind, state, worker_id, team_id, priority, created_at, assigned_at, started_at, finished_at, due_at)
select :company, :site, d.id, case d.kind when 'dispatch' then 'pick' else 'receive' end,
       case when d.status = 'new' then 'open' else 'done' end, w.id, null, d.id % 4 - 1, d.imported_at, d.imported_at,
       case when d.status <> 'new' then d.imported_at end, d.finished_at, case when d.id % 3 = 0 then d.dated_on + time '16:00' end
from documents d
left join lateral (select min(id) + d.id % 900 as id from users where company_id = :company and role = 'worker' having d.id % 5 > 0) w0 on true
left join users w on w.id = w0.id and w.role = 'worker'
where d.company_id = :company;
insert into operations (id, company_id, warehouse_id, task_id, line_id, user_id, credited_user_id, kind, accepted, quantity, reason, device, made_at, recorded_at, request, answer)
select gen_random_uuid(), :company, :site, t.id, l.id, w.id, w.id, case when l.reason is null then 'pick' else 'short' end,
       true, l.done, l.reason, 'Zebra TC26', d.finished_at - l.position * interval '40 s', d.finished_at - l.position * interval '40 s', '{}', '{}'
from documents d
join tasks t on t.document_id = d.id
join lateral (select coalesce(t.worker_id, (select min(id) from users where company_id = :company and role = 'worker')) as id) w on true
join document_lines l on l.document_id = d.id
where d.company_id = :company and d.status <> 'new'
order by d.finished_at - l.position * interval '40 s';
insert into timeline_entries (company_id, document_id, at, kind, actor, text)
select :company, d.id, d.imported_at + n * interval '1 minute', case when n = 0 then 'imported' else 'picked' end,
       'Pantheon 1', case when n = 0 then 'Read with 50 lines.' else 'Picked 3 of line ' || n || '.' end
from documents d, generate_series(0, 20) n where d.company_id = :company;
insert into mappings (company_id, connection_id, kind, key, external, first_seen_at, title)
select :company, :connection, k.kind, upper(k.kind) || ' ' || n, initcap(k.kind) || ' ' || n, now() - n * interval '1 minute',
       case k.kind when 'item' then 'An item nobody knows ' || n end
from (values ('warehouse', 200), ('uom', 40), ('item', 3000)) k (kind, most), generate_series(1, k.most) n;
insert into sync_runs (company_id, connection_id, entity, mode, state, pages, rows_read, created, updated, unchanged, refused,
    requested_by, requested_at, started_at, updated_at, finished_at, message)
select :company, c.id, (array['items','partners','dispatches','receipts','stock'])[1 + n % 5], case when n % 24 = 0 then 'full' else 'delta' end,
       x.state, 3, 1000 + n, n % 20, n % 50, 900, n % 7, 'schedule', x.at, x.at, x.at + interval '1 minute', x.at + interval '1 minute',
       case x.state when 'failed' then 'The gateway did not answer within 10 s.' end
from connections c, generate_series(1, 500) n
cross join lateral (select case when n % 40 = 0 then 'failed' else 'done' end as state, now() - (501 - n) * interval '15 minutes' as at) x
where c.company_id = :company
order by n;
insert into rejected_rows (company_id, run_id, external_key, reason, payload, at)
select :company, r.id, 'X-' || n, 'Unit KOMAD is not known; answer it under Mappings.', '{"Ident": "X", "JM": "KOMAD"}', r.finished_at
from (select * from sync_runs where company_id = :company order by id desc limit 20) r, generate_series(1, 500) n;
insert into exchanges (company_id, connection_id, correlation_id, operation, method, url, status, latency_ms, at)
select :company, c.id, gen_random_uuid()::text, 'pull items', 'POST', c.base_url || '/get', 200, 80 + n % 400, now() - (2001 - n) * interval '2 minutes'
from connections c, generate_series(1, 2000) n where c.company_id = :company
order by n;
insert into audit_entries (company_id, at, user_id, actor, action, subject, details)
select :company, now() - (300000 - n) * interval '2 minutes', (select id from users where login = 'mila'), 'Mila Milić',
       (array['TASK_ASSIGNED','DOCUMENT_RECALCULATED','SYNC_REQUESTED'])[1 + n % 3], '26-20ET-' || lpad(n::text, 6, '0'),
       jsonb_build_object('before', null, 'after', 'Marko Petrović')
from generate_series(1, 300000) n
order by n;
insert into webhook_endpoints (company_id, name, url, events, secret, created_at, created_by, updated_at)
select :company, 'Receiver ' || n, 'https://receiver-' || n || '.example.invalid/crossdock/hooks', array['document.finished'], '\x00', x.at, 'Mila Milić', x.at
from generate_series(1, 12) n cross join lateral (select now() - interval '1 year' as at) x;
-- Younger than 30 days, after which messages that ended are thrown away.
insert into erp_outbox (company_id, idempotency_key, event_type, destination, endpoint_id, lane, aggregate_key, payload, payload_hash,
    status, attempts, next_run_at, processed_at, last_error, cause, created_at, updated_at)
select :company, 'many-' || n, 'document.finished', 'webhook', e.id, 'webhook:' || e.id,
       'document:' || n, '{}', '\x00', x.status, 5 * (x.status = 'dead')::int, x.ended_at,
       case x.status when 'completed' then x.ended_at end, case x.status when 'dead' then 'The receiver answered 500.' end,
       case x.status when 'dead' then 'upstream_error' end, x.created_at, x.ended_at
from generate_series(1, 200000) n
cross join lateral (select min(id) + n % 12 as id from webhook_endpoints where company_id = :company) e
cross join lateral (select case when n % 40 = 0 then 'dead' else 'completed' end as status,
                           now() - (200001 - n) * interval '12 s' as created_at) y
cross join lateral (select y.status, y.created_at,
                           case y.status when 'dead' then least(y.created_at + interval '40 minutes', now())
                                else y.created_at + interval '2 s' end as ended_at) x
order by n;
-- A queue of acts is a few long, never a million: the figures are made of the rows instead, see `crossdock kpis`.
delete from kpi_acts where company_id = :company;
delete from kpi_deltas where company_id = :company;
commit;
\o /dev/null
analyze companies, warehouses, users, items, item_barcodes, item_stock, partners, documents, document_lines, tasks, operations,
    timeline_entries, mappings, sync_runs, rejected_rows, exchanges, audit_entries, erp_outbox, devices;
vacuum documents, document_lines, operations, tasks;
