-- Whoever removed a cut-off rewrote every task that was ever due at it, with the open documents of the site locked, and
-- every import locked the one row of the next cut-off.
alter table tasks drop constraint tasks_cut_off_id_fkey;
comment on column tasks.cut_off_id is
    'The cut-off its due time comes from (without a key, it may be gone); null when it comes from none.';
