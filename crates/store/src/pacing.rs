//! `pacing_slots`: when an upstream account may be called next.

use crate::{Result, Store};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// What came of asking for an account's turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It was taken: call now.
    Taken {
        /// When the next one begins.
        next_at: DateTime<Utc>,
        /// How much sooner than an interval from the question that is.
        late: Duration,
    },
    /// It has not begun. Nothing is kept for who asked: ask again after the wait.
    Later {
        /// When the next one begins.
        next_at: DateTime<Utc>,
        /// How long that is from now.
        wait: Duration,
    },
}

/// Takes an account's turn if it is free now, over all nodes and restarts; the database's clock decides. One that is
/// taken within `leeway` of its beginning does not put off the next one, which begins `interval` after it. A question that
/// waits in the database is judged by when it came: how long the answer took is for the caller to see.
pub async fn take(
    store: &Store,
    account: &str,
    interval: Duration,
    leeway: Duration,
) -> Result<Turn> {
    // Who has to wait writes nothing. Only a clock that was set back makes a turn taken in the future: its wait begins
    // anew, as if it was taken a moment ago.
    let asked = sqlx::query!(
        r#"with asked as (
             insert into pacing_slots as s (account, taken_at, next_at)
             select $1, now(), now() + make_interval(secs => $2)
             where not exists (select from pacing_slots busy
                               where busy.account = $1 and busy.next_at > now()
                                 and busy.taken_at <= clock_timestamp())
             on conflict (account) do update
             set taken_at = case when s.next_at <= now() then now() else now() - interval '1 microsecond' end,
                 next_at = case when s.next_at > now() then now() + (s.next_at - s.taken_at)
                                when s.next_at > now() - make_interval(secs => $3) then s.next_at + make_interval(secs => $2)
                                else now() + make_interval(secs => $2) end
             where s.next_at <= now() or s.taken_at > clock_timestamp()
             returning taken_at = now() as taken, next_at)
           select coalesce(asked.taken, false) as "taken!", coalesce(asked.next_at, s.next_at, now()) as "next_at!",
                  extract(epoch from coalesce(asked.next_at, s.next_at, now()) - now())::float8 as "wait!"
           from (values (1)) one left join asked on true left join pacing_slots s on s.account = $1"#,
        account,
        interval.as_secs_f64(),
        leeway.as_secs_f64(),
    )
    .fetch_one(store.pool())
    .await?;
    let (next_at, wait) = (asked.next_at, Duration::from_secs_f64(asked.wait.max(0.0)));
    Ok(match asked.taken {
        true => Turn::Taken {
            next_at,
            late: interval.saturating_sub(wait),
        },
        false => Turn::Later { next_at, wait },
    })
}

/// Says that the call of a turn, after which the next one was to begin at `next_at`, only starts now: that one begins no
/// sooner than `pause` from now, and it is told when. None when another has it already: this turn is over, and no call may
/// start.
pub async fn started(
    store: &Store,
    account: &str,
    next_at: DateTime<Utc>,
    pause: Duration,
) -> Result<Option<DateTime<Utc>>> {
    let put_off = sqlx::query_scalar!(
        "update pacing_slots set taken_at = now(), next_at = greatest(next_at, now() + make_interval(secs => $3))
         where account = $1 and next_at = $2
         returning next_at",
        account,
        next_at,
        pause.as_secs_f64(),
    )
    .fetch_optional(store.pool())
    .await?;
    Ok(put_off)
}
