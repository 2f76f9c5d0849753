//! `devices`: handhelds as they report themselves.

use crate::paging::{after_text, contains, text_cursor};
use crate::{Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::device::{Device, DeviceReport};
use domain::page::{Cursor, Page};
use domain::user::Caller;
use domain::{CompanyId, UserId};

/// The company's handhelds whose person works at one of the caller's sites, by name.
pub async fn list(
    store: &Store,
    caller: &Caller,
    q: Option<&str>,
    cursor: Option<&Cursor>,
    limit: i64,
    now: DateTime<Utc>,
) -> Result<Page<Device>> {
    let mut reading = store.read(caller).await?;
    let (after, _) = after_text(cursor)?;
    let rows = reading.all(sqlx::query!(
        r#"select d.name, d.user_id, u.name as user_name, d.app_version, d.waiting, d.refused,
                  d.first_seen_at, d.last_seen_at,
                  exists (select from sessions s where s.id = d.session_id and s.expires_at > $5) as "signed_in!"
           from devices d
           join users u on u.id = d.user_id
           where d.company_id = $1 and d.name > $3
             and exists (select from user_warehouses x where x.user_id = d.user_id and x.warehouse_id = any($2))
             and ($4::text is null or d.name ilike $4 or u.name ilike $4)
           order by d.name
           limit $6"#,
        caller.company_id.0,
        &caller.warehouse_ids(),
        after,
        contains(q),
        now,
        limit + 1,
    )).await?;
    let rows = rows
        .into_iter()
        .map(|row| Device {
            name: row.name,
            user_id: UserId(row.user_id),
            user_name: row.user_name,
            app_version: row.app_version,
            waiting: row.waiting,
            refused: row.refused,
            first_seen_at: row.first_seen_at,
            last_seen_at: row.last_seen_at,
            signed_in: row.signed_in,
        })
        .collect();
    Ok(Page::cut(rows, limit, |row: &Device| {
        text_cursor(&row.name, 0)
    }))
}

/// Keeps what a device says of itself; tells whether anything but the time is different.
pub async fn report(
    tx: &mut Tx,
    company: CompanyId,
    user: UserId,
    session: Option<&str>,
    report: &DeviceReport,
    now: DateTime<Utc>,
) -> Result<bool> {
    let changed = sqlx::query_scalar!(
        r#"with before as (select * from devices where company_id = $1 and name = $2),
           kept as (
               insert into devices (company_id, name, user_id, session_id, app_version, waiting, refused,
                                    first_seen_at, last_seen_at)
               values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
               on conflict (company_id, name) do update
               set user_id = excluded.user_id, session_id = excluded.session_id,
                   app_version = excluded.app_version, waiting = excluded.waiting,
                   refused = excluded.refused, last_seen_at = excluded.last_seen_at
               returning user_id, session_id, app_version, waiting, refused
           )
           select (b.user_id, b.session_id, b.app_version, b.waiting, b.refused)
                  is distinct from (k.user_id, k.session_id, k.app_version, k.waiting, k.refused) as "changed!"
           from kept k left join before b on true"#,
        company.0,
        report.name,
        user.0,
        session,
        report.app_version,
        i32::try_from(report.waiting).unwrap_or(i32::MAX),
        i32::try_from(report.refused).unwrap_or(i32::MAX),
        now,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(changed)
}

/// The session a device of the caller's sites reported through, and who used it.
pub async fn session(
    tx: &mut Tx,
    caller: &Caller,
    name: &str,
) -> Result<Option<(Option<String>, String)>> {
    let row = sqlx::query!(
        "select d.session_id, u.name
         from devices d join users u on u.id = d.user_id
         where d.company_id = $1 and d.name = $3
           and exists (select from user_warehouses x where x.user_id = d.user_id and x.warehouse_id = any($2))",
        caller.company_id.0,
        &caller.warehouse_ids(),
        name,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| (row.session_id, row.name)))
}

/// Ends a session; false when it was over already.
pub async fn end_session(tx: &mut Tx, session: &str) -> Result<bool> {
    let ended = sqlx::query!("delete from sessions where id = $1", session)
        .execute(tx.conn())
        .await?;
    Ok(ended.rows_affected() == 1)
}
