//! What it asks the database: the statements and settings of the peer, each in a transaction.

use crate::Failure;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::{AssertSqlSafe, Executor as _, FromRow, PgPool};
use uuid::Uuid;

/// Who calls.
#[derive(Debug, FromRow)]
pub(super) struct Caller {
    /// Whose rows are seen.
    company_id: i64,
    /// Changes when the login's tokens are ended.
    pub(super) auth_epoch: Uuid,
    /// Whose documents are seen.
    warehouses: Vec<i64>,
}

/// What is wanted of a document.
#[derive(Debug)]
pub(super) struct Wanted {
    /// The document.
    pub(super) document: i64,
    /// Position and id of the line before.
    pub(super) after: (i32, i64),
    /// Whether lines that are no floor work are left out.
    pub(super) only_wms: bool,
    /// Rows at most.
    pub(super) rows: i64,
}

/// A line; what is answered is all but the position.
#[derive(Debug, FromRow, Serialize)]
pub(super) struct Line {
    /// Identity.
    pub(super) id: i64,
    /// Order on the document.
    #[serde(skip)]
    pub(super) position: i32,
    key: String,
    item_code: String,
    item_name: String,
    uom: String,
    item_id: Option<i64>,
    match_state: String,
    exists_in_wms: bool,
    wms_flag: bool,
    requested: Decimal,
    done: Decimal,
    status: String,
    reason: Option<String>,
    reason_text: Option<String>,
    conflict: Option<String>,
    conflict_kind: Option<String>,
    conflict_was: Option<Decimal>,
    removed: bool,
}

impl Line {
    /// Without the zeros that the column's scale adds.
    fn trim(&mut self) {
        self.requested.normalize_assign();
        self.done.normalize_assign();
        if let Some(was) = &mut self.conflict_was {
            was.normalize_assign();
        }
    }
}

/// The login, unless there is none or it is disabled.
pub(super) async fn caller(pool: &PgPool, user: i64) -> Result<Option<Caller>, Failure> {
    let mut tx = pool.begin().await?;
    tx.execute("set local crossdock.system = 'on'").await?;
    let found = sqlx::query_as(CALLER)
        .bind(user)
        .fetch_optional(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(found)
}

/// Lines that the caller sees; none of a document out of sight.
pub(super) async fn lines(
    pool: &PgPool,
    caller: &Caller,
    wanted: &Wanted,
) -> Result<Vec<Line>, Failure> {
    let company = caller.company_id;
    let setting = format!("set local crossdock.company = '{company}'");
    let mut tx = pool.begin().await?;
    tx.execute(AssertSqlSafe(setting)).await?;
    let mut lines: Vec<Line> = sqlx::query_as(LINES)
        .bind(wanted.document)
        .bind(company)
        .bind(&caller.warehouses)
        .bind(wanted.after.0)
        .bind(wanted.after.1)
        .bind(wanted.only_wms)
        .bind(wanted.rows)
        .fetch_all(&mut *tx)
        .await?;
    tx.commit().await?;
    lines.iter_mut().for_each(Line::trim);
    Ok(lines)
}

const CALLER: &str = "
    select u.id, u.company_id, u.auth_epoch,
           array(select w.warehouse_id from user_warehouses w where w.user_id = u.id) as warehouses
    from users u where u.id = $1 and u.disabled_at is null";

const LINES: &str = "
    select l.id, l.position, l.line_key as key, l.item_code, l.item_name, l.uom, l.item_id, l.match_state,
           l.exists_in_wms, l.wms_flag, l.requested, l.done, l.status, l.reason, l.reason_text, l.conflict,
           l.conflict_kind, l.conflict_was, l.removed_at is not null as removed
    from documents d
    join document_lines l on l.document_id = d.id and l.company_id = d.company_id
    where d.id = $1 and d.company_id = $2 and d.kind = 'dispatch'
      and (d.warehouse_id is null or d.warehouse_id = any($3))
      and (l.position, l.id) > ($4, $5) and (not $6 or l.wms_flag)
    order by l.position, l.id
    limit $7";
