alter table partners add column phone2 text;
comment on column partners.phone2 is 'Second number given.';
