-- An access token ends with the sign-in that it came of, and is looked at with each request: one statement for both.
drop function login_of(bigint);
create function login_of(wanted bigint, sign_in uuid default null)
    returns table (
        id bigint, company_id bigint, login text, name text, role text, password_hash text, auth_epoch uuid,
        team_id bigint, disabled boolean, password_temporary boolean, warehouses bigint[]
    )
    language plpgsql
as $$
declare
    before text := current_setting('crossdock.system', true);
begin
    perform set_config('crossdock.system', 'on', true);
    return query
        select u.id, u.company_id, u.login, u.name, u.role, u.password_hash, u.auth_epoch, u.team_id,
               u.disabled_at is not null, u.password_temporary,
               array(select w.warehouse_id from user_warehouses w where w.user_id = u.id order by w.warehouse_id)
        from users u
        where u.id = wanted
          and (sign_in is null
               or (select coalesce(bool_and(t.revoked_at is null), false) from refresh_tokens t
                   where t.family = sign_in and t.user_id = wanted));
    perform set_config('crossdock.system', before, true);
end $$;
comment on function login_of is 'The login of that id in whichever company, with the sites it may see; of a sign-in only while it has refresh tokens and none of them was revoked.';
