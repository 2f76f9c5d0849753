//! `doc_types`: what the ERP's document types are called.

use crate::error::word;
use crate::paging::{after_text, text_cursor};
use crate::{Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::doc_type::{Direction, DocType};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{CompanyId, ConnectionId};

/// By code; those without a name can be asked for alone.
pub async fn list(
    store: &Store,
    caller: &Caller,
    direction: Option<Direction>,
    unnamed_only: bool,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<DocType>> {
    let (after, after_id) = after_text(cursor)?;
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        "select t.connection_id, c.name as connection, t.code, t.name, t.direction, t.first_seen_at, t.named_by
         from doc_types t
         join connections c on c.id = t.connection_id
         where t.company_id = $1 and (t.code, t.connection_id) > ($2, $3)
           and ($4::text is null or t.direction = $4)
           and (not $5 or t.name is null)
         order by t.code, t.connection_id
         limit $6",
        caller.company_id.0,
        after,
        after_id,
        direction.map(Direction::as_str),
        unnamed_only,
        limit + 1,
    )).await?;
    let rows = rows
        .into_iter()
        .map(|row| {
            Ok(DocType {
                connection_id: ConnectionId(row.connection_id),
                connection: row.connection,
                code: row.code,
                name: row.name,
                direction: word("doc_types", "direction", &row.direction)?,
                first_seen_at: row.first_seen_at,
                named_by: row.named_by,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    Ok(Page::cut(rows, limit, |row| {
        text_cursor(&row.code, row.connection_id.0)
    }))
}

/// Adds types met for the first time, without a name; known ones stay as they are.
pub async fn learn(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    direction: Direction,
    codes: &[&str],
    at: DateTime<Utc>,
) -> Result<()> {
    let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
    sqlx::query!(
        "insert into doc_types (company_id, connection_id, code, direction, first_seen_at)
         select distinct $1::bigint, $2::bigint, code, $3::text, $4::timestamptz
         from unnest($5::text[]) as t (code)
         where code <> ''
         on conflict do nothing",
        company.0,
        connection.0,
        direction.as_str(),
        at,
        &codes,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Sets up a type; one that is there already keeps its name.
pub async fn ensure(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    (code, name, direction): (&str, &str, Direction),
    by: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "insert into doc_types (company_id, connection_id, code, name, direction, first_seen_at, named_at, named_by)
         values ($1, $2, $3, $4, $5, $6, $6, $7)
         on conflict do nothing",
        company.0,
        connection.0,
        code,
        name,
        direction.as_str(),
        at,
        by,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Names a type; returns what it was called before, or nothing when there is no such type.
pub async fn name(
    tx: &mut Tx,
    company: CompanyId,
    connection: ConnectionId,
    code: &str,
    name: &str,
    by: &str,
    at: DateTime<Utc>,
) -> Result<Option<Option<String>>> {
    let before = sqlx::query_scalar!(
        r#"update doc_types t
           set name = $4, named_at = $5, named_by = $6
           from (select connection_id, code, name from doc_types
                 where company_id = $1 and connection_id = $2 and code = $3 for update) b
           where t.connection_id = b.connection_id and t.code = b.code
           returning b.name as "name?""#,
        company.0,
        connection.0,
        code,
        name,
        at,
        by,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(before)
}
