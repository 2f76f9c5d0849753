//! A database without room.

use sqlx::{AssertSqlSafe, PgPool};

use crate::people::done;

/// From now on an act on a table (`insert`, `update of …`) fails as writing to a full disk does. How often
/// that was tried is the last value of the sequence `tried`.
///
/// # Panics
/// When the table does not exist, or something is full already.
pub async fn fill(admin: &PgPool, act: &str, table: &str) {
    let script = format!(
        "create sequence tried;
         create function no_room() returns trigger language plpgsql security definer as $$
         begin
             perform nextval('public.tried');
             raise exception 'could not extend file: No space left on device' using errcode = '53100';
         end $$;
         create trigger no_room before {act} on {table} for each row execute function no_room()"
    );
    done(sqlx::raw_sql(AssertSqlSafe(script)).execute(admin).await);
}

/// There is room for the table again.
///
/// # Panics
/// When there was.
pub async fn free(admin: &PgPool, table: &str) {
    let script = format!("drop trigger no_room on {table}");
    done(sqlx::raw_sql(AssertSqlSafe(script)).execute(admin).await);
}
