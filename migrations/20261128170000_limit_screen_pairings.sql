-- Whoever asks for codes fills only a share of what may wait.
alter table screen_pairings add column source text not null default '';
comment on column screen_pairings.source is 'Network that the screen asked from.';
create index screen_pairings_source on screen_pairings (source, expires_at); -- codes that wait for one network
