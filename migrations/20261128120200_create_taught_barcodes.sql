-- Barcodes that workers scanned for an item and nobody knew; a lead accepts or rejects each.
create table taught_barcodes (
    id bigint generated always as identity primary key,
    company_id bigint not null references companies,
    warehouse_id bigint not null references warehouses,
    item_id bigint not null references items on delete cascade,
    document_id bigint references documents on delete set null,
    key text not null check (key <> ''),
    barcode text not null,
    quantity numeric(14, 4) not null default 1 check (quantity > 0),
    taught_by bigint not null references users,
    taught_at timestamptz not null,
    state text not null default 'waiting' check (state in ('waiting', 'accepted', 'rejected')),
    decided_by bigint references users,
    decided_at timestamptz,
    check ((state = 'waiting') = (decided_at is null)),
    check ((decided_by is null) = (decided_at is null))
);
comment on table taught_barcodes is 'Barcodes from the floor that wait for a lead, and what the lead said.';
comment on column taught_barcodes.id is 'Identity.';
comment on column taught_barcodes.company_id is 'Tenant.';
comment on column taught_barcodes.warehouse_id is 'Site where it was scanned.';
comment on column taught_barcodes.item_id is 'Whose barcode it is said to be.';
comment on column taught_barcodes.document_id is 'Document worked on; null once that is deleted.';
comment on column taught_barcodes.key is 'Look-up key, as in item_barcodes.';
comment on column taught_barcodes.barcode is 'As scanned, without what a label adds.';
comment on column taught_barcodes.quantity is 'How much it stands for, in the item''s unit.';
comment on column taught_barcodes.taught_by is 'Who scanned it.';
comment on column taught_barcodes.taught_at is 'When it was scanned, as the server saw it.';
comment on column taught_barcodes.state is 'waiting, accepted or rejected.';
comment on column taught_barcodes.decided_by is 'Which lead.';
comment on column taught_barcodes.decided_at is 'When.';
create unique index taught_barcodes_waiting on taught_barcodes (company_id, item_id, key) where state = 'waiting'; -- asked once; the inbox
alter table taught_barcodes enable row level security;
alter table taught_barcodes force row level security;
create policy one_company on taught_barcodes using (crossdock_sees(company_id));
