-- Codes of screens that were tried are counted beside failed sign-ins.
comment on table login_failures is 'Failed sign-ins and codes of screens that were tried, counted per key.';
comment on column login_failures.key is 'login:<name>, source:<address> or screen code:<user>.';
