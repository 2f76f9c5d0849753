-- Where goods were missing: shortages are summed by location.
alter table operations add column location_id bigint;
comment on column operations.location_id is 'Of a shortage: the location the line was shown with, else the one its goods were picked from last. Without a key, like all that hangs on an act; locations are never deleted.';
