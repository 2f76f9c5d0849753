-- Goods that came with a receipt without standing on it become a line of their own. While nothing of it
-- is there it is off the document (removed_at), so that an act that does not count leaves nothing behind.
alter table document_lines add column unexpected boolean not null default false;
comment on column document_lines.unexpected is 'Made by the floor: the goods came with the receipt, the ERP did not ask for them. Requested is 0.';
-- One such line per item of a document.
create unique index document_lines_unexpected on document_lines (document_id, item_id) where unexpected;
