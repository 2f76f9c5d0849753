alter table users add column password_temporary boolean not null default false;
comment on column users.password_temporary is 'Given by an administrator: good for nothing but choosing another one.';

alter table sessions add column public_id uuid not null default gen_random_uuid();
alter table sessions add column last_seen_at timestamptz not null default now();
alter table sessions add column device text;
alter table sessions add column source text;
comment on column sessions.public_id is 'How lists and revocations name the session.';
comment on column sessions.last_seen_at is 'Last use, to the minute; the idle limit counts from here.';
comment on column sessions.device is 'Browser and system, as the browser named them at the sign-in.';
comment on column sessions.source is 'Address it was opened from.';
create unique index sessions_public on sessions (public_id); -- revoke one

alter table audit_entries add column device text;
comment on column audit_entries.device is 'Where the person acted: browser or API, and address.';
create index audit_entries_user on audit_entries (company_id, user_id, id desc); -- the audit list of one person
create index audit_entries_at on audit_entries (company_id, at, id); -- a period of the audit list
create index users_name on users (company_id, name, id); -- the users list
create index audit_entries_action on audit_entries (company_id, action, id desc); -- one action; the actions that occur
