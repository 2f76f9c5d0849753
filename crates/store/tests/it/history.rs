//! Counts of messages equal the kept rows, whatever happens to them and however much of it is folded.

use chrono::{DateTime, TimeDelta, Utc};
use domain::ConnectionId;
use domain::erp::{ErpMetrics, ErpStatus};
use domain::outbox::MessageState;
use domain::user::Caller;
use sqlx::{PgPool, Row as _};
use store::Store;
use store::outbox::{Filter, differences, fold, prune, prune_sums, rebuild_sums};
use testkit::clock;
use testkit::db::TestDatabase;
use testkit::people::People;
use testkit::upstream::silent;
use uuid::Uuid;

/// Acts of a random history.
const ACTS: usize = 400;

struct Site {
    store: Store,
    people: People,
    /// Sees every row.
    admin: PgPool,
    /// At `VELE_TEST`, which everybody sees, and at `MALO_TEST`, which only ana and luka see.
    connections: [ConnectionId; 2],
    endpoint: i64,
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
    async fn new() -> Self {
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

    async fn run(&self, statement: &'static str, place: i64, at: DateTime<Utc>) {
        sqlx::query(statement)
            .bind(place)
            .bind(at)
            .execute(&self.admin)
            .await
            .unwrap();
    }

    /// Queues a few messages to one of the four lanes.
    async fn queue(&mut self, count: i64) {
        let (lane, at) = (self.dice.next(4), self.some_time());
        let (destination, endpoint, connection) = match lane {
            0 => ("webhook", Some(self.endpoint), None),
            1 => ("email", None, None),
            2 => ("connection", None, Some(self.connections[0].0)),
            _ => ("connection", None, Some(self.connections[1].0)),
        };
        sqlx::query(
            "insert into erp_outbox (company_id, idempotency_key, event_type, destination, endpoint_id, connection_id,
                                     aggregate_key, payload, payload_hash, next_run_at, created_at, updated_at)
             select $1, gen_random_uuid()::text, 'document.result', $2, $3, $4, 'k' || n, '{}', '', $5, $5, $5
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
    async fn act(&mut self) {
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
    async fn end_some(&mut self) {
        for _ in 0..10 {
            self.queue(10).await;
        }
        for place in 0..5 {
            self.run(TAKE, place, now()).await;
        }
        self.run(GIVE_UP, 0, now()).await;
        self.run(ACCEPT, 0, now()).await;
    }

    async fn check(&self) {
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
}

/// Some minutes, seconds and a fraction past the hour, so that a period begins and ends within a minute.
fn now() -> DateTime<Utc> {
    clock::start() + TimeDelta::milliseconds(1_234_567)
}

fn every_minute() -> DateTime<Utc> {
    now() - TimeDelta::days(400)
}

const TAKE: &str = "update erp_outbox set status = 'in_progress', lease_token = gen_random_uuid(), lease_until = $2,
     processing_started_at = $2, updated_at = $2 where status = 'pending' and seq % 5 = $1";
const ACCEPT: &str = "update erp_outbox set status = 'completed', lease_token = null, lease_until = null,
     attempts = (seq % 7)::int / 3, processed_at = $2, updated_at = $2 where status = 'in_progress' and seq % 5 <> $1";
const GIVE_UP: &str =
    "update erp_outbox set status = 'dead', lease_token = null, lease_until = null,
     attempts = 1 + (seq % 3)::int, updated_at = $2 where status = 'in_progress' and seq % 5 = $1";
const RETRY: &str = "update erp_outbox set status = 'pending', attempts = 0, updated_at = $2
     where status = 'dead' and seq % 5 = $1";
const DISCARD: &str =
    "update erp_outbox set status = 'discarded', processed_at = $2, updated_at = $2
     where status in ('dead', 'pending') and seq % 5 = $1 and seq % 3 = 0";

#[tokio::test]
async fn status_and_metrics_equal_a_plain_recount_after_any_history() {
    let mut site = Site::new().await;
    for number in 0..ACTS {
        site.act().await;
        if number % 40 == 39 {
            site.check().await;
        }
    }
    site.end_some().await;
    site.check().await;
    while fold(&site.store, 50).await.unwrap() > 0 {}
    site.check().await;
    let metrics = store::erp::metrics(&site.store, &site.people.ana, 168, now()).await;
    let metrics = metrics.unwrap();
    assert!(
        metrics.total_succeeded > 20 && metrics.total_failed > 0,
        "{metrics:?}"
    );
    assert!(metrics.retry_metrics.total_retries > 0, "{metrics:?}");
}

#[tokio::test]
async fn what_is_pruned_leaves_the_counts_and_what_is_kept_stays_in_them() {
    let mut site = Site::new().await;
    for _ in 0..150 {
        site.act().await;
    }
    let kept = now() - TimeDelta::days(2);
    assert!(
        prune(&site.store, kept).await.unwrap() > 0,
        "something was old"
    );
    site.check().await;
    while fold(&site.store, 1_000).await.unwrap() > 0 {}
    prune_sums(&site.store, now() - TimeDelta::days(8))
        .await
        .unwrap();
    site.check_without_old_minutes().await;
    prune(&site.store, now() + TimeDelta::days(1))
        .await
        .unwrap();
    while fold(&site.store, 1_000).await.unwrap() > 0 {}
    prune_sums(&site.store, now() - TimeDelta::days(8))
        .await
        .unwrap();
    let left: i64 = sqlx::query_scalar("select count(*) from erp_outbox_sums")
        .fetch_one(&site.admin)
        .await
        .unwrap();
    assert_eq!(left, 0, "nothing is counted of what is gone");
    let status = store::erp::status(&site.store, &site.people.ana).await;
    assert_eq!(status.unwrap().completed_count, 0);
}

impl Site {
    async fn check_without_old_minutes(&self) {
        for hours in [1, 168] {
            let metrics = store::erp::metrics(&self.store, &self.people.ana, hours, now()).await;
            let plain = plain_metrics(&self.admin, &self.people.ana, hours).await;
            same_metrics(&metrics.unwrap(), &plain);
        }
        let minutes = now() - TimeDelta::days(8);
        assert_eq!(differences(&self.store, minutes).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn counts_that_differ_are_found_and_made_what_the_rows_say() {
    let mut site = Site::new().await;
    for _ in 0..150 {
        site.act().await;
    }
    fold(&site.store, 1_000).await.unwrap();
    sqlx::query("update erp_outbox_sums set completed = completed + 1 where grain = 'ever'")
        .execute(&site.admin)
        .await
        .unwrap();
    assert!(differences(&site.store, every_minute()).await.unwrap() > 0);
    assert!(rebuild_sums(&site.store, every_minute()).await.unwrap() > 0);
    site.check().await;
}

#[tokio::test]
async fn a_batch_of_acknowledgements_appends_a_row_per_lane_and_minute_and_a_claim_none() {
    let mut site = Site::new().await;
    for _ in 0..30 {
        site.queue(10).await;
    }
    let at = now();
    for place in 0..5 {
        site.run(TAKE, place, at).await;
    }
    assert_eq!(deltas(&site).await, (0, 0), "nothing has ended");
    site.run(
        "update erp_outbox set status = 'completed', lease_token = null, lease_until = null,
             created_at = $2, processed_at = $2 where seq > $1",
        0,
        at,
    )
    .await;
    let (rows, completed) = deltas(&site).await;
    assert_eq!(completed, 300);
    assert!(rows <= 4, "one per lane: {rows}");
}

/// Rows and accepted messages in what is not folded.
async fn deltas(site: &Site) -> (i64, i64) {
    let row =
        sqlx::query("select count(*), coalesce(sum(completed), 0)::bigint from erp_outbox_deltas")
            .fetch_one(&site.admin)
            .await
            .unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn every_filter_of_the_deliveries_turns_all_pages_and_meets_each_message_once() {
    let mut site = Site::new().await;
    for _ in 0..200 {
        site.act().await;
    }
    let [here, there] = site.connections;
    let mut filters = vec![Filter::default()];
    for state in [
        MessageState::Pending,
        MessageState::InProgress,
        MessageState::Completed,
        MessageState::Dead,
        MessageState::Discarded,
    ] {
        let state = Some(state);
        filters.push(Filter {
            state,
            ..Filter::default()
        });
        filters.push(Filter {
            state,
            connection: Some(here),
            ..Filter::default()
        });
        filters.push(Filter {
            state,
            endpoint: Some(domain::WebhookId(site.endpoint)),
            ..Filter::default()
        });
    }
    filters.push(Filter {
        connection: Some(there),
        ..Filter::default()
    });
    for caller in [&site.people.ana, &site.people.marko, &site.people.stranger] {
        for filter in &filters {
            let listed = turned(&site.store, caller, *filter).await;
            assert_eq!(
                listed,
                plain_list(&site.admin, caller, *filter).await,
                "{filter:?}"
            );
        }
    }
}

/// All pages of seven rows.
async fn turned(store: &Store, caller: &Caller, filter: Filter) -> Vec<Uuid> {
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let page = store::outbox::list(store, caller, filter, cursor.as_ref(), 7).await;
        let page = page.unwrap();
        ids.extend(page.rows.iter().map(|row| row.id));
        cursor = page.next;
        if cursor.is_none() {
            return ids;
        }
    }
}

async fn plain_list(admin: &PgPool, caller: &Caller, filter: Filter) -> Vec<Uuid> {
    sqlx::query_scalar(
        "select o.id from erp_outbox o
         left join connections c on c.id = o.connection_id
         where o.company_id = $1 and (o.connection_id is null or c.warehouse_id = any($2))
           and ($3::bigint is null or o.endpoint_id = $3) and ($4::bigint is null or o.connection_id = $4)
           and ($5::text is null or o.status = $5)
         order by o.seq desc",
    )
    .bind(caller.company_id.0)
    .bind(sites(caller))
    .bind(filter.endpoint.map(|id| id.0))
    .bind(filter.connection.map(|id| id.0))
    .bind(filter.state.map(MessageState::as_str))
    .fetch_all(admin)
    .await
    .unwrap()
}

fn sites(caller: &Caller) -> Vec<i64> {
    caller.warehouses.iter().map(|id| id.0).collect()
}

/// Pending, in progress, completed, dead; oldest and newest pending.
type PlainStatus = (
    i64,
    i64,
    i64,
    i64,
    Option<DateTime<Utc>>,
    Option<DateTime<Utc>>,
);

async fn plain_status(admin: &PgPool, caller: &Caller) -> PlainStatus {
    sqlx::query_as(
        "select count(*) filter (where status = 'pending'), count(*) filter (where status = 'in_progress'),
                count(*) filter (where status = 'completed'), count(*) filter (where status = 'dead'),
                min(o.created_at) filter (where status = 'pending'), max(o.created_at) filter (where status = 'pending')
         from erp_outbox o join connections c on c.id = o.connection_id
         where o.company_id = $1 and c.warehouse_id = any($2)",
    )
    .bind(caller.company_id.0)
    .bind(sites(caller))
    .fetch_one(admin)
    .await
    .unwrap()
}

fn same_status(status: &ErpStatus, plain: &PlainStatus) {
    let counted = (
        status.pending_count,
        status.in_progress_count,
        status.completed_count,
        status.dead_count,
        status.oldest_pending_at,
        status.newest_pending_at,
    );
    assert_eq!(&counted, plain);
}

/// Accepted, dead, retries, sagas with retries, most retries, the saga with the most, seconds on average.
type PlainMetrics = (i64, i64, i64, i64, i64, Option<Uuid>, f64);

async fn plain_metrics(admin: &PgPool, caller: &Caller, hours: i64) -> PlainMetrics {
    sqlx::query_as(
        "with ended as (
             select o.saga_id, o.status = 'completed' as succeeded,
                    case o.status when 'completed' then o.attempts else greatest(o.attempts - 1, 0) end as retries,
                    case o.status when 'completed' then o.processed_at else o.updated_at end as ended_at,
                    extract(epoch from o.processed_at - o.processing_started_at)::float8 as latency
             from erp_outbox o join connections c on c.id = o.connection_id
             where o.company_id = $1 and c.warehouse_id = any($2) and o.status in ('completed', 'dead'))
         select count(*) filter (where succeeded), count(*) filter (where not succeeded),
                coalesce(sum(retries), 0)::bigint, count(*) filter (where retries > 0),
                coalesce(max(retries), 0)::bigint,
                (array_agg(saga_id order by retries desc, ended_at desc, saga_id) filter (where retries > 0))[1],
                coalesce(avg(latency) filter (where succeeded), 0)::float8
         from ended where ended_at >= $3 and ended_at <= $4",
    )
    .bind(caller.company_id.0)
    .bind(sites(caller))
    .bind(now() - TimeDelta::hours(hours))
    .bind(now())
    .fetch_one(admin)
    .await
    .unwrap()
}

fn same_metrics(metrics: &ErpMetrics, plain: &PlainMetrics) {
    let retries = &metrics.retry_metrics;
    let counted = (
        metrics.total_succeeded,
        metrics.total_failed,
        retries.total_retries,
        retries.sagas_with_retries,
        retries.max_retries_count,
        retries.max_retries_saga_id,
    );
    assert_eq!(
        counted,
        (plain.0, plain.1, plain.2, plain.3, plain.4, plain.5)
    );
    assert_eq!(metrics.total_processed, plain.0 + plain.1);
    let off = (metrics.avg_latency_seconds - plain.6).abs();
    assert!(
        off <= 1e-9 * plain.6.abs().max(1.0),
        "{} is not {}",
        metrics.avg_latency_seconds,
        plain.6
    );
}

/// Accepted and queued since the beginning of the minute an hour ago.
async fn plain_hour(admin: &PgPool, caller: &Caller) -> (i64, i64) {
    sqlx::query_as(
        "select count(*) filter (where status = 'completed' and processed_at >= date_trunc('minute', $2::timestamptz)),
                count(*) filter (where created_at >= date_trunc('minute', $2::timestamptz))
         from erp_outbox where company_id = $1",
    )
    .bind(caller.company_id.0)
    .bind(now() - TimeDelta::hours(1))
    .fetch_one(admin)
    .await
    .unwrap()
}
