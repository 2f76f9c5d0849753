-- Whoever queued a message locked the one row of the system that it goes to, as it was with the company's: sixteen
-- writers the same one, each joining the locks of all others. That a system stays as long as a message tells of it is
-- asked when somebody deletes one, which the product never does: it switches them off.
alter table erp_outbox
    drop constraint erp_outbox_endpoint_id_fkey,
    drop constraint erp_outbox_connection_id_fkey;

create function keep_target_of_messages() returns trigger language plpgsql as $$
begin
    if exists (select from erp_outbox o
               where tg_table_name = 'connections' and o.connection_id = old.id
                  or tg_table_name = 'webhook_endpoints' and o.endpoint_id = old.id) then
        raise exception 'Messages tell of % in %: switch it off instead of deleting it.', old.id, tg_table_name
            using errcode = 'foreign_key_violation';
    end if;
    return old;
end $$;
comment on function keep_target_of_messages is 'Keeps a system that messages went to.';
create trigger keep_target_of_messages before delete on webhook_endpoints
    for each row execute function keep_target_of_messages();
create trigger keep_target_of_messages before delete on connections
    for each row execute function keep_target_of_messages();
