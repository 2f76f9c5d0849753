-- When the settings of an account change what it can be asked for, its lines follow; what a person switched off stays off.
alter table schedules add column off_by_settings boolean not null default false;
comment on column schedules.off_by_settings is 'Switched off because the account cannot be asked for it; on again once it can.';
