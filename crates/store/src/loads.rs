//! Who has how much to do: `tasks` and their open lines, by worker and by team.

use crate::{Result, Store};
use chrono::{DateTime, Utc};
use domain::assignment::{TeamLoad, Unassigned, WorkerLoad};
use domain::user::Caller;
use domain::{TaskId, TeamId, UserId, WarehouseId};

/// Workers of the caller's sites, those on shift and the least loaded first; at most 500.
pub async fn workers(
    store: &Store,
    caller: &Caller,
    now: DateTime<Utc>,
) -> Result<Vec<WorkerLoad>> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query!(
            r#"select u.id, x.warehouse_id, u.login, u.name, m.name as "team_name?",
                      k.tasks as "tasks!", k.lines as "lines!", k.quantity as "quantity!",
                      s.name as "on_shift?"
               from user_warehouses x
               join users u on u.id = x.user_id and u.role = 'worker' and u.disabled_at is null
               join warehouses w on w.id = x.warehouse_id
               left join teams m on m.id = u.team_id
               left join shifts s
                 on s.id = shift_on(u.id, w.id, ($3::timestamptz at time zone w.time_zone)::date)
                and ($3::timestamptz at time zone w.time_zone)::time >= s.starts
                and ($3::timestamptz at time zone w.time_zone)::time < s.ends
               cross join lateral (
                   select count(distinct t.id) as tasks, count(l.id) as lines,
                          coalesce(sum(greatest(l.requested - l.done, 0)), 0) as quantity
                   from tasks t
                   left join document_lines l
                     on l.document_id = t.document_id and l.wms_flag and l.removed_at is null
                    and l.status <> 'done' and l.reason is null
                   where t.worker_id = u.id and t.warehouse_id = w.id and t.state in ('open', 'claimed')
               ) k
               where x.company_id = $1 and x.warehouse_id = any($2)
               order by (s.id is null), k.quantity + 5 * k.tasks, u.name, u.id
               limit 500"#,
            caller.company_id.0,
            &caller.warehouse_ids(),
            now,
        ))
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| WorkerLoad {
            user_id: UserId(row.id),
            warehouse_id: WarehouseId(row.warehouse_id),
            login: row.login,
            name: row.name,
            team_name: row.team_name,
            tasks: row.tasks,
            lines: row.lines,
            quantity: row.quantity.normalize(),
            on_shift: row.on_shift,
        })
        .collect())
}

/// What each team of the caller's sites has to do together, by name; at most 200.
pub async fn teams(store: &Store, caller: &Caller) -> Result<Vec<TeamLoad>> {
    let mut reading = store.read(caller).await?;
    let rows = reading.all(sqlx::query!(
        r#"select m.id, m.warehouse_id, m.name,
                  (select count(*) from users u where u.team_id = m.id and u.disabled_at is null) as "members!",
                  k.tasks as "tasks!", k.lines as "lines!", k.quantity as "quantity!"
           from teams m
           cross join lateral (
               select count(distinct t.id) as tasks, count(l.id) as lines,
                      coalesce(sum(greatest(l.requested - l.done, 0)), 0) as quantity
               from tasks t
               left join document_lines l
                 on l.document_id = t.document_id and l.wms_flag and l.removed_at is null
                and l.status <> 'done' and l.reason is null
               where t.team_id = m.id and t.state in ('open', 'claimed')
           ) k
           where m.company_id = $1 and m.warehouse_id = any($2)
           order by m.name, m.id
           limit 200"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
    )).await?;
    Ok(rows
        .into_iter()
        .map(|row| TeamLoad {
            team_id: TeamId(row.id),
            warehouse_id: WarehouseId(row.warehouse_id),
            name: row.name,
            members: row.members,
            tasks: row.tasks,
            lines: row.lines,
            quantity: row.quantity.normalize(),
        })
        .collect())
}

/// What is left on each of these tasks, in the order asked for.
pub async fn of_tasks(store: &Store, caller: &Caller, ids: &[TaskId]) -> Result<Vec<Unassigned>> {
    let mut reading = store.read(caller).await?;
    let ids: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let rows = reading
        .all(sqlx::query!(
            r#"select t.id, t.warehouse_id, t.worker_id, d.number,
                      coalesce(sum(greatest(l.requested - l.done, 0)), 0) as "quantity!"
               from tasks t
               join documents d on d.id = t.document_id
               left join document_lines l
                 on l.document_id = t.document_id and l.wms_flag and l.removed_at is null
                and l.status <> 'done' and l.reason is null
               where t.company_id = $1 and t.warehouse_id = any($2) and t.id = any($3)
                 and t.state in ('open', 'claimed')
               group by t.id, d.number
               order by array_position($3, t.id)"#,
            caller.company_id.0,
            &caller.warehouse_ids(),
            &ids,
        ))
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Unassigned {
            task_id: TaskId(row.id),
            number: row.number,
            warehouse_id: WarehouseId(row.warehouse_id),
            quantity: row.quantity.normalize(),
            worker_id: row.worker_id.map(UserId),
        })
        .collect())
}
