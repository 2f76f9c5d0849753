-- A turn that was taken later than now tells that the clock was set back: without it an account would wait for as long as
-- the clock was wrong.
alter table pacing_slots add column taken_at timestamptz not null default now();
comment on column pacing_slots.taken_at is 'When the last turn was taken, or the wait for the next one began anew.';
comment on column pacing_slots.next_at is 'When the next turn begins.';
