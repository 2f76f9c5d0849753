-- A screen in the sun is read dark on light.
alter table screens add column colours text not null default 'dark' check (colours in ('dark', 'light'));
comment on column screens.colours is 'Light on dark, or dark on light.';
