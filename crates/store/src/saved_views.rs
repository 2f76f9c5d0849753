//! `saved_views`.

use crate::{Error, Result, Store, Tx};
use chrono::{DateTime, Utc};
use domain::SavedViewId;
use domain::saved_view::{NewView, SavedView};
use domain::user::Caller;

/// The most views a person may keep of one page.
pub const MOST: i64 = 50;

/// The caller's views of a page, by name.
pub async fn list(store: &Store, caller: &Caller, page: &str) -> Result<Vec<SavedView>> {
    let mut reading = store.read(caller).await?;
    let rows = reading
        .all(sqlx::query_as!(
            SavedView,
            "select id, name, query, opens_first from saved_views
             where company_id = $1 and user_id = $2 and page = $3
             order by lower(name), id
             limit $4",
            caller.company_id.0,
            caller.user_id.0,
            page,
            MOST,
        ))
        .await?;
    Ok(rows)
}

/// Writes a view; one of the same name is replaced. None when there are too many.
pub async fn save(
    tx: &mut Tx,
    caller: &Caller,
    view: &NewView,
    at: DateTime<Utc>,
) -> Result<Option<SavedViewId>> {
    if view.opens_first {
        clear_first(tx, caller, &view.page).await?;
    }
    let id = sqlx::query_scalar!(
        "insert into saved_views (company_id, user_id, page, name, query, opens_first, created_at)
         select $1, $2, $3, $4, $5, $6, $7
         where (select count(*) from saved_views
                where user_id = $2 and page = $3 and lower(name) <> lower($4)) < $8
         on conflict (user_id, page, lower(name)) do update
         set name = excluded.name, query = excluded.query, opens_first = excluded.opens_first
         returning id",
        caller.company_id.0,
        caller.user_id.0,
        view.page,
        view.name,
        view.query,
        view.opens_first,
        at,
        MOST,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(SavedViewId))
}

/// Gives a view another name.
pub async fn rename(tx: &mut Tx, caller: &Caller, id: SavedViewId, name: &str) -> Result<()> {
    let done = sqlx::query!(
        "update saved_views set name = $4 where company_id = $1 and user_id = $2 and id = $3",
        caller.company_id.0,
        caller.user_id.0,
        id.0,
        name,
    )
    .execute(tx.conn())
    .await?;
    found(done.rows_affected())
}

/// Makes a view the one that opens first, or takes that away.
pub async fn open_first(tx: &mut Tx, caller: &Caller, id: SavedViewId, first: bool) -> Result<()> {
    let page = sqlx::query_scalar!(
        "select page from saved_views where company_id = $1 and user_id = $2 and id = $3",
        caller.company_id.0,
        caller.user_id.0,
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    let page = page.ok_or(Error::NotFound { what: "view" })?;
    clear_first(tx, caller, &page).await?;
    sqlx::query!(
        "update saved_views set opens_first = $2 where id = $1",
        id.0,
        first
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

async fn clear_first(tx: &mut Tx, caller: &Caller, page: &str) -> Result<()> {
    sqlx::query!(
        "update saved_views set opens_first = false
         where company_id = $1 and user_id = $2 and page = $3 and opens_first",
        caller.company_id.0,
        caller.user_id.0,
        page,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Takes a view away.
pub async fn delete(tx: &mut Tx, caller: &Caller, id: SavedViewId) -> Result<()> {
    let done = sqlx::query!(
        "delete from saved_views where company_id = $1 and user_id = $2 and id = $3",
        caller.company_id.0,
        caller.user_id.0,
        id.0,
    )
    .execute(tx.conn())
    .await?;
    found(done.rows_affected())
}

fn found(rows: u64) -> Result<()> {
    if rows == 1 {
        Ok(())
    } else {
        Err(Error::NotFound { what: "view" })
    }
}
