-- A badge unlocks the handheld of the person it was given to, also without a network: the device compares
-- with the hash, which it gets with the person's own session.
alter table users add column badge_salt bytea;
alter table users add column badge_hash bytea;
alter table users add column badge_rounds integer;
alter table users add constraint users_badge_whole
    check (num_nulls(badge_salt, badge_hash, badge_rounds) in (0, 3));
comment on column users.badge_salt is 'Salt of the badge; none when the person has no badge.';
comment on column users.badge_hash is 'PBKDF2 over SHA-256 of the badge''s code, 32 bytes.';
comment on column users.badge_rounds is 'Rounds it was hashed with.';
