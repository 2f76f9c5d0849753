-- A barcode may stand for a pack, and may come from the floor instead of the ERP.
alter table item_barcodes
    add column quantity numeric(14, 4) not null default 1 check (quantity > 0),
    add column taught_by bigint references users;
comment on column item_barcodes.quantity is 'How much it stands for, in the item''s unit: 1 for the item itself, more for a pack.';
comment on column item_barcodes.taught_by is 'Who scanned it first, where a lead accepted it from the floor; null when the ERP knows it.';
