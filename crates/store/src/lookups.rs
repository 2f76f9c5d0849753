//! `item_lookups`: answers of on-demand look-ups.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::{CompanyId, ConnectionId};

/// Codes on the connection's open documents that match no item and were not asked for since.
pub async fn due(
    tx: &mut Tx,
    connection: ConnectionId,
    asked_since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<String>> {
    let codes = sqlx::query_scalar!(
        "select l.item_code
         from document_lines l
         join documents d on d.id = l.document_id and d.connection_id = $1 and d.status in ('new', 'in_progress')
         where l.item_id is null and l.removed_at is null
           and not exists (select from item_lookups k
                           where k.connection_id = $1 and k.code = l.item_code and k.looked_up_at > $2)
         group by l.item_code
         order by count(*) desc, l.item_code
         limit $3",
        connection.0,
        asked_since,
        limit,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(codes)
}

/// Remembers an answer, a miss as well as a hit.
pub async fn record(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    code: &str,
    found: bool,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into item_lookups (connection_id, code, company_id, found, looked_up_at)
         values ($1, $2, $3, $4, $5)
         on conflict (connection_id, code) do update set found = excluded.found, looked_up_at = excluded.looked_up_at",
        connection.0,
        code,
        company.0,
        found,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
