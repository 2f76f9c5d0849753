//! What is left and what the last hours showed, for "will we finish?".

use crate::error::word;
use crate::{Result, Scope, Store, Tx, shifts};
use chrono::{DateTime, TimeDelta, Utc};
use domain::document::DocumentKind;
use domain::forecast::{
    DocumentOutlook, Forecast, MOST_DOCUMENTS, Outlook, PACE_WINDOW, Pace, Workload, whole_day,
};
use domain::shift::ShiftDay;
use domain::user::Caller;
use domain::{DocumentId, ShiftId, TaskId, TeamId, WarehouseId};
use std::collections::HashMap;

/// Tasks of a site looked at for an arrival time of their own, most urgent first.
const QUEUE: i64 = 500;

/// The outlook of the caller's sites at an instant.
pub async fn get(store: &Store, caller: &Caller, now: DateTime<Utc>) -> Result<Forecast> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let mut forecast = Forecast::default();
    for warehouse in &caller.warehouses {
        let loads = workloads(&mut tx, *warehouse, now).await?;
        let outlooks = domain::forecast::outlooks(&loads, now);
        let queue = queue(&mut tx, *warehouse).await?;
        forecast
            .documents
            .extend(arrivals(queue, &loads, &outlooks, now));
        forecast.outlooks.extend(outlooks);
    }
    let order = |row: &DocumentOutlook| (!row.late, row.wanted_at, row.eta_at);
    forecast.documents.sort_by_key(order);
    forecast.documents.truncate(MOST_DOCUMENTS);
    Ok(forecast)
}

/// The outlook of one site, then of its teams.
pub(crate) async fn outlooks(
    tx: &mut Tx,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<Vec<Outlook>> {
    let loads = workloads(tx, warehouse, now).await?;
    Ok(domain::forecast::outlooks(&loads, now))
}

/// The site, then its teams.
async fn workloads(
    tx: &mut Tx,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<Vec<Workload>> {
    let shifts = shifts::of_day_by_id(tx, warehouse, now).await?;
    let lines = lines_done(tx, warehouse, now).await?;
    let rows = sqlx::query!(
        r#"with left_over as (
               select coalesce(t.team_id, u.team_id) as team_id, count(*) as tasks,
                      sum(greatest(d.lines_wms - d.lines_done - d.lines_short, 0)) as lines
               from tasks t
               join documents d on d.id = t.document_id
               left join users u on u.id = t.worker_id
               where t.warehouse_id = $1 and t.state in ('open', 'claimed')
               group by 1
           )
           select null::bigint as team_id, w.name as "name!", null::bigint as shift_id,
                  (select coalesce(sum(tasks), 0)::bigint from left_over) as "tasks!",
                  (select coalesce(sum(lines), 0)::bigint from left_over) as "lines!"
           from warehouses w where w.id = $1
           union all
           (select m.id, m.name, m.shift_id, coalesce(o.tasks, 0), coalesce(o.lines, 0)::bigint
            from teams m left join left_over o on o.team_id = m.id
            where m.warehouse_id = $1
            order by m.name, m.id
            limit 200)"#,
        warehouse.0,
    )
    .fetch_all(tx.conn())
    .await?;
    let days: Vec<ShiftDay> = shifts.iter().map(|(_, day)| day.clone()).collect();
    Ok(rows
        .into_iter()
        .map(|row| Workload {
            warehouse_id: warehouse,
            team_id: row.team_id.map(TeamId),
            name: row.name,
            tasks: row.tasks,
            remaining: row.lines,
            lines_done: match row.team_id {
                Some(team) => lines.get(&Some(team)).copied().unwrap_or(0),
                None => lines.values().sum(),
            },
            shift: own_shift(row.shift_id, &shifts).or_else(|| whole_day(&days)),
        })
        .collect())
}

fn own_shift(id: Option<i64>, shifts: &[(ShiftId, ShiftDay)]) -> Option<ShiftDay> {
    let found = shifts.iter().find(|(known, _)| Some(known.0) == id);
    found.map(|(_, day)| day.clone())
}

/// Lines with a positive net quantity within the window, by the team of who did them.
async fn lines_done(
    tx: &mut Tx,
    warehouse: WarehouseId,
    now: DateTime<Utc>,
) -> Result<HashMap<Option<i64>, i64>> {
    let rows = sqlx::query!(
        r#"with worked as (
               select credited_user_id, line_id, sum(quantity) as quantity
               from operations
               where warehouse_id = $1 and recorded_at >= $2 and recorded_at < $3
                 and accepted and kind in ('pick', 'undo')
               group by credited_user_id, line_id
           )
           select u.team_id, count(*) as "lines!"
           from worked p join users u on u.id = p.credited_user_id
           where p.quantity > 0
           group by u.team_id"#,
        warehouse.0,
        now - TimeDelta::minutes(PACE_WINDOW),
        now,
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.team_id, row.lines))
        .collect())
}

struct Queued {
    task: TaskId,
    document: DocumentId,
    kind: DocumentKind,
    number: String,
    holder: Option<String>,
    team: Option<TeamId>,
    remaining: i64,
    due_at: Option<DateTime<Utc>>,
    /// The last shift's end on the document's day.
    day_ends_at: DateTime<Utc>,
}

/// What is begun first, then by urgency.
async fn queue(tx: &mut Tx, warehouse: WarehouseId) -> Result<Vec<Queued>> {
    let rows = sqlx::query!(
        r#"select t.id, t.document_id, d.kind, d.number, coalesce(u.name, m.name) as holder,
                  coalesce(t.team_id, u.team_id) as team_id, t.due_at,
                  greatest(d.lines_wms - d.lines_done - d.lines_short, 0)::bigint as "remaining!",
                  (d.dated_on + coalesce((select max(s.ends) from shifts s where s.warehouse_id = w.id), '23:59'::time))
                      at time zone w.time_zone as "day_ends_at!"
           from tasks t
           join documents d on d.id = t.document_id
           join warehouses w on w.id = t.warehouse_id
           left join users u on u.id = t.worker_id
           left join teams m on m.id = t.team_id
           where t.warehouse_id = $1 and t.state in ('open', 'claimed')
           order by (t.state = 'claimed') desc, t.priority desc, coalesce(t.due_at, 'infinity'), t.id
           limit $2"#,
        warehouse.0,
        QUEUE,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Queued {
                task: TaskId(row.id),
                document: DocumentId(row.document_id),
                kind: word("documents", "kind", &row.kind)?,
                number: row.number,
                holder: row.holder,
                team: row.team_id.map(TeamId),
                remaining: row.remaining,
                due_at: row.due_at,
                day_ends_at: row.day_ends_at,
            })
        })
        .collect()
}

/// Each document after everything of its team that goes before it. What nobody was given waits
/// behind everything that somebody was, at the site's pace.
fn arrivals(
    queue: Vec<Queued>,
    loads: &[Workload],
    outlooks: &[Outlook],
    now: DateTime<Utc>,
) -> Vec<DocumentOutlook> {
    let given: i64 = queue
        .iter()
        .filter(|row| row.team.is_some())
        .map(|row| row.remaining)
        .sum();
    let mut before: HashMap<Option<TeamId>, i64> = HashMap::from([(None, given)]);
    let place = |team: Option<TeamId>| loads.iter().position(|load| load.team_id == team);
    queue
        .into_iter()
        .map(|row| {
            let lines = before.entry(row.team).or_default();
            *lines += row.remaining;
            let own = place(row.team).or_else(|| place(None));
            let found = own.and_then(|own| Some((loads.get(own)?, outlooks.get(own)?)));
            let pace = found.map_or(
                Pace {
                    lines: 0,
                    minutes: 0,
                },
                |(_, outlook)| outlook.pace,
            );
            let eta_at = found.and_then(|(load, _)| load.eta(pace, *lines, now));
            let ends_at = found.and_then(|(_, outlook)| outlook.ends_at);
            let day = ends_at.map_or(row.day_ends_at, |ends| ends.min(row.day_ends_at));
            let wanted_at = row.due_at.or(Some(day));
            let expected = eta_at.unwrap_or(now).max(now);
            DocumentOutlook {
                task_id: row.task,
                document_id: row.document,
                kind: row.kind,
                number: row.number,
                holder: row.holder,
                remaining: row.remaining,
                eta_at,
                wanted_at,
                late: wanted_at.is_some_and(|wanted| expected > wanted),
            }
        })
        .collect()
}
