-- What the label said about the goods in hand.
alter table operations
    add column lot text,
    add column serial text,
    add column expires_on date;
comment on column operations.lot is 'Batch or lot on the scanned label.';
comment on column operations.serial is 'Serial number on the scanned label.';
comment on column operations.expires_on is 'Last day of use, sale or best quality on the scanned label.';
