//! `operation_reviews`: acts done without a network that a lead decides.

use crate::{Error, Result, Tx};
use chrono::{DateTime, Utc};
use domain::operation::OperationRequest;
use domain::{
    CompanyId, DocumentId, ExceptionId, LineId, OperationId, TaskId, UserId, WarehouseId,
};

/// An act that has to wait for a lead.
#[derive(Debug)]
pub struct NewReview<'a> {
    /// The act, stored already.
    pub operation_id: OperationId,
    /// Tenant.
    pub company_id: CompanyId,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Document of the line.
    pub document_id: DocumentId,
    /// The line.
    pub line_id: LineId,
    /// Who did it.
    pub user_id: UserId,
    /// Why it could not just count.
    pub why: &'a str,
}

/// Puts an act before the lead.
pub async fn add(tx: &mut Tx, review: &NewReview<'_>, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "insert into operation_reviews (operation_id, company_id, warehouse_id, document_id, line_id, user_id, why,
                                        created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        review.operation_id.0,
        review.company_id.0,
        review.warehouse_id.0,
        review.document_id.0,
        review.line_id.0,
        review.user_id.0,
        review.why,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The worker takes back an act that waits at a locked document; whether it did wait.
pub async fn withdraw(
    tx: &mut Tx,
    document: DocumentId,
    operation: OperationId,
    user: UserId,
    by: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let done = sqlx::query!(
        "update operation_reviews set decided_at = $3, decided_by = $4, decision = 'withdrawn'
         where operation_id = $1 and user_id = $2 and document_id = $5 and decided_at is null",
        operation.0,
        user.0,
        at,
        by,
        document.0,
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// The document that the acts behind an exception belong to; none when it is of another kind.
pub async fn document_of(
    tx: &mut Tx,
    company: CompanyId,
    exception: ExceptionId,
) -> Result<Option<DocumentId>> {
    let found = sqlx::query_scalar!(
        "select document_id from exceptions where id = $1 and company_id = $2 and kind = 'review'",
        exception.0,
        company.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.flatten().map(DocumentId))
}

/// An act that waits.
#[derive(Debug)]
pub struct Waiting {
    /// As it was sent.
    pub request: OperationRequest,
    /// Document of the line.
    pub document_id: DocumentId,
    /// The line.
    pub line_id: LineId,
    /// Its task.
    pub task_id: TaskId,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Who did it.
    pub user_id: UserId,
    /// The person's name.
    pub user_name: String,
}

/// The acts behind an exception that wait, in the order they arrived.
pub async fn waiting(tx: &mut Tx, exception: ExceptionId) -> Result<Vec<Waiting>> {
    let rows = sqlx::query!(
        "select o.request, o.task_id, r.document_id, r.line_id, r.warehouse_id, r.user_id, u.name
         from exceptions e
         join operation_reviews r on r.document_id = e.document_id and r.decided_at is null
          and e.cause = 'line:' || r.line_id || ':user:' || r.user_id
         join operations o on o.id = r.operation_id
         join users u on u.id = r.user_id
         where e.id = $1
         order by r.created_at, o.made_at, o.id",
        exception.0,
    )
    .fetch_all(tx.conn())
    .await?;
    let read = |value| {
        serde_json::from_value(value).map_err(|error: serde_json::Error| Error::Inconsistent {
            table: "operations",
            column: "request",
            value: error.to_string(),
        })
    };
    rows.into_iter()
        .map(|row| {
            Ok(Waiting {
                request: read(row.request)?,
                document_id: DocumentId(row.document_id),
                line_id: LineId(row.line_id),
                task_id: TaskId(row.task_id),
                warehouse_id: WarehouseId(row.warehouse_id),
                user_id: UserId(row.user_id),
                user_name: row.name,
            })
        })
        .collect()
}

/// Writes down what was decided about acts.
pub async fn decide(
    tx: &mut Tx,
    operations: &[OperationId],
    accepted: bool,
    by: &str,
    at: DateTime<Utc>,
) -> Result<()> {
    let ids: Vec<_> = operations.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update operation_reviews
         set decided_at = $2, decided_by = $3, decision = case when $4 then 'accepted' else 'rejected' end
         where operation_id = any($1) and decided_at is null",
        &ids,
        at,
        by,
        accepted,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// As many identities as are asked for, of acts that are accepted.
pub async fn fresh_ids(tx: &mut Tx, count: usize) -> Result<Vec<OperationId>> {
    let count = i32::try_from(count).unwrap_or(i32::MAX);
    let ids = sqlx::query_scalar!(
        r#"select gen_random_uuid() as "id!" from generate_series(1, $1::int)"#,
        count
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(ids.into_iter().map(OperationId).collect())
}

/// Asks a person about work that was accepted on a line which the ERP took off meanwhile; whether
/// there is something to ask.
pub async fn ask_about_removed(tx: &mut Tx, line: LineId, at: DateTime<Utc>) -> Result<bool> {
    let asked = sqlx::query!(
        "update document_lines
         set conflict = 'The ERP took this line off the document, but ' || trim_scale(done)::text || ' is already done.',
             conflict_kind = 'removed', conflict_was = coalesce(conflict_was, requested),
             conflict_at = coalesce(conflict_at, $2)
         where id = $1 and removed_at is not null and not unexpected and done > 0",
        line.0,
        at,
    )
    .execute(tx.conn())
    .await?;
    Ok(asked.rows_affected() > 0)
}

/// Who holds a line: the one who wrote it last, as long as something of it is done or reported.
pub async fn holder(tx: &mut Tx, line: LineId) -> Result<Option<(UserId, String)>> {
    let row = sqlx::query!(
        "select u.id, u.name from document_lines l join users u on u.id = l.last_user_id
         where l.id = $1 and (l.done > 0 or l.reason is not null)",
        line.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (UserId(row.id), row.name)))
}
