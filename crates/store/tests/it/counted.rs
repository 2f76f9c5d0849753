//! What the database counts of a connection's work.

use sqlx::PgPool;
use store::Store;

/// Messages that were read so far; of a store of one connection, which tells what it counted.
pub async fn rows_read(store: &Store, admin: &PgPool) -> i64 {
    sqlx::raw_sql("select pg_stat_force_next_flush()")
        .execute(store.pool())
        .await
        .unwrap();
    let read = sqlx::query_scalar(
        "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)
         from pg_stat_user_tables where relname = 'erp_outbox'",
    );
    read.fetch_one(admin).await.unwrap()
}
