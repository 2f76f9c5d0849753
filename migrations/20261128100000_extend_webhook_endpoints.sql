-- Secrets are replaced without a gap, and endpoints go while what they were told stays.
alter table webhook_endpoints
    add column previous_secret bytea,
    add column previous_until timestamptz,
    add column deleted_at timestamptz,
    add constraint webhook_endpoints_previous_check check ((previous_secret is null) = (previous_until is null)),
    add constraint webhook_endpoints_deleted_check check (deleted_at is null or not active);
comment on column webhook_endpoints.previous_secret is 'The sealed secret before: messages are signed with both until previous_until.';
comment on column webhook_endpoints.previous_until is 'From then on only the present secret signs.';
comment on column webhook_endpoints.deleted_at is 'When it was deleted; its messages keep telling where they went.';
alter table webhook_endpoints drop constraint webhook_endpoints_company_id_name_key;
create unique index webhook_endpoints_name on webhook_endpoints (company_id, name) where deleted_at is null; -- one of a name
