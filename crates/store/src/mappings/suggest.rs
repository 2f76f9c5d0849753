//! Item codes nobody knows: which of our items they probably mean.

use crate::{Result, Tx};
use chrono::{DateTime, Utc};
use domain::mapping::{LEAST_PERCENT, MappingKind};
use domain::{CompanyId, ConnectionId};

/// An item that a code may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlikeItem {
    /// Its code.
    pub code: String,
    /// How like it is, from [`LEAST_PERCENT`] to 100.
    pub percent: i16,
}

/// The active item most like a code or the title beside it on waiting lines. Codes that differ in
/// leading zeros only are as good as the same. Reads the whole catalogue: not for a page.
pub async fn suggest_item(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    code: &str,
) -> Result<Option<AlikeItem>> {
    let title = title_of(tx, company, connection, code).await?;
    let row = sqlx::query!(
        r#"select i.code, a.percent as "percent!"
           from items i
           cross join lateral (
               select case when ltrim(upper(i.code), '0') = ltrim(upper($2), '0') then 95::smallint
                      else round(100 * greatest(similarity(i.code, $2), similarity(i.name, $3)))::smallint end as percent
           ) a
           where i.company_id = $1 and i.active and a.percent >= $4
           order by a.percent desc, i.code
           limit 1"#,
        company.0,
        code,
        title,
        LEAST_PERCENT,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| AlikeItem {
        code: row.code,
        percent: row.percent,
    }))
}

/// The title beside an unmatched code on the connection's documents.
async fn title_of(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    code: &str,
) -> Result<Option<String>> {
    let title = sqlx::query_scalar!(
        r#"select max(l.item_name) as title
           from document_lines l
           join documents d on d.id = l.document_id and d.connection_id = $2
           where l.company_id = $1 and l.item_code = $3 and l.item_id is null"#,
        company.0,
        connection.0,
        code,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(title)
}

/// Asks people about a code that neither we nor the upstream know; says whether it is new.
pub async fn ask_about_item(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    code: &str,
    alike: Option<&AlikeItem>,
    at: DateTime<Utc>,
) -> Result<bool> {
    let title = title_of(tx, company, connection, code).await?;
    let done = sqlx::query!(
        "insert into mappings (company_id, connection_id, kind, key, external, title, suggested, suggested_percent, first_seen_at)
         values ($1, $2, $3, $4, $4, $5, $6, $7, $8)
         on conflict (connection_id, kind, key) do nothing",
        company.0,
        connection.0,
        MappingKind::Item.as_str(),
        MappingKind::Item.key(code),
        title,
        alike.map(|item| item.code.as_str()),
        alike.map(|item| item.percent),
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}
