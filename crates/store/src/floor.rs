//! `operations`: what people did, and the lines as they see them.

use crate::error::{optional_word, word};
use crate::{Error, Result, Tx};
use chrono::{DateTime, Utc};
use domain::location::location_key;
use domain::operation::{OperationAnswer, OperationRequest, UndoableOperation};
use domain::picking::{Pack, TaskLine};
use domain::scanning::Goods;
use domain::shortage::ShortageReason;
use domain::{CompanyId, DocumentId, LineId, OperationId, Quantity, TaskId, UserId, WarehouseId};
use rust_decimal::Decimal;
use uuid::Uuid;

/// The floor lines of a document, in walking order: those whose location is known first. Their unit is
/// ours wherever the one on the document has an answer or is spelled like one of ours, so that the same
/// goods have the same unit here, on their locations and in counts.
pub async fn lines(tx: &mut Tx, document: DocumentId) -> Result<Vec<TaskLine>> {
    read_lines(tx, document, None, false).await
}

/// One floor line of a document.
pub async fn line(tx: &mut Tx, document: DocumentId, id: LineId) -> Result<Option<TaskLine>> {
    Ok(read_lines(tx, document, Some(id), false).await?.pop())
}

/// One line of a document, also one that is no floor work any more: what was picked of it can still
/// be taken back.
pub async fn any_line(tx: &mut Tx, document: DocumentId, id: LineId) -> Result<Option<TaskLine>> {
    Ok(read_lines(tx, document, Some(id), true).await?.pop())
}

async fn read_lines(
    tx: &mut Tx,
    document: DocumentId,
    one: Option<LineId>,
    any: bool,
) -> Result<Vec<TaskLine>> {
    let rows = sqlx::query!(
        r#"select l.id, l.item_code, l.item_name,
                  k.uom as "uom!",
                  coalesce(u.decimals, 0) as "decimals!",
                  l.requested, l.done, l.status, l.reason, l.reason_text, l.conflict,
                  p.name as "last_worker?",
                  array(select b.key from item_barcodes b where b.item_id = l.item_id order by b.key) as "barcodes!",
                  array(select b.key from item_barcodes b where b.item_id = l.item_id and b.quantity <> 1
                        order by b.key) as "packs!",
                  array(select b.quantity from item_barcodes b where b.item_id = l.item_id and b.quantity <> 1
                        order by b.key) as "pack_quantities!: Vec<Decimal>",
                  c.code as "location?"
           from document_lines l
           join documents d on d.id = l.document_id
           cross join lateral our_unit(l.uom, l.company_id, d.connection_id) k
           left join items i on i.id = l.item_id
           left join uoms u on u.company_id = l.company_id and u.code = i.uom
           left join users p on p.id = l.last_user_id
           left join lateral (
               select c.code, c.position
               from stock_moves m
               join locations c on c.id = m.location_id and c.active
               where d.kind = 'dispatch' and m.item_id = l.item_id and m.warehouse_id = d.warehouse_id
               group by c.id
               having sum(m.quantity) > 0
               order by c.position, c.id
               limit 1
           ) c on true
           where l.document_id = $1 and ($2::bigint is null or l.id = $2) and ($3 or l.wms_flag)
           order by c.position, l.position, l.id"#,
        document.0,
        one.map(|id| id.0),
        any,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(TaskLine {
                id: LineId(row.id),
                item_code: row.item_code,
                item_name: row.item_name,
                uom: row.uom,
                decimals: u8::try_from(row.decimals).unwrap_or(0),
                requested: row.requested.normalize(),
                done: row.done.normalize(),
                status: word("document_lines", "status", &row.status)?,
                reason: optional_word("document_lines", "reason", row.reason.as_deref())?,
                reason_text: row.reason_text,
                conflict: row.conflict,
                last_worker: row.last_worker,
                barcodes: row.barcodes,
                packs: packs(row.packs, row.pack_quantities),
                location: row.location,
            })
        })
        .collect()
}

fn packs(keys: Vec<String>, quantities: Vec<Decimal>) -> Vec<Pack> {
    let pack = |(key, quantity): (String, Decimal)| {
        let quantity = Quantity::new(quantity).ok()?;
        Some(Pack { key, quantity })
    };
    keys.into_iter().zip(quantities).filter_map(pack).collect()
}

/// What a line becomes.
#[derive(Debug)]
pub struct LineUpdate<'a> {
    /// The line.
    pub id: LineId,
    /// Added to what is done; negative for an undo.
    pub quantity: Decimal,
    /// Why less.
    pub reason: Option<ShortageReason>,
    /// Why less, in words.
    pub reason_text: Option<&'a str>,
    /// Who did it.
    pub user: UserId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Writes a line after an operation; its status follows from its figures. A conflict about a quantity
/// that is not beyond the ERP's any more settles itself. What came unexpected is on the document as
/// long as something of it is there.
pub async fn update_line(tx: &mut Tx, line: &LineUpdate<'_>) -> Result<()> {
    sqlx::query!(
        "update document_lines
         set done = done + $2, reason = $3, reason_text = $4, last_user_id = $5,
             status = case
                 when done + $2 >= requested and done + $2 > 0 then 'done'
                 when done + $2 = 0 and $3::text is null then 'new'
                 else 'partial'
             end,
             wms_flag = case when unexpected then exists_in_wms and done + $2 > 0 else wms_flag end,
             removed_at = case
                 when not unexpected then removed_at
                 when done + $2 > 0 then null
                 else coalesce(removed_at, $6)
             end,
             (conflict, conflict_kind, conflict_was, conflict_at) = (
                 select c.conflict, c.conflict_kind, c.conflict_was, c.conflict_at
                 from document_lines c
                 where c.id = $1
                   and not (c.conflict_kind = 'lowered' and done + $2 <= greatest(requested, 0))
                   and not (c.conflict_kind = 'removed' and done + $2 = 0)
             )
         where id = $1",
        line.id.0,
        line.quantity,
        line.reason.map(ShortageReason::as_str),
        line.reason_text,
        line.user.0,
        line.at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A stored operation.
#[derive(Debug, Clone)]
pub struct StoredOperation {
    /// Task worked on.
    pub task_id: TaskId,
    /// Line worked on.
    pub line_id: Option<LineId>,
    /// What was done.
    pub kind: String,
    /// Whether it took effect.
    pub accepted: bool,
    /// Added to the line.
    pub quantity: Decimal,
    /// Who did it.
    pub user_id: UserId,
    /// Whose figures it counts for.
    pub credited_user_id: UserId,
    /// Already taken back.
    pub undone: bool,
    /// As sent.
    pub request: OperationRequest,
    /// As answered.
    pub answer: OperationAnswer,
}

/// The operation of that id.
pub async fn find(tx: &mut Tx, id: OperationId) -> Result<Option<StoredOperation>> {
    Ok(find_all(tx, &[id]).await?.pop())
}

/// The operations of those ids, as far as they are there, in no order.
pub async fn find_all(tx: &mut Tx, ids: &[OperationId]) -> Result<Vec<StoredOperation>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select o.task_id, o.line_id, o.kind, o.accepted, o.quantity, o.user_id, o.credited_user_id,
                  exists (select from operations u where u.reverses = o.id) as "undone!",
                  o.request, o.answer
           from operations o where o.id = any($1) and o.kind <> 'correct'"#,
        &ids,
    )
    .fetch_all(tx.conn())
    .await?;
    let unreadable = |column| {
        move |error: serde_json::Error| Error::Inconsistent {
            table: "operations",
            column,
            value: error.to_string(),
        }
    };
    let stored = rows.into_iter().map(|row| {
        Ok(StoredOperation {
            task_id: TaskId(row.task_id),
            line_id: row.line_id.map(LineId),
            kind: row.kind,
            accepted: row.accepted,
            quantity: row.quantity,
            user_id: UserId(row.user_id),
            credited_user_id: UserId(row.credited_user_id),
            undone: row.undone,
            request: serde_json::from_value(row.request).map_err(unreadable("request"))?,
            answer: serde_json::from_value(row.answer).map_err(unreadable("answer"))?,
        })
    });
    stored.collect()
}

/// An operation to append.
#[derive(Debug)]
pub struct NewOperation<'a> {
    /// Tenant.
    pub company_id: CompanyId,
    /// Site.
    pub warehouse_id: WarehouseId,
    /// As sent.
    pub request: &'a OperationRequest,
    /// As answered.
    pub answer: &'a OperationAnswer,
    /// Whether it took effect.
    pub accepted: bool,
    /// Line worked on.
    pub line_id: Option<LineId>,
    /// Who did it.
    pub user_id: UserId,
    /// Whose figures it counts for.
    pub credited_user_id: UserId,
    /// Added to the line.
    pub quantity: Decimal,
    /// Of a shortage.
    pub reason: Option<ShortageReason>,
    /// Of a shortage, in words.
    pub reason_text: Option<&'a str>,
    /// What was scanned.
    pub scanned: Option<&'a str>,
    /// What the label said about the goods.
    pub goods: &'a Goods,
    /// The operation taken back.
    pub reverses: Option<OperationId>,
    /// Of a shortage: where the goods should have been.
    pub location: Option<&'a str>,
}

/// Appends an operation. A shortage of goods that lie nowhere on record belongs to the location the line
/// was picked from last.
pub async fn record(tx: &mut Tx, operation: &NewOperation<'_>, at: DateTime<Utc>) -> Result<()> {
    let json = |result: std::result::Result<serde_json::Value, serde_json::Error>| {
        result.map_err(|error| Error::Inconsistent {
            table: "operations",
            column: "answer",
            value: error.to_string(),
        })
    };
    sqlx::query!(
        "insert into operations (id, company_id, warehouse_id, task_id, line_id, user_id, credited_user_id, kind,
                                 accepted, quantity, reason, reason_text, scanned, reverses, device, made_at,
                                 recorded_at, request, answer, lot, serial, expires_on, credited_team_id,
                                 credited_shift_id, location_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
                 (select team_id from users where id = $7), shift_at($7, $3, $17),
                 case when $8 = 'short' and $9 then coalesce(
                     (select c.id from locations c where c.warehouse_id = $3 and c.key = $23),
                     (select m.location_id from operations p join stock_moves m on m.operation_id = p.id
                      where p.line_id = $5 and p.accepted and p.kind = 'pick'
                      order by m.seq desc limit 1)) end)",
        operation.request.id.0,
        operation.company_id.0,
        operation.warehouse_id.0,
        operation.request.task_id.0,
        operation.line_id.map(|id| id.0),
        operation.user_id.0,
        operation.credited_user_id.0,
        operation.request.action.counts_as(),
        operation.accepted,
        operation.quantity,
        operation.reason.map(ShortageReason::as_str),
        operation.reason_text,
        operation.scanned,
        operation.reverses.map(|id| id.0),
        operation.request.device,
        operation.request.made_at,
        at,
        json(serde_json::to_value(operation.request))?,
        json(serde_json::to_value(operation.answer))?,
        operation.goods.lot,
        operation.goods.serial,
        operation.goods.expires_on,
        operation.location.map(location_key),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The newest act of a person on a task that is not taken back yet.
pub async fn undoable(
    tx: &mut Tx,
    user: UserId,
    task: TaskId,
) -> Result<Option<UndoableOperation>> {
    let row = sqlx::query!(
        r#"select o.id, o.kind, o.quantity, l.item_code,
                  k.uom as "uom!"
           from operations o
           join document_lines l on l.id = o.line_id
           join documents d on d.id = l.document_id
           cross join lateral our_unit(l.uom, l.company_id, d.connection_id) k
           join tasks t on t.id = o.task_id and t.state in ('open', 'claimed')
           where o.task_id = $1 and o.user_id = $2 and o.accepted and o.kind in ('pick', 'short')
             and not exists (select from operations u where u.reverses = o.id)
           order by o.recorded_at desc, o.id desc
           limit 1"#,
        task.0,
        user.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| UndoableOperation {
        id: OperationId(row.id),
        text: if row.kind == "pick" {
            format!(
                "{} {} of {}",
                row.quantity.normalize(),
                row.uom,
                row.item_code
            )
        } else {
            format!("shortage of {}", row.item_code)
        },
    }))
}

/// The reason a line still has once one shortage report is taken back: the newest other report, of those since
/// what the document lacks went back to the floor.
pub async fn standing_reason(
    tx: &mut Tx,
    line: LineId,
    except: OperationId,
) -> Result<(Option<ShortageReason>, Option<String>)> {
    let row = sqlx::query!(
        "select o.reason, o.reason_text
         from operations o
         join tasks t on t.id = o.task_id
         where o.line_id = $1 and o.id <> $2 and o.accepted and o.kind = 'short'
           and (t.returned_at is null or o.recorded_at > t.returned_at)
           and not exists (select from operations u where u.reverses = o.id)
         order by o.recorded_at desc, o.id desc
         limit 1",
        line.0,
        except.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    match row {
        None => Ok((None, None)),
        Some(row) => Ok((
            optional_word("operations", "reason", row.reason.as_deref())?,
            row.reason_text,
        )),
    }
}
