alter table users add column language text check (language in ('en', 'sr', 'pl', 'ru', 'es'));
comment on column users.language is 'Chosen by the person while signed in; null before, and the device''s choice counts.';
