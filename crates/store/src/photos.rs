//! `operation_photos`.

use crate::paging::before_id;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::page::{Cursor, Page};
use domain::photo::{CONTENT_TYPE, Photo};
use domain::user::Caller;
use domain::{CompanyId, DocumentId, LineId, OperationId, PhotoId, UserId, WarehouseId};
use uuid::Uuid;

/// The act a photo is to belong to.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Who did it.
    pub user_id: UserId,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Document worked on.
    pub document_id: DocumentId,
    /// Its number.
    pub number: String,
    /// Whether it is a receipt.
    pub receipt: bool,
    /// Its line, where it has one.
    pub line_id: Option<LineId>,
    /// Code of the line's item.
    pub item_code: Option<String>,
    /// Whether it reports a shortage, or goods that were not expected.
    pub about_goods: bool,
    /// Whether it counts, or waits for a lead.
    pub stands: bool,
}

/// The act of that id at the caller's sites.
pub async fn subject(tx: &mut Tx, caller: &Caller, id: OperationId) -> Result<Option<Subject>> {
    let row = sqlx::query!(
        r#"select o.user_id, o.warehouse_id, t.document_id, d.number, d.kind = 'receipt' as "receipt!", o.line_id,
                  l.item_code as "item_code?",
                  coalesce(o.request -> 'action' ->> 'do', '') in ('short', 'unexpected') as "about_goods!",
                  o.accepted or exists (select from operation_reviews r
                                        where r.operation_id = o.id
                                          and (r.decision is null or r.decision = 'accepted')) as "stands!"
           from operations o
           join tasks t on t.id = o.task_id
           join documents d on d.id = t.document_id
           left join document_lines l on l.id = o.line_id
           where o.id = $1 and o.company_id = $2 and o.warehouse_id = any($3)"#,
        id.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| Subject {
        user_id: UserId(row.user_id),
        warehouse_id: WarehouseId(row.warehouse_id),
        document_id: DocumentId(row.document_id),
        number: row.number,
        receipt: row.receipt,
        line_id: row.line_id.map(LineId),
        item_code: row.item_code,
        about_goods: row.about_goods,
        stands: row.stands,
    }))
}

/// One to keep.
#[derive(Debug)]
pub struct NewPhoto<'a> {
    /// Made by the device.
    pub id: PhotoId,
    /// Tenant.
    pub company_id: CompanyId,
    /// The act it belongs to.
    pub operation_id: OperationId,
    /// What that act is about.
    pub subject: &'a Subject,
    /// The picture.
    pub content: &'a [u8],
}

/// Keeps it; answers whether its id was new.
pub async fn add(tx: &mut Tx, photo: &NewPhoto<'_>, at: DateTime<Utc>) -> Result<bool> {
    let written = sqlx::query!(
        "insert into operation_photos (id, company_id, warehouse_id, document_id, line_id, operation_id, user_id,
                                       content_type, content, received_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (id) do nothing",
        photo.id.0,
        photo.company_id.0,
        photo.subject.warehouse_id.0,
        photo.subject.document_id.0,
        photo.subject.line_id.map(|id| id.0),
        photo.operation_id.0,
        photo.subject.user_id.0,
        CONTENT_TYPE,
        photo.content,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Whether exactly this photo is kept already.
pub async fn is_kept(tx: &mut Tx, photo: &NewPhoto<'_>) -> Result<bool> {
    let kept = sqlx::query_scalar!(
        r#"select exists (select from operation_photos
                          where id = $1 and company_id = $2 and operation_id = $3 and content = $4) as "kept!""#,
        photo.id.0,
        photo.company_id.0,
        photo.operation_id.0,
        photo.content,
    );
    Ok(kept.fetch_one(tx.conn()).await?)
}

/// How many an act has.
pub async fn count(tx: &mut Tx, operation: OperationId) -> Result<i64> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from operation_photos where operation_id = $1"#,
        operation.0,
    );
    Ok(count.fetch_one(tx.conn()).await?)
}

struct PhotoRow {
    id: Uuid,
    seq: i64,
    operation_id: Uuid,
    document_id: i64,
    number: String,
    item_code: Option<String>,
    worker: String,
    received_at: DateTime<Utc>,
}

impl From<PhotoRow> for Photo {
    fn from(row: PhotoRow) -> Self {
        Self {
            id: PhotoId(row.id),
            operation_id: OperationId(row.operation_id),
            document_id: DocumentId(row.document_id),
            number: row.number,
            item_code: row.item_code,
            worker: row.worker,
            received_at: row.received_at,
        }
    }
}

/// Those of the caller's sites, or of one document there; newest first.
pub async fn list(
    store: &Store,
    caller: &Caller,
    document: Option<DocumentId>,
    cursor: Option<&Cursor>,
    limit: i64,
) -> Result<Page<Photo>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query_as!(
        PhotoRow,
        r#"select p.id, p.seq, p.operation_id, p.document_id, d.number, l.item_code as "item_code?",
                  u.name as worker, p.received_at
           from operation_photos p
           join documents d on d.id = p.document_id
           join users u on u.id = p.user_id
           left join document_lines l on l.id = p.line_id
           where p.company_id = $1 and p.warehouse_id = any($2)
             and ($3::bigint is null or p.document_id = $3) and p.seq < $4
           order by p.seq desc
           limit $5"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        document.map(|id| id.0),
        before_id(cursor)?,
        limit + 1,
    )).await?;
    Ok(Page::cut(rows, limit, |row| row.seq.to_string()).map(Photo::from))
}

/// The picture itself.
pub async fn content(store: &Store, caller: &Caller, id: PhotoId) -> Result<Vec<u8>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let content = sqlx::query_scalar!(
        "select content from operation_photos where id = $1 and company_id = $2 and warehouse_id = any($3)",
        id.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
    );
    let content = content.fetch_optional(tx.conn()).await?;
    content.ok_or(Error::NotFound { what: "photo" })
}

/// Forgets those received before; returns how many.
pub async fn prune(store: &Store, before: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    let gone = sqlx::query!(
        "delete from operation_photos where received_at < $1",
        before
    )
    .execute(tx.conn())
    .await?;
    tx.commit().await?;
    Ok(gone.rows_affected())
}
