//! `exchanges`: redacted captures of upstream calls.

use crate::paging::before_id;
use crate::{Result, Scope, Store};
use chrono::{DateTime, Utc};
use domain::exchange::{CapturedExchange, ExchangeFilter};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{CompanyId, ConnectionId};

/// A captured call to keep.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Sent as `X-Correlation-ID`.
    pub correlation_id: String,
    /// What it was for.
    pub operation: String,
    /// HTTP method.
    pub method: String,
    /// Without secrets.
    pub url: String,
    /// HTTP status; none when no answer came.
    pub status: Option<i16>,
    /// Milliseconds.
    pub latency_ms: i32,
    /// Redacted, capped.
    pub request_body: Option<String>,
    /// Redacted, capped.
    pub response_head: Option<String>,
    /// Why there is no usable answer.
    pub error: Option<String>,
    /// When it was sent.
    pub at: DateTime<Utc>,
}

/// Adds a capture.
pub async fn record(
    store: &Store,
    company: CompanyId,
    connection: ConnectionId,
    exchange: &Exchange,
) -> Result<()> {
    let mut tx = store.begin(Scope::Company(company)).await?;
    sqlx::query!(
        "insert into exchanges (company_id, connection_id, correlation_id, operation, method, url, status,
                                latency_ms, request_body, response_head, error, at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        company.0,
        connection.0,
        exchange.correlation_id,
        exchange.operation,
        exchange.method,
        exchange.url,
        exchange.status,
        exchange.latency_ms,
        exchange.request_body,
        exchange.response_head,
        exchange.error,
        exchange.at,
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await
}

/// Captures of a connection, newest first.
pub async fn page(
    store: &Store,
    caller: &Caller,
    connection: ConnectionId,
    filter: &ExchangeFilter,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<CapturedExchange>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    crate::connections::check_visible(&mut tx, caller, connection).await?;
    let rows = sqlx::query_as!(
        CapturedExchange,
        "select id, correlation_id, operation, method, url, status, latency_ms, request_body, response_head, error, at
         from exchanges
         where connection_id = $1 and company_id = $2 and id < $3
           and ($4::text is null or correlation_id = $4)
           and ($5::boolean is null or (error is not null) = $5)
         order by id desc
         limit $6",
        connection.0,
        caller.company_id.0,
        before_id(cursor)?,
        filter.correlation_id.as_deref(),
        filter.failed,
        limit + 1,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(Page::cut(rows, limit, |row| row.id.to_string()))
}

/// Forgets what is older; returns how many.
pub async fn prune(store: &Store, before: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    let done = sqlx::query!("delete from exchanges where at < $1", before)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(done.rows_affected())
}
