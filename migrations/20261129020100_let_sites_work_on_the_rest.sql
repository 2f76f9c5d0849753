-- What a document that was finished in part lacks can go back to the floor: by a lead's word, or once by
-- itself where a site wants it.
alter table warehouses add column rest_is_work boolean not null default false;
comment on column warehouses.rest_is_work is
    'Whether what a document lacks when it is finished in part becomes work again by itself, once.';
alter table tasks add column returned_at timestamptz;
comment on column tasks.returned_at is
    'When what its document lacked at a partial finish went back to the floor last; null when it never did.';
