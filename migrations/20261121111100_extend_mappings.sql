-- Trusted since PostgreSQL 13: the owner of the database may add it.
create extension if not exists pg_trgm;

alter table mappings drop constraint mappings_kind_check;
alter table mappings add constraint mappings_kind_check check (kind in ('warehouse', 'uom', 'item'));
alter table mappings add column title text;
alter table mappings add column suggested text;
alter table mappings add column suggested_percent smallint check (suggested_percent between 0 and 100);
alter table mappings add check ((suggested is null) = (suggested_percent is null));
comment on column mappings.kind is 'warehouse: display name to site; uom: unit to unit; item: code on documents to item.';
comment on column mappings.key is 'Compared form: single spaces, upper case; an item code as it is.';
comment on column mappings.title is 'Title beside an item code on its documents.';
comment on column mappings.suggested is 'Our item most like it when it was met; names and units are compared when asked for.';
comment on column mappings.suggested_percent is 'How like it is, from 0 to 100.';

alter table document_lines drop constraint document_lines_match_state_check;
alter table document_lines add constraint document_lines_match_state_check
    check (match_state in ('code', 'barcode', 'lookup', 'mapping', 'unmatched'));
create index document_lines_answered on document_lines (company_id, item_code)
    where match_state = 'mapping'; -- a changed answer to an item code takes its lines back
create index rejected_rows_units on rejected_rows (company_id, external_key)
    where reason like 'Unit %'; -- items that wait for a unit
