//! Counts of ended messages: `erp_outbox_sums` and what is not folded into them yet.
//!
//! What a message contributes stands in the database (`message_counts`), and triggers append it to
//! `erp_outbox_deltas` in the transaction that ends, changes or prunes the message. Readers add the
//! two, so the counts equal the kept rows at every instant, folded or not.

use crate::{Result, Scope, Store, Tx};
use chrono::{DateTime, TimeDelta, Utc};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;

/// A period cut where the counts are: whole hours in the middle, whole minutes around them, and less
/// than a minute of plain rows at each end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cuts {
    /// The first whole minute.
    pub minutes_from: DateTime<Utc>,
    /// The first whole hour.
    pub hours_from: DateTime<Utc>,
    /// End of the last whole hour.
    pub hours_to: DateTime<Utc>,
    /// End of the last whole minute.
    pub minutes_to: DateTime<Utc>,
}

impl Cuts {
    /// Of a period of at least an hour, so that an hour begins within it.
    pub fn of(from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        Self {
            minutes_from: ceil(from, MINUTE),
            hours_from: ceil(from, HOUR),
            hours_to: floor(to, HOUR),
            minutes_to: floor(to, MINUTE),
        }
    }
}

/// The beginning of that minute, and of the first hour from it on: where counts without an end begin.
pub(crate) fn since(from: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let minute = floor(from, MINUTE);
    (minute, ceil(minute, HOUR))
}

fn floor(at: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    let over = TimeDelta::seconds(at.timestamp().rem_euclid(seconds));
    at - over - TimeDelta::nanoseconds(i64::from(at.timestamp_subsec_nanos()))
}

fn ceil(at: DateTime<Utc>, seconds: i64) -> DateTime<Utc> {
    let floor = floor(at, seconds);
    if floor == at {
        return at;
    }
    floor + TimeDelta::seconds(seconds)
}

/// Folds at most so many deltas of all companies into the sums; returns how many. One transaction: a
/// reader sees each either as a delta or in its sum. Another node at it means nothing to do here.
pub async fn fold(store: &Store, most: i64) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    if !lock_if_free(&mut tx).await? {
        return Ok(0);
    }
    let folded = move_deltas(&mut tx, most).await?;
    tx.commit().await?;
    Ok(folded)
}

async fn lock_if_free(tx: &mut Tx) -> Result<bool> {
    Ok(sqlx::query_scalar!(
        r#"select case when exists (select from erp_outbox_deltas)
                  then pg_try_advisory_xact_lock(hashtextextended('outbox sums', 0)) else false end as "free!""#
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Waits until nobody folds.
async fn lock(tx: &mut Tx) -> Result<()> {
    sqlx::query!(
        r#"select pg_advisory_xact_lock(hashtextextended('outbox sums', 0))::text as "held!""#
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(())
}

async fn move_deltas(tx: &mut Tx, most: i64) -> Result<u64> {
    let folded = sqlx::query_scalar!(
        r#"with taken as (
               delete from erp_outbox_deltas
               where id in (select id from erp_outbox_deltas order by id limit $1)
               returning *),
           put as (
               insert into erp_outbox_sums as s
                   (company_id, grain, bucket, lane, retries, completed, discarded, timed, latency_us, arrived)
               select t.company_id, g.grain,
                      case g.grain when 'minute' then t.bucket
                                   when 'hour' then date_bin('1 hour', t.bucket, timestamptz '2000-01-01 00:00:00+00')
                                   else timestamptz '2000-01-01 00:00:00+00' end,
                      t.lane, t.retries, sum(t.completed), sum(t.discarded), sum(t.timed), sum(t.latency_us),
                      sum(t.arrived)
               from taken t
               cross join (values ('minute'), ('hour'), ('ever')) g (grain)
               group by 1, 2, 3, 4, 5
               on conflict (company_id, grain, bucket, lane, retries) do update set
                   completed = s.completed + excluded.completed,
                   discarded = s.discarded + excluded.discarded,
                   timed = s.timed + excluded.timed,
                   latency_us = s.latency_us + excluded.latency_us,
                   arrived = s.arrived + excluded.arrived)
           select count(*) as "folded!" from taken"#,
        most,
    )
    .fetch_one(tx.conn())
    .await?;
    Ok(u64::try_from(folded).unwrap_or(0))
}

/// Forgets the minutes before that, and sums of which nothing is kept any more. Returns how many went.
pub async fn prune_sums(store: &Store, minutes_before: DateTime<Utc>) -> Result<u64> {
    let mut tx = store.begin(Scope::System).await?;
    lock(&mut tx).await?;
    let gone = sqlx::query!(
        "delete from erp_outbox_sums
         where (grain = 'minute' and bucket < $1)
            or (completed = 0 and discarded = 0 and timed = 0 and latency_us = 0 and arrived = 0)",
        minutes_before,
    )
    .execute(tx.conn())
    .await?
    .rows_affected();
    tx.commit().await?;
    Ok(gone)
}

/// How many parts (a minute, an hour or all of a lane, by retries) differ from the rows; minutes from
/// then on. None ever should; it reads every row.
pub async fn differences(store: &Store, minutes_from: DateTime<Utc>) -> Result<i64> {
    let mut tx = store.begin(Scope::System).await?;
    let count = count_differences(&mut tx, minutes_from).await?;
    tx.rollback().await?;
    Ok(count)
}

async fn count_differences(tx: &mut Tx, minutes_from: DateTime<Utc>) -> Result<i64> {
    Ok(sqlx::query_scalar!(
        r#"with minutes as (
               select o.company_id, o.lane, c.bucket, c.retries, sum(c.completed) as completed,
                      sum(c.discarded) as discarded, sum(c.timed) as timed, sum(c.latency_us) as latency_us,
                      sum(c.arrived) as arrived
               from erp_outbox o
               cross join lateral message_counts(
                   o.status, o.attempts, o.processing_started_at, o.processed_at, o.created_at) c
               group by o.company_id, o.lane, c.bucket, c.retries
               union all
               select company_id, lane, bucket, retries, -completed, -discarded, -timed, -latency_us, -arrived
               from erp_outbox_deltas),
           parts as (
               select m.company_id, g.grain,
                      case g.grain when 'minute' then m.bucket
                                   when 'hour' then date_bin('1 hour', m.bucket, timestamptz '2000-01-01 00:00:00+00')
                                   else timestamptz '2000-01-01 00:00:00+00' end as bucket,
                      m.lane, m.retries, m.completed, m.discarded, m.timed, m.latency_us, m.arrived
               from minutes m
               cross join (values ('minute'), ('hour'), ('ever')) g (grain)
               union all
               select company_id, grain, bucket, lane, retries, -completed, -discarded, -timed, -latency_us, -arrived
               from erp_outbox_sums)
           select count(*) as "count!" from (
               select 1 from parts
               where grain <> 'minute' or bucket >= $1
               group by company_id, grain, bucket, lane, retries
               having (sum(completed), sum(discarded), sum(timed), sum(latency_us), sum(arrived))
                      is distinct from (0, 0, 0, 0, 0)) differing"#,
        minutes_from,
    )
    .fetch_one(tx.conn())
    .await?)
}

/// Makes the counts what the rows say and returns how many parts differed. Work goes on meanwhile: rows
/// and deltas are read in one statement, and nobody folds until it ends.
pub async fn rebuild_sums(store: &Store, minutes_from: DateTime<Utc>) -> Result<i64> {
    let mut tx = store.begin(Scope::System).await?;
    lock(&mut tx).await?;
    let count = count_differences(&mut tx, minutes_from).await?;
    sqlx::query!("delete from erp_outbox_sums")
        .execute(tx.conn())
        .await?;
    sum_up_rows(&mut tx).await?;
    tx.commit().await?;
    Ok(count)
}

/// Deltas that the statement sees are of changes that it sees in the rows.
async fn sum_up_rows(tx: &mut Tx) -> Result<()> {
    sqlx::query!(
        "with known as (delete from erp_outbox_deltas),
         minutes as (
             select o.company_id, o.lane, c.bucket, c.retries, sum(c.completed) as completed,
                    sum(c.discarded) as discarded, sum(c.timed) as timed, sum(c.latency_us) as latency_us,
                    sum(c.arrived) as arrived
             from erp_outbox o
             cross join lateral message_counts(
                 o.status, o.attempts, o.processing_started_at, o.processed_at, o.created_at) c
             group by o.company_id, o.lane, c.bucket, c.retries)
         insert into erp_outbox_sums
             (company_id, grain, bucket, lane, retries, completed, discarded, timed, latency_us, arrived)
         select m.company_id, g.grain,
                case g.grain when 'minute' then m.bucket
                             when 'hour' then date_bin('1 hour', m.bucket, timestamptz '2000-01-01 00:00:00+00')
                             else timestamptz '2000-01-01 00:00:00+00' end,
                m.lane, m.retries, sum(m.completed), sum(m.discarded), sum(m.timed), sum(m.latency_us),
                sum(m.arrived)
         from minutes m
         cross join (values ('minute'), ('hour'), ('ever')) g (grain)
         group by 1, 2, 3, 4, 5"
    )
    .execute(tx.conn())
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_cut_into_whole_hours_whole_minutes_and_less_than_two_minutes_of_rows() {
        let (from, to) = (at("2026-11-28T10:20:30.5Z"), at("2026-11-28T12:20:30.5Z"));
        let cuts = Cuts::of(from, to);
        assert_eq!(cuts.minutes_from, at("2026-11-28T10:21:00Z"));
        assert_eq!(cuts.hours_from, at("2026-11-28T11:00:00Z"));
        assert_eq!(cuts.hours_to, at("2026-11-28T12:00:00Z"));
        assert_eq!(cuts.minutes_to, at("2026-11-28T12:20:00Z"));
    }

    #[test]
    fn an_hour_that_begins_on_the_minute_has_no_rows_at_its_ends() {
        let (from, to) = (at("2026-11-28T10:00:00Z"), at("2026-11-28T11:00:00Z"));
        let cuts = Cuts::of(from, to);
        assert_eq!((cuts.minutes_from, cuts.hours_from), (from, from));
        assert_eq!((cuts.hours_to, cuts.minutes_to), (to, to));
    }

    #[test]
    fn before_1970_hours_begin_on_the_hour_too() {
        let (minute, hour) = since(at("1969-12-31T23:59:59.999Z"));
        assert_eq!(minute, at("1969-12-31T23:59:00Z"));
        assert_eq!(hour, at("1970-01-01T00:00:00Z"));
    }
}
