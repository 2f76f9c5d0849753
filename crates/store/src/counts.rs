//! `count_lines`, `count_entries`: blind counts.

mod meanwhile;
mod shortages;

pub use meanwhile::{Reached, Span, acted_last, meanwhile, open_picks, reached, reckon_again};
pub use shortages::{request_after, set_after_shortages, wants_after_shortages};

use crate::error::word;
use crate::{Error, Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::counting::{CountCause, CountLine, CountRow, CountState, Meanwhile, Tolerance};
use domain::operation::{OperationAnswer, OperationRequest};
use domain::user::Caller;
use domain::{CompanyId, CountLineId, DocumentId, ItemId, OperationId, UserId, WarehouseId};
use rust_decimal::Decimal;

/// Rows of the lead's list.
const SHOWN: i64 = 200;
/// Rows of the handheld's list; the rest follows once these are counted.
const AT_ONCE: i64 = 100;

/// What is to be counted.
#[derive(Debug, Clone, Copy)]
pub enum Of {
    /// Everything that lies on a location.
    Location(i64),
    /// An item, wherever it lies.
    Item(ItemId),
}

/// Asks for counts of what lies there and is not asked for already; returns how many.
pub async fn request(
    tx: &mut Tx,
    caller: &Caller,
    site: WarehouseId,
    (of, what): (Of, &str),
    at: DateTime<Utc>,
) -> Result<u64> {
    let (location, item) = match of {
        Of::Location(id) => (Some(id), None),
        Of::Item(id) => (None, Some(id.0)),
    };
    let made = sqlx::query!(
        "insert into count_lines (company_id, warehouse_id, location_id, item_id, what, requested_by, requested_at)
         select $1, $2, m.location_id, m.item_id, $3, $4, $5
         from stock_moves m
         where m.company_id = $1 and m.warehouse_id = $2
           and ($6::bigint is null or m.location_id = $6) and ($7::bigint is null or m.item_id = $7)
         group by m.location_id, m.item_id
         having sum(m.quantity) <> 0
         order by m.location_id, m.item_id
         on conflict (location_id, item_id) where state <> 'settled' do nothing",
        caller.company_id.0,
        site.0,
        what,
        caller.name,
        at,
        location,
        item,
    )
    .execute(tx.conn())
    .await?;
    Ok(made.rows_affected())
}

/// What waits for the caller to be counted, in walking order: not what the caller counted first.
pub async fn waiting(store: &Store, caller: &Caller) -> Result<Vec<CountLine>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"select n.id, c.code as location, i.code, i.name, i.uom, coalesce(u.decimals, 0) as "decimals!",
                  n.state = 'again' as "again!",
                  array(select b.key from item_barcodes b where b.item_id = i.id order by b.key) as "barcodes!"
           from count_lines n
           join locations c on c.id = n.location_id
           join items i on i.id = n.item_id
           left join uoms u on u.company_id = i.company_id and u.code = i.uom
           where n.company_id = $1 and n.warehouse_id = any($2) and n.state <> 'settled'
             and n.first_by is distinct from $3
           order by c.position, c.id, n.id
           limit $4"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        caller.user_id.0,
        AT_ONCE,
    )).await?;
    let line = rows.into_iter().map(|row| CountLine {
        id: CountLineId(row.id),
        location: row.location,
        item_code: row.code,
        item_name: row.name,
        uom: row.uom,
        decimals: u8::try_from(row.decimals).unwrap_or(0),
        barcodes: row.barcodes,
        again: row.again,
    });
    Ok(line.collect())
}

/// The counts of a site of the caller's, newest first.
pub async fn list(store: &Store, caller: &Caller, site: WarehouseId) -> Result<Vec<CountRow>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"select n.id, c.code as location, i.code, i.name, i.uom, n.state, n.on_record, n.first, n.second,
                  f.name as "first_by?", s.name as "second_by?", n.requested_by, n.requested_at,
                  n.left_meanwhile, n.came_meanwhile, n.open_picks, n.reckoned_at,
                  d.id as "document_id?", d.number as "number?", o.reason as "reason?"
           from count_lines n
           join locations c on c.id = n.location_id
           join items i on i.id = n.item_id
           left join users f on f.id = n.first_by
           left join users s on s.id = n.second_by
           left join operations o on o.id = n.shortage_id
           left join tasks t on t.id = o.task_id
           left join documents d on d.id = t.document_id
           where n.company_id = $1 and n.warehouse_id = $2 and n.warehouse_id = any($3)
           order by n.id desc
           limit $4"#,
        caller.company_id.0,
        site.0,
        &caller.warehouse_ids(),
        SHOWN,
    )).await?;
    rows.into_iter()
        .map(|row| {
            let cause = cause(row.document_id, row.number, row.reason)?;
            Ok(CountRow {
                id: CountLineId(row.id),
                location: row.location,
                item_code: row.code,
                item_name: row.name,
                uom: row.uom,
                state: word("count_lines", "state", &row.state)?,
                on_record: row.on_record.map(|figure| figure.normalize()),
                first: row.first.map(|figure| figure.normalize()),
                first_by: row.first_by,
                second: row.second.map(|figure| figure.normalize()),
                second_by: row.second_by,
                requested_by: row.requested_by,
                requested_at: row.requested_at,
                cause,
                left_meanwhile: row.left_meanwhile.normalize(),
                came_meanwhile: row.came_meanwhile.normalize(),
                open_picks: row.open_picks.normalize(),
                reckoned_at: row.reckoned_at,
            })
        })
        .collect()
}

fn cause(
    document: Option<i64>,
    number: Option<String>,
    reason: Option<String>,
) -> Result<Option<CountCause>> {
    let (Some(document), Some(number), Some(reason)) = (document, number, reason) else {
        return Ok(None);
    };
    Ok(Some(CountCause {
        document_id: DocumentId(document),
        number,
        reason: word("operations", "reason", &reason)?,
    }))
}

/// A count held for an entry.
#[derive(Debug, Clone)]
pub struct Held {
    /// Site.
    pub warehouse_id: WarehouseId,
    /// Where it stands.
    pub state: CountState,
    /// Who counted first.
    pub first_by: Option<UserId>,
    /// Unit.
    pub uom: String,
    /// Decimals the unit allows.
    pub decimals: u8,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// The site's.
    pub tolerance: Tolerance,
}

/// Locks a count of the caller's sites. Its location comes first, which movements under way hold by their
/// foreign key: none is half done while the count is judged.
pub async fn hold(tx: &mut Tx, caller: &Caller, id: CountLineId) -> Result<Option<Held>> {
    let location = sqlx::query_scalar!(
        "select c.id from locations c
         join count_lines n on n.location_id = c.id
         where n.id = $1 and n.company_id = $2 and n.warehouse_id = any($3)
         for update of c",
        id.0,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )
    .fetch_optional(tx.conn())
    .await?;
    if location.is_none() {
        return Ok(None);
    }
    sqlx::query_scalar!("select id from count_lines where id = $1 for update", id.0)
        .fetch_one(tx.conn())
        .await?;
    let row = sqlx::query!(
        r#"select n.warehouse_id, n.state, n.first_by, n.requested_at, i.uom, coalesce(u.decimals, 0) as "decimals!",
                  w.count_tolerance_percent, w.count_tolerance_units
           from count_lines n
           join items i on i.id = n.item_id
           join warehouses w on w.id = n.warehouse_id
           left join uoms u on u.company_id = i.company_id and u.code = i.uom
           where n.id = $1"#,
        id.0,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(Some(Held {
        warehouse_id: WarehouseId(row.warehouse_id),
        state: word("count_lines", "state", &row.state)?,
        first_by: row.first_by.map(UserId),
        uom: row.uom,
        decimals: u8::try_from(row.decimals).unwrap_or(0),
        requested_at: row.requested_at,
        tolerance: Tolerance {
            percent: row.count_tolerance_percent,
            units: row.count_tolerance_units,
        },
    }))
}

/// What a held count becomes.
#[derive(Debug, Clone, Copy)]
pub struct Counted {
    /// The count, and when it was counted.
    pub span: Span,
    /// Where it stands now.
    pub state: CountState,
    /// What was found.
    pub figure: Decimal,
    /// What should have been there.
    pub on_record: Decimal,
    /// What moved in that time.
    pub meanwhile: Meanwhile,
    /// What tasks under way still wanted from there.
    pub open_picks: Decimal,
    /// Who counted.
    pub user: UserId,
}

/// Writes what was found; settled, what lies there is corrected by a movement.
pub async fn count(tx: &mut Tx, counted: Counted, at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update count_lines
         set second = case when first is null then null else $2::numeric end,
             second_by = case when first is null then null else $3::bigint end,
             first = coalesce(first, $2::numeric), first_by = coalesce(first_by, $3::bigint),
             on_record = $4, state = $5, settled_at = case when $5 = 'settled' then $6::timestamptz end,
             began_at = $7, counted_at = $8, left_meanwhile = $9, came_meanwhile = $10, open_picks = $11
         where id = $1",
        counted.span.count.0,
        counted.figure,
        counted.user.0,
        counted.on_record,
        counted.state.as_str(),
        at,
        counted.span.began_at,
        counted.span.counted_at,
        counted.meanwhile.left,
        counted.meanwhile.came,
        counted.open_picks,
    )
    .execute(tx.conn())
    .await?;
    if counted.state != CountState::Settled {
        return Ok(());
    }
    let difference = counted.figure - counted.on_record;
    meanwhile::correct(tx, counted.span, difference, counted.user).await
}

/// A stored entry.
#[derive(Debug)]
pub struct Entry {
    /// Who sent it.
    pub user_id: UserId,
    /// As sent.
    pub request: OperationRequest,
    /// As answered.
    pub answer: OperationAnswer,
}

fn unreadable(error: &serde_json::Error) -> Error {
    Error::Inconsistent {
        table: "count_entries",
        column: "request",
        value: error.to_string(),
    }
}

/// The entry of that id.
pub async fn entry(tx: &mut Tx, id: OperationId) -> Result<Option<Entry>> {
    let row = sqlx::query!(
        "select user_id, request, answer from count_entries where id = $1",
        id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Entry {
        user_id: UserId(row.user_id),
        request: serde_json::from_value(row.request).map_err(|error| unreadable(&error))?,
        answer: serde_json::from_value(row.answer).map_err(|error| unreadable(&error))?,
    }))
}

/// Appends an entry with its answer.
pub async fn record(
    tx: &mut Tx,
    company: CompanyId,
    line: CountLineId,
    (entry, accepted): (&Entry, bool),
    at: DateTime<Utc>,
) -> Result<()> {
    let json = |value: std::result::Result<serde_json::Value, serde_json::Error>| {
        value.map_err(|error| unreadable(&error))
    };
    sqlx::query!(
        "insert into count_entries (id, company_id, line_id, user_id, accepted, recorded_at, request, answer, made_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        entry.request.id.0,
        company.0,
        line.0,
        entry.user_id.0,
        accepted,
        at,
        json(serde_json::to_value(&entry.request))?,
        json(serde_json::to_value(&entry.answer))?,
        entry.request.made_at,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The tolerance of a site of the caller's.
pub async fn tolerance(
    store: &Store,
    caller: &Caller,
    site: WarehouseId,
) -> Result<Option<Tolerance>> {
    let mut reading = store.read(caller).await?;
    let row = reading
        .optional(sqlx::query!(
            "select count_tolerance_percent, count_tolerance_units from warehouses
             where company_id = $1 and id = $2 and id = any($3)",
            caller.company_id.0,
            site.0,
            &caller.warehouse_ids(),
        ))
        .await?;
    Ok(row.map(|row| Tolerance {
        percent: row.count_tolerance_percent.normalize(),
        units: row.count_tolerance_units.normalize(),
    }))
}

/// Sets the tolerance of a site.
pub async fn set_tolerance(
    tx: &mut Tx,
    company: CompanyId,
    site: WarehouseId,
    tolerance: Tolerance,
) -> Result<()> {
    sqlx::query!(
        "update warehouses set count_tolerance_percent = $3, count_tolerance_units = $4
         where company_id = $1 and id = $2",
        company.0,
        site.0,
        tolerance.percent,
        tolerance.units,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}
