//! Work for the floor: documents, each with some lines and a task that a worker holds.

use crate::Failure;
use crate::postgres::Database;
use domain::operation::{FloorAction, OperationRequest};
use domain::{LineId, OperationId, Quantity, TaskId};
use sqlx::Row as _;
use uuid::Uuid;

/// More than any bench picks.
const REQUESTED: i64 = 99_999_999;

/// A line of a task.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Work {
    /// The task.
    pub(crate) task: i64,
    /// Its document.
    pub(crate) document: i64,
    /// The line.
    pub(crate) line: i64,
}

impl Work {
    /// One more piece of the line.
    pub(crate) fn pick(&self) -> OperationRequest {
        OperationRequest {
            id: OperationId(Uuid::now_v7()),
            task_id: TaskId(self.task),
            made_at: chrono::Utc::now(),
            device: "bench".to_owned(),
            offline: false,
            action: FloorAction::Pick {
                line_id: LineId(self.line),
                quantity: "1".parse().unwrap_or(Quantity::ZERO),
                scanned: None,
                over_confirmed: false,
            },
        }
    }
}

/// Makes that many tasks of so many lines each, held by the user with this login; answers the lines.
pub(crate) async fn make(
    database: &Database,
    login: &str,
    count: i32,
    lines: i32,
) -> Result<Vec<Work>, Failure> {
    let mut admin = database.admin().await?;
    let rows = sqlx::query(
        "with site as (
             select c.id as connection_id, c.company_id, c.warehouse_id, u.id as user_id
             from connections c join users u on u.company_id = c.company_id and u.login = $1 limit 1
         ), item as (
             insert into items (company_id, connection_id, code, name, uom, active, synced_at)
             select company_id, connection_id, 'BENCH', 'BENCH ITEM', 'KOM', true, now() from site
             returning id
         ), document as (
             insert into documents (company_id, connection_id, kind, number, doc_type, dated_on,
                 warehouse_name, warehouse_key, warehouse_id, content_hash, imported_at, updated_at,
                 status, lines_total, lines_wms)
             select company_id, connection_id, 'dispatch', 'BENCH-' || n, 'BENCH', current_date,
                 'BENCH', 'bench', warehouse_id, '', now(), now(), 'in_progress', $4, $4
             from site, generate_series(1, $2) n
             returning id
         ), line as (
             insert into document_lines (company_id, document_id, line_key, position, item_code, item_name,
                 uom, item_id, match_state, exists_in_wms, wms_flag, requested)
             select site.company_id, document.id, m::text, m, 'BENCH', 'BENCH ITEM', 'KOM', item.id, 'code',
                 true, true, $3
             from site, item, document, generate_series(1, $4) m
             returning id, document_id
         ), task as (
             insert into tasks (company_id, warehouse_id, document_id, kind, state, worker_id, created_at, started_at)
             select site.company_id, site.warehouse_id, document.id, 'pick', 'claimed', site.user_id, now(), now()
             from site, document
             returning id, document_id
         )
         select task.id as task, line.document_id as document, line.id as line
         from task join line on line.document_id = task.document_id order by 1, 3",
    )
    .bind(login)
    .bind(count)
    .bind(REQUESTED)
    .bind(lines)
    .fetch_all(&mut admin)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(Work {
                task: row.try_get("task")?,
                document: row.try_get("document")?,
                line: row.try_get("line")?,
            })
        })
        .collect()
}
