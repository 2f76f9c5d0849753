-- What the floor did is entered in the ERP by a person, who says so.
alter table documents
    add column erp_entered_at timestamptz,
    add column erp_entered_by text,
    add column erp_entered_note text,
    add constraint documents_erp_entered_check check (
        (erp_entered_at is null) = (erp_entered_by is null) and (erp_entered_at is null) = (erp_entered_note is null));
comment on column documents.erp_entered_at is 'When a person said that the result stands in the ERP; none while it does not, or is not due.';
comment on column documents.erp_entered_by is 'Who said so.';
comment on column documents.erp_entered_note is 'How, or under which number.';
