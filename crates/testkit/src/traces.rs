//! Whether rows were written: a row version that is still the same one was not.

use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool};

use crate::db::TestDatabase;
use crate::people::done;

/// Connections as the superuser, who sees the rows of every tenant.
#[must_use]
pub fn superuser(database: &TestDatabase) -> PgPool {
    let pool = PgPoolOptions::new().max_connections(3);
    done(pool.connect_lazy(&database.admin_url()))
}

/// A fingerprint of the row versions of tables: equal before and after means that no row was
/// written, not even with the same content.
///
/// # Panics
/// When a table does not exist.
pub async fn versions(pool: &PgPool, tables: &[&str]) -> Vec<(String, Option<String>)> {
    let mut prints = Vec::with_capacity(tables.len());
    for table in tables {
        let query = format!(
            "select md5(string_agg(ctid::text || xmin::text || xmax::text, ',' order by ctid)) from {table}"
        );
        let print = sqlx::query_scalar(AssertSqlSafe(query))
            .fetch_one(pool)
            .await;
        prints.push(((*table).to_owned(), done(print)));
    }
    prints
}

/// A number read by the superuser.
///
/// # Panics
/// When the query fails.
pub async fn number(pool: &PgPool, query: &'static str) -> i64 {
    done(sqlx::query_scalar(query).fetch_one(pool).await)
}
