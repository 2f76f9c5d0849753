//! `exceptions`: what needs a lead's eye.

pub mod detect;
pub mod reported;

use crate::error::word;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::document::DocumentKind;
use domain::exception::{Exception, ExceptionCounts, ExceptionKind, ExceptionView};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{ConnectionId, DocumentId, ExceptionId, UserId, WarehouseId};

struct Row {
    id: i64,
    kind: String,
    subject: String,
    detail: String,
    warehouse_id: Option<i64>,
    document_id: Option<i64>,
    document_kind: Option<String>,
    connection_id: Option<i64>,
    since: DateTime<Utc>,
    limit_minutes: i32,
    breached_at: DateTime<Utc>,
    owner_id: Option<i64>,
    owner_name: Option<String>,
    acknowledged_by: Option<String>,
    resolved_at: Option<DateTime<Utc>>,
    resolved_by: Option<String>,
    resolution: Option<String>,
    ended_at: Option<DateTime<Utc>>,
}

impl Row {
    fn read(self, now: DateTime<Utc>) -> Result<Exception> {
        let kind: ExceptionKind = word("exceptions", "kind", &self.kind)?;
        let until = self.resolved_at.or(self.ended_at).unwrap_or(now);
        let age_minutes = (until - self.since).num_minutes().max(0);
        let document_kind: Option<DocumentKind> =
            crate::error::optional_word("documents", "kind", self.document_kind.as_deref())?;
        Ok(Exception {
            id: ExceptionId(self.id),
            kind,
            severity: kind.severity(age_minutes),
            subject: self.subject,
            detail: self.detail,
            warehouse_id: self.warehouse_id.map(WarehouseId),
            document: document_kind.zip(self.document_id.map(DocumentId)),
            connection_id: self.connection_id.map(ConnectionId),
            since: self.since,
            age_minutes,
            limit_minutes: self.limit_minutes,
            owner: self.owner_id.map(UserId).zip(self.owner_name),
            acknowledged_by: self.acknowledged_by,
            resolved: self.resolved_by.zip(self.resolution),
            ended_at: self.ended_at,
        })
    }
}

macro_rules! select_exceptions {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"select e.id, e.kind, e.subject, e.detail, e.warehouse_id, e.document_id,
                      d.kind as "document_kind?", e.connection_id, e.since, e.limit_minutes, e.breached_at,
                      e.owner_id, u.name as "owner_name?", e.acknowledged_by, e.resolved_at, e.resolved_by,
                      e.resolution, e.ended_at
               from exceptions e
               left join documents d on d.id = e.document_id
               left join users u on u.id = e.owner_id "# + $rest
            $(, $argument)*
        )
    };
}

/// The inbox, the one longest over its limit first; or what is over, newest first.
pub async fn list(
    store: &Store,
    caller: &Caller,
    view: ExceptionView,
    kind: Option<ExceptionKind>,
    cursor: Option<&Cursor>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Page<Exception>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let (at, id) = place(cursor)?;
    let kind = kind.map(ExceptionKind::as_str);
    let closed = view == ExceptionView::Closed;
    let rows = if closed {
        select_exceptions!(
            "where e.company_id = $1 and (e.warehouse_id is null or e.warehouse_id = any($2))
               and (e.ended_at is not null or e.resolved_at is not null)
               and ($3::text is null or e.kind = $3) and e.id < $4
             order by e.id desc
             limit $5",
            caller.company_id.0,
            &caller.warehouse_ids(),
            kind,
            cursor.map_or(i64::MAX, |_| id),
            limit + 1,
        )
        .fetch_all(tx.conn())
        .await?
    } else {
        select_exceptions!(
            "where e.company_id = $1 and (e.warehouse_id is null or e.warehouse_id = any($2))
               and e.ended_at is null and e.resolved_at is null
               and ($3::text is null or e.kind = $3)
               and ($4::bigint is null or e.owner_id = $4)
               and (e.breached_at, e.id) > ($5, $6)
             order by e.breached_at, e.id
             limit $7",
            caller.company_id.0,
            &caller.warehouse_ids(),
            kind,
            (view == ExceptionView::Mine).then_some(caller.user_id.0),
            at,
            id,
            limit + 1,
        )
        .fetch_all(tx.conn())
        .await?
    };
    let page = Page::cut(rows, limit, |row: &Row| {
        format!("{}~{}", row.breached_at.to_rfc3339(), row.id)
    });
    let next = page.next;
    let rows: Result<Vec<Exception>> = page.rows.into_iter().map(|row| row.read(now)).collect();
    Ok(Page { rows: rows?, next })
}

fn place(cursor: Option<&Cursor>) -> Result<(DateTime<Utc>, i64)> {
    let Some(Cursor(text)) = cursor else {
        return Ok((DateTime::UNIX_EPOCH, 0));
    };
    let (at, id) = text.split_once('~').ok_or(Error::BadCursor)?;
    let at = at.parse().map_err(|_| Error::BadCursor)?;
    Ok((at, id.parse().map_err(|_| Error::BadCursor)?))
}

/// How many wait, by kind.
pub async fn count(store: &Store, caller: &Caller) -> Result<ExceptionCounts> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query!(
            r#"select kind, count(*) as "count!" from exceptions
               where company_id = $1 and (warehouse_id is null or warehouse_id = any($2))
                 and ended_at is null and resolved_at is null
               group by kind"#,
            caller.company_id.0,
            &caller.warehouse_ids(),
        ))
        .await?;
    let mut counts = ExceptionCounts::default();
    for row in rows {
        counts.open += row.count;
        counts
            .kinds
            .push((word("exceptions", "kind", &row.kind)?, row.count));
    }
    Ok(counts)
}

/// One of the caller's sites, locked until the transaction ends.
pub async fn lock(
    tx: &mut Tx,
    caller: &Caller,
    id: ExceptionId,
    now: DateTime<Utc>,
) -> Result<Exception> {
    let row = select_exceptions!(
        "where e.id = $1 and e.company_id = $2 and (e.warehouse_id is null or e.warehouse_id = any($3))
         for update of e",
        id.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?;
    row.ok_or(Error::NotFound { what: "exception" })?.read(now)
}

/// Somebody has seen it, and looks after it unless somebody else does already.
pub async fn acknowledge(
    tx: &mut Tx,
    id: ExceptionId,
    by: &Caller,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update exceptions
         set acknowledged_at = coalesce(acknowledged_at, $3), acknowledged_by = coalesce(acknowledged_by, $4),
             owner_id = coalesce(owner_id, $2)
         where id = $1",
        id.0,
        by.user_id.0,
        at,
        by.name,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives it to somebody, or to nobody.
pub async fn set_owner(tx: &mut Tx, id: ExceptionId, owner: Option<UserId>) -> Result<()> {
    sqlx::query!(
        "update exceptions set owner_id = $2 where id = $1",
        id.0,
        owner.map(|id| id.0),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A person closes it and says what was done.
pub async fn resolve(
    tx: &mut Tx,
    id: ExceptionId,
    by: &str,
    note: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "update exceptions set resolved_at = $2, resolved_by = $3, resolution = $4 where id = $1",
        id.0,
        at,
        by,
        note,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// People who can look after exceptions: those of the company's office, by name; at most 100.
pub async fn owners(store: &Store, caller: &Caller) -> Result<Vec<(UserId, String)>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        "select u.id, u.name from users u
         where u.company_id = $1 and u.role in ('admin', 'lead') and u.disabled_at is null
           and exists (select from user_warehouses x where x.user_id = u.id and x.warehouse_id = any($2))
         order by u.name, u.id
         limit 100",
        caller.company_id.0,
        &caller.warehouse_ids(),
    )).await?;
    Ok(rows
        .into_iter()
        .map(|row| (UserId(row.id), row.name))
        .collect())
}
