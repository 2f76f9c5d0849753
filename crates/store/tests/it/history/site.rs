//! A company whose messages have a random history, the same in every run.

use super::plain::{plain_hour, plain_metrics, plain_status, same_metrics, same_status};
use chrono::{DateTime, TimeDelta, Utc};
use domain::ConnectionId;
use sqlx::PgPool;
use store::Store;
use store::outbox::{differences, fold};
use testkit::clock;
use testkit::db::TestDatabase;
use testkit::people::People;
use testkit::upstream::silent;

pub struct Site {
    pub store: Store,
    pub people: People,
    /// Sees every row.
    pub admin: PgPool,
    /// At `VELE_TEST`, which everybody sees, and at `MALO_TEST`, which only ana and luka see.
    pub connections: [ConnectionId; 2],
    pub endpoint: i64,
    dice: Dice,
    /// Kept until the end, then dropped.
    _database: TestDatabase,
}

/// A stream of choices that is the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: i64) -> i64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        i64::try_from(self.0 >> 33).unwrap() % below
    }
}

impl Site {
    pub async fn new() -> Self {
        let database = TestDatabase::create().await;
        let store = database.store();
        let people = People::settle(&store, clock::start()).await;
        let admin = testkit::traces::superuser(&database);
        let here = silent(&store, &people, clock::start()).await;
        let there = sqlx::query_scalar(
            "insert into connections (company_id, name, kind, warehouse_id, base_url)
             values ($1, 'Other', 'pantheon', $2, 'http://other.example.invalid') returning id",
        )
        .bind(people.company.0)
        .bind(people.other_warehouse.0)
        .fetch_one(&admin)
        .await
        .unwrap();
        let endpoint = sqlx::query_scalar(
            "insert into webhook_endpoints (company_id, name, url, events, secret, active, created_at, created_by, updated_at)
             values ($1, 'Told', 'https://told.example.invalid', '{}', '', true, now(), 'Ana', now()) returning id",
        )
        .bind(people.company.0)
        .fetch_one(&admin)
        .await
        .unwrap();
        Self {
            store,
            people,
            admin,
            connections: [here, ConnectionId(there)],
            endpoint,
            dice: Dice(20_261_128),
            _database: database,
        }
    }

    /// An instant within the ten days before now; half of them within the last two hours.
    fn some_time(&mut self) -> DateTime<Utc> {
        let span = if self.dice.next(2) == 0 {
            7_200
        } else {
            864_000
        };
        let back = TimeDelta::seconds(self.dice.next(span))
            + TimeDelta::microseconds(self.dice.next(1_000_000));
        now() - back
    }

    pub async fn run(&self, statement: &'static str, place: i64, at: DateTime<Utc>) {
        sqlx::query(statement)
            .bind(place)
            .bind(at)
            .execute(&self.admin)
            .await
            .unwrap();
    }

    /// Queues a few messages to one of the four lanes.
    pub async fn queue(&mut self, count: i64) {
        let (lane, at) = (self.dice.next(4), self.some_time());
        let (destination, endpoint, connection) = match lane {
            0 => ("webhook", Some(self.endpoint), None),
            1 => ("email", None, None),
            2 => ("connection", None, Some(self.connections[0].0)),
            _ => ("connection", None, Some(self.connections[1].0)),
        };
        sqlx::query(
            "insert into erp_outbox (company_id, idempotency_key, event_type, destination, endpoint_id, connection_id,
                                     lane, aggregate_key, payload, payload_hash, next_run_at, created_at, updated_at)
             select $1, gen_random_uuid()::text, 'document.result', $2, $3, $4, message_lane($2, $3, $4), 'k' || n, '{}', '', $5, $5, $5
             from generate_series(1, $6) n",
        )
        .bind(self.people.company.0)
        .bind(destination)
        .bind(endpoint)
        .bind(connection)
        .bind(at)
        .bind(count)
        .execute(&self.admin)
        .await
        .unwrap();
    }

    /// One thing that happens to some messages, or to the counts.
    pub async fn act(&mut self) {
        let (place, at) = (self.dice.next(5), self.some_time());
        match self.dice.next(10) {
            0..=2 => {
                let count = 1 + self.dice.next(6);
                self.queue(count).await;
            }
            3 => self.run(TAKE, place, at).await,
            4 | 5 => self.run(ACCEPT, place, at).await,
            6 => self.run(GIVE_UP, place, at).await,
            7 => self.run(RETRY, place, at).await,
            8 => self.run(DISCARD, place, at).await,
            _ => {
                fold(&self.store, 1 + self.dice.next(40)).await.unwrap();
            }
        }
    }

    /// Sees to it that some were accepted and some given up within the last second.
    pub async fn end_some(&mut self) {
        for _ in 0..10 {
            self.queue(10).await;
        }
        for place in 0..5 {
            self.run(TAKE, place, now()).await;
        }
        self.run(GIVE_UP, 0, now()).await;
        self.run(ACCEPT, 0, now()).await;
    }

    pub async fn check(&self) {
        for caller in [&self.people.ana, &self.people.marko, &self.people.stranger] {
            let status = store::erp::status(&self.store, caller).await.unwrap();
            same_status(&status, &plain_status(&self.admin, caller).await);
            for hours in [1, 24, 168] {
                let metrics = store::erp::metrics(&self.store, caller, hours, now()).await;
                let plain = plain_metrics(&self.admin, caller, hours).await;
                same_metrics(&metrics.unwrap(), &plain);
            }
        }
        let ana = &self.people.ana;
        let figures = store::outbox::figures(&self.store, ana, now())
            .await
            .unwrap();
        let plain = plain_hour(&self.admin, ana).await;
        assert_eq!(
            (figures.delivered_last_hour, figures.arrived_last_hour),
            plain
        );
        assert_eq!(differences(&self.store, every_minute()).await.unwrap(), 0);
    }

    pub async fn check_without_old_minutes(&self) {
        for hours in [1, 168] {
            let metrics = store::erp::metrics(&self.store, &self.people.ana, hours, now()).await;
            let plain = plain_metrics(&self.admin, &self.people.ana, hours).await;
            same_metrics(&metrics.unwrap(), &plain);
        }
        let minutes = now() - TimeDelta::days(8);
        assert_eq!(differences(&self.store, minutes).await.unwrap(), 0);
    }
}

/// Some minutes, seconds and a fraction past the hour, so that a period begins and ends within a minute.
pub fn now() -> DateTime<Utc> {
    clock::start() + TimeDelta::milliseconds(1_234_567)
}

pub fn every_minute() -> DateTime<Utc> {
    now() - TimeDelta::days(400)
}

pub const TAKE: &str =
    "insert into erp_outbox_leases (token, company_id, lane, ids, seqs, taken_at, lease_until)
     select gen_random_uuid(), company_id, lane, array[id], array[seq], $2, $2 from erp_outbox
     where status = 'pending' and seq % 5 = $1 and seq not in (select seq from erp_outbox_taken)";
const ACCEPT: &str =
    "with ended as (delete from erp_outbox_leases where seqs[1] % 5 <> $1 returning ids[1] as id, taken_at)
     update erp_outbox o set status = 'completed', attempts = (seq % 7)::int / 3, processing_started_at = ended.taken_at,
         processed_at = $2, updated_at = $2
     from ended where o.id = ended.id";
const GIVE_UP: &str =
    "with ended as (delete from erp_outbox_leases where seqs[1] % 5 = $1 returning ids[1] as id)
     update erp_outbox o set status = 'dead', attempts = 1 + (seq % 3)::int, updated_at = $2
     from ended where o.id = ended.id";
const RETRY: &str = "update erp_outbox set status = 'pending', attempts = 0, updated_at = $2
     where status = 'dead' and seq % 5 = $1";
const DISCARD: &str =
    "update erp_outbox set status = 'discarded', processed_at = $2, updated_at = $2
     where status in ('dead', 'pending') and seq % 5 = $1 and seq % 3 = 0
       and seq not in (select seq from erp_outbox_taken)";
