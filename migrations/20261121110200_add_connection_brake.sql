alter table connections add column brake_percent smallint not null default 10 check (brake_percent between 0 and 100);
comment on column connections.brake_percent is 'A full pass that would deactivate more than this share of the active rows asks first; 100 never asks.';
