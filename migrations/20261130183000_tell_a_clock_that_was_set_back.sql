-- A turn that was taken later than now tells that the clock was set back: without it an account would wait for as long as
-- the clock was wrong.
alter table pacing_slots add column taken_at timestamptz;
comment on column pacing_slots.taken_at is 'When the last turn was taken; none after the clock was set back.';
comment on column pacing_slots.next_at is 'When the next turn begins.';
