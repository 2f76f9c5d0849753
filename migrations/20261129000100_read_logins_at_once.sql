-- Every request asks who calls, before it is known whose rows it may see: one statement instead of a
-- transaction around it.
create function login_of(wanted bigint)
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
        where u.id = wanted;
    perform set_config('crossdock.system', before, true);
end $$;
comment on function login_of is 'The login of that id in whichever company, with the sites it may see.';
