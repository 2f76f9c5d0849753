//! `screens`, `screen_pairings`.

use crate::error::word;
use crate::{Error, Result, Scope, Store, Tx};
use chrono::{DateTime, Utc};
use domain::screen::{BoardKind, Naming, Screen, ScreenPlan};
use domain::user::Caller;
use domain::{CompanyId, ScreenId, UserId, WarehouseId};

/// Screens of a company that are listed.
const MOST: i64 = 200;

struct Row {
    id: i64,
    warehouse_id: i64,
    warehouse: String,
    name: String,
    boards: Vec<String>,
    rotate_seconds: i32,
    names: String,
    colours: String,
    paired_at: DateTime<Utc>,
    paired_by: String,
    last_seen_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl TryFrom<Row> for Screen {
    type Error = Error;
    fn try_from(row: Row) -> Result<Self> {
        let boards = row
            .boards
            .iter()
            .map(|board| word::<BoardKind>("screens", "boards", board))
            .collect::<Result<_>>()?;
        Ok(Self {
            id: ScreenId(row.id),
            plan: ScreenPlan {
                name: row.name,
                warehouse_id: WarehouseId(row.warehouse_id),
                boards,
                rotate_seconds: row.rotate_seconds,
                names: word("screens", "names", &row.names)?,
                colours: word("screens", "colours", &row.colours)?,
            },
            warehouse: row.warehouse,
            paired_at: row.paired_at,
            paired_by: row.paired_by,
            last_seen_at: row.last_seen_at,
            revoked_at: row.revoked_at,
        })
    }
}

macro_rules! select_screens {
    ($rest:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            Row,
            r#"select s.id, s.warehouse_id, w.name as warehouse, s.name, s.boards, s.rotate_seconds, s.names, s.colours,
                      s.paired_at, s.paired_by, s.revoked_at,
                      (select max(x.last_seen_at) from sessions x where x.user_id = s.user_id) as last_seen_at
               from screens s
               join warehouses w on w.id = s.warehouse_id "# + $rest
            $(, $argument)*
        )
    };
}

/// The screens of the caller's sites, those in use first.
pub async fn list(store: &Store, caller: &Caller) -> Result<Vec<Screen>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let rows = select_screens!(
        "where s.company_id = $1 and s.warehouse_id = any($2)
         order by s.revoked_at is not null, s.name, s.id
         limit $3",
        caller.company_id.0,
        &caller.warehouse_ids(),
        MOST,
    )
    .fetch_all(tx.conn())
    .await?;
    rows.into_iter().map(Screen::try_from).collect()
}

/// A screen of the caller's sites.
pub async fn get(tx: &mut Tx, caller: &Caller, id: ScreenId) -> Result<Screen> {
    let row = select_screens!(
        "where s.company_id = $1 and s.warehouse_id = any($2) and s.id = $3",
        caller.company_id.0,
        &caller.warehouse_ids(),
        id.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.ok_or(Error::NotFound { what: "screen" })?.try_into()
}

/// The screen that acts as this login; none when it is a person's.
pub async fn of_user(store: &Store, caller: &Caller) -> Result<Option<Screen>> {
    let mut tx = store.begin(Scope::from(caller)).await?;
    let row = select_screens!(
        "where s.company_id = $1 and s.user_id = $2 and s.revoked_at is null",
        caller.company_id.0,
        caller.user_id.0,
    )
    .fetch_optional(tx.conn())
    .await?;
    row.map(Screen::try_from).transpose()
}

/// How people are named to this caller: as its screen may, by name to people.
pub(crate) async fn naming(tx: &mut Tx, caller: &Caller) -> Result<Naming> {
    let names = sqlx::query_scalar!(
        "select names from screens where user_id = $1",
        caller.user_id.0
    )
    .fetch_optional(tx.conn())
    .await?;
    names.map_or(Ok(Naming::Full), |names| word("screens", "names", &names))
}

/// Screens that wait with a code that is still good: everywhere, and in one network.
pub async fn waiting(tx: &mut Tx, source: &str, now: DateTime<Utc>) -> Result<(i64, i64)> {
    let waiting = sqlx::query!(
        r#"select count(*) as "all!", count(*) filter (where source = $2) as "here!"
           from screen_pairings where expires_at > $1"#,
        now,
        source,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok((waiting.all, waiting.here))
}

/// Keeps a code; one that is in use is taken.
pub async fn add_pairing(
    tx: &mut Tx,
    code: &str,
    secret_hash: &[u8],
    source: &str,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    sqlx::query!(
        "delete from screen_pairings where code = $1 and expires_at <= $2",
        code,
        now
    )
    .execute(tx.conn())
    .await?;
    sqlx::query!(
        "insert into screen_pairings (code, secret_hash, created_at, expires_at, source) values ($1, $2, $3, $4, $5)",
        code,
        secret_hash,
        now,
        expires_at,
        source,
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Gives a waiting code to a screen's login; false when no such code waits.
pub async fn give_code(tx: &mut Tx, code: &str, user: UserId, now: DateTime<Utc>) -> Result<bool> {
    let given = sqlx::query!(
        "update screen_pairings set user_id = $2 where code = $1 and expires_at > $3 and user_id is null",
        code,
        user.0,
        now,
    )
    .execute(tx.conn())
    .await?;
    Ok(given.rows_affected() == 1)
}

/// What became of a code: none when it is over, else the login it was given to.
pub async fn find_pairing(
    store: &Store,
    secret_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<Option<UserId>>> {
    let mut tx = store.begin(Scope::System).await?;
    let row = sqlx::query!(
        "select user_id from screen_pairings where secret_hash = $1 and expires_at > $2",
        secret_hash,
        now,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|row| row.user_id.map(UserId)))
}

/// Adds a screen.
pub async fn create(
    tx: &mut Tx,
    company: CompanyId,
    user: UserId,
    plan: &ScreenPlan,
    by: &str,
    at: DateTime<Utc>,
) -> Result<ScreenId> {
    let id = sqlx::query_scalar!(
        "insert into screens (company_id, warehouse_id, user_id, name, boards, rotate_seconds, names, paired_at, paired_by, colours)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id",
        company.0,
        plan.warehouse_id.0,
        user.0,
        plan.name.trim(),
        &words(plan),
        plan.rotate_seconds,
        plan.names.as_str(),
        at,
        by,
        plan.colours.as_str(),
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(ScreenId(id))
}

fn words(plan: &ScreenPlan) -> Vec<String> {
    let words = plan.boards.iter().map(|board| board.as_str().to_owned());
    words.collect()
}

/// Changes what a screen shows; its site stays.
pub async fn update(tx: &mut Tx, id: ScreenId, plan: &ScreenPlan) -> Result<()> {
    sqlx::query!(
        "update screens set name = $2, boards = $3, rotate_seconds = $4, names = $5, colours = $6 where id = $1",
        id.0,
        plan.name.trim(),
        &words(plan),
        plan.rotate_seconds,
        plan.names.as_str(),
        plan.colours.as_str(),
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Ends a screen; answers its login, unless it was ended before.
pub async fn revoke(tx: &mut Tx, id: ScreenId, at: DateTime<Utc>) -> Result<Option<UserId>> {
    let user = sqlx::query_scalar!(
        "update screens set revoked_at = $2 where id = $1 and revoked_at is null returning user_id",
        id.0,
        at,
    )
    .fetch_optional(tx.conn())
    .await?;
    Ok(user.map(UserId))
}

/// Forgets codes that are over; returns how many.
pub async fn prune(store: &Store, now: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    let gone = sqlx::query!("delete from screen_pairings where expires_at <= $1", now)
        .execute(tx.conn())
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected())
}
