-- Whoever finds a suggested location full says so: it is not suggested again until something left it.
alter table locations add column full_at timestamptz;
alter table locations add column full_id uuid;
comment on column locations.full_at is 'When somebody last found it full.';
comment on column locations.full_id is 'The put-away that said so. Without a key, like all that hangs on an act.';
create index locations_full on locations (full_at) where full_at is not null; -- what is not suggested
