//! What a claim of messages costs.

use crate::counted::rows_read;
use chrono::TimeDelta;
use domain::WebhookId;
use sqlx::PgPool;
use store::outbox::{
    Claimed, Mark, Marks, NewMessage, Room, Target, Word, claim, discard, enqueue, hasten, marks,
    rescue,
};
use store::{Scope, Store, Tx};
use testkit::clock;
use testkit::db::TestDatabase;
use testkit::people::People;
use tokio::task::JoinSet;
use uuid::Uuid;

const WAITING: usize = 10_000;
const TAKEN: usize = 50;

/// A burst is there before the database has counted it, so that its planner knows nothing of it.
#[tokio::test]
async fn a_claim_reads_what_it_takes_and_not_what_else_waits() {
    let database = TestDatabase::create().await;
    // One connection, so that what it counts is at hand.
    let store = Store::connect(&database.url(), 1).await.unwrap();
    let people = People::settle(&store, clock::start()).await;
    let admin = testkit::traces::superuser(&database);
    sqlx::raw_sql("alter table erp_outbox set (autovacuum_enabled = false); analyze erp_outbox")
        .execute(&admin)
        .await
        .unwrap();
    queue(&store, &people, endpoint(&admin, &people).await).await;
    let read = rows_read_by_a_claim(&store, &admin).await;
    let most = i64::try_from(TAKEN * 20).unwrap();
    assert!(read > 0, "nothing was counted");
    assert!(read <= most, "{read} rows for {TAKEN} messages");
}

/// A session keeps the plan of its claims, which may be of an hour at which nothing waited.
#[tokio::test]
async fn a_session_that_found_nothing_for_long_reads_of_a_burst_what_it_takes() {
    let database = TestDatabase::create().await;
    let store = Store::connect(&database.url(), 1).await.unwrap();
    let people = People::settle(&store, clock::start()).await;
    let admin = testkit::traces::superuser(&database);
    let told = endpoint(&admin, &people).await;
    queue(&store, &people, told).await;
    for statement in [
        "alter table erp_outbox set (autovacuum_enabled = false)",
        "update erp_outbox set status = 'completed', processed_at = now(), idempotency_key = 'old ' || idempotency_key",
        "vacuum analyze erp_outbox",
    ] {
        sqlx::raw_sql(statement).execute(&admin).await.unwrap();
    }
    let waits = Room {
        lane: format!("webhook:{}", told.0),
        places: Some(TAKEN),
        since: Mark::default(),
    };
    for number in 0..3 {
        let (now, token) = (clock::start(), Uuid::from_u128(number));
        let until = now + TimeDelta::minutes(1);
        let mut tx = store.begin(Scope::System).await.unwrap();
        let rooms = std::slice::from_ref(&waits);
        let claimed = claim(&mut tx, token, 50, rooms, 0, now, until)
            .await
            .unwrap();
        assert!(claimed.is_empty());
        tx.commit().await.unwrap();
    }
    queue(&store, &people, told).await;
    let read = rows_read_by_a_claim(&store, &admin).await;
    let most = i64::try_from(TAKEN * 20).unwrap();
    assert!(read > 0, "nothing was counted");
    assert!(read <= most, "{read} rows for {TAKEN} messages");
    let kept = sqlx::query_scalar::<_, bool>(
        "select generic_plans > 2 and custom_plans = 0 from pg_prepared_statements where statement like 'with systems as%'",
    );
    assert!(kept.fetch_one(store.pool()).await.unwrap(), "planned once");
}

/// A backup's snapshot keeps what was settled in the indexes.
#[tokio::test]
async fn a_claim_does_not_walk_through_what_was_settled_while_a_transaction_stayed_open() {
    let database = TestDatabase::create().await;
    let store = Store::connect(&database.url(), 1).await.unwrap();
    let people = People::settle(&store, clock::start()).await;
    let admin = testkit::traces::superuser(&database);
    queue(&store, &people, endpoint(&admin, &people).await).await;
    let mut open = admin.begin().await.unwrap();
    sqlx::raw_sql(
        "set transaction isolation level repeatable read; select count(*) from erp_outbox",
    )
    .execute(&mut *open)
    .await
    .unwrap();
    let all = room(&admin).await;
    for round in 0..20 {
        settle(
            &admin,
            "seq <= (select min(seq) + 399 from erp_outbox where status = 'pending')",
        )
        .await;
        let mut tx = store.begin(Scope::System).await.unwrap();
        look(&mut tx, Uuid::from_u128(round), &all, 0).await;
        tx.commit().await.unwrap();
    }
    settle(&admin, "id in (select id from erp_outbox_taken)").await;
    let mut tx = store.begin(Scope::System).await.unwrap();
    let now = clock::start() + TimeDelta::minutes(1);
    let known = marks(&mut tx, &Marks::default(), now).await.unwrap();
    let again = marks(&mut tx, &known, now).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(known, again, "nothing changed");
    let walked = async |marks: Marks, token| {
        let before = entries_walked(&store, &admin).await;
        let mut tx = store.begin(Scope::System).await.unwrap();
        let from = Room {
            since: marks.lanes.get(&all.lane).copied().unwrap_or_default(),
            ..all.clone()
        };
        look(&mut tx, Uuid::from_u128(token), &from, marks.lease).await;
        tx.commit().await.unwrap();
        entries_walked(&store, &admin).await - before
    };
    let everything = walked(Marks::default(), 21).await;
    let marked = walked(known, 22).await;
    let most = i64::try_from(TAKEN * 20).unwrap();
    assert!(everything > 8_000, "{everything} entries are still there");
    assert!(marked <= most, "{marked} entries for {TAKEN} messages");
    open.rollback().await.unwrap();
}

#[tokio::test]
async fn a_lease_behind_ended_ones_is_found_from_its_mark_on() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let people = People::settle(&store, clock::start()).await;
    let admin = testkit::traces::superuser(&database);
    queue(&store, &people, endpoint(&admin, &people).await).await;
    take(&store, &admin, Uuid::from_u128(1)).await;
    settle(&admin, "id in (select id from erp_outbox_taken)").await;
    let held = take(&store, &admin, Uuid::from_u128(2)).await;
    let (late, lane) = (clock::start() + TimeDelta::hours(1), &held[0].lane);
    let mut tx = store.begin(Scope::System).await.unwrap();
    let known = marks(&mut tx, &Marks::default(), late).await.unwrap();
    let first = known.lease;
    assert_eq!(first, held[0].lease);
    assert_eq!(
        known.lanes[lane].due,
        clock::start(),
        "nothing waits before"
    );
    let abandoned = store::outbox::abandoned(&mut tx, first).await.unwrap();
    assert!(abandoned.is_empty(), "its token names no worker");
    let lost = rescue(&mut tx, &[], first, late).await.unwrap();
    assert_eq!(lost.len(), TAKEN);
    tx.rollback().await.unwrap();
}

/// What workers hold of these is accepted.
async fn settle(admin: &PgPool, which: &str) {
    let settled = format!(
        "update erp_outbox set status = 'completed', processed_at = now(), updated_at = now() where {which};
         delete from erp_outbox_leases where not exists
             (select from erp_outbox where status = 'pending' and id = any(ids))"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(settled))
        .execute(admin)
        .await
        .unwrap();
}

/// Entries of the queue's index and of the leases' that claims went through, of what is gone, too.
async fn entries_walked(store: &Store, admin: &PgPool) -> i64 {
    sqlx::raw_sql("select pg_stat_force_next_flush()")
        .execute(store.pool())
        .await
        .unwrap();
    let walked = "select sum(idx_tup_read)::bigint from pg_stat_user_indexes
        where indexrelname in ('erp_outbox_due', 'erp_outbox_leases_pkey')";
    number(admin, walked).await
}

#[tokio::test]
async fn a_claim_writes_a_row_for_a_system_and_none_of_its_messages() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let people = People::settle(&store, clock::start()).await;
    let admin = testkit::traces::superuser(&database);
    queue(&store, &people, endpoint(&admin, &people).await).await;
    let written = "select count(distinct xmin::text) from erp_outbox";
    assert_eq!(number(&admin, written).await, 1, "queued at once");
    take(&store, &admin, Uuid::from_u128(1)).await;
    take(&store, &admin, Uuid::from_u128(2)).await;
    assert_eq!(number(&admin, written).await, 1);
    assert_eq!(
        number(&admin, "select count(*) from erp_outbox_leases").await,
        2
    );
    let held = i64::try_from(2 * TAKEN).unwrap();
    let each = "select count(distinct id) from erp_outbox_taken";
    assert_eq!(number(&admin, each).await, held, "none twice");
}

#[tokio::test]
async fn what_a_worker_holds_is_neither_given_up_nor_put_forward_by_a_person() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let people = People::settle(&store, clock::start()).await;
    let admin = testkit::traces::superuser(&database);
    let told = endpoint(&admin, &people).await;
    queue(&store, &people, told).await;
    let held = take(&store, &admin, Uuid::from_u128(1)).await[0].id;
    let waits: Uuid = sqlx::query_scalar(
        "select id from erp_outbox where id not in (select id from erp_outbox_taken) limit 1",
    )
    .fetch_one(&admin)
    .await
    .unwrap();
    let word = Word {
        company: people.company,
        by: "Ana",
        reason: "It is not wanted.",
        at: clock::start(),
    };
    let scope = Scope::Company(people.company);
    for (id, moves) in [(held, false), (waits, true)] {
        let mut tx = store.begin(scope).await.unwrap();
        assert_eq!(hasten(&mut tx, id, word).await.unwrap(), moves);
        assert_eq!(discard(&mut tx, id, word).await.unwrap(), moves);
        tx.commit().await.unwrap();
    }
    let mut tx = store.begin(scope).await.unwrap();
    let gone = store::webhooks::delete(&mut tx, people.company, told, "Ana", "", clock::start());
    assert!(gone.await.unwrap().1, "one is being sent");
}

/// Both look at the same queue: without waiting for one another they would take the same messages.
#[tokio::test]
async fn a_claim_waits_for_the_one_before_and_takes_none_of_its_messages() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let people = People::settle(&store, clock::start()).await;
    let admin = testkit::traces::superuser(&database);
    queue(&store, &people, endpoint(&admin, &people).await).await;
    let room = room(&admin).await;
    let mut first = store.begin(Scope::System).await.unwrap();
    let taken = look(&mut first, Uuid::from_u128(1), &room, 0).await;
    let mut hands = JoinSet::new();
    hands.spawn({
        let store = store.clone();
        async move {
            let mut second = store.begin(Scope::System).await.unwrap();
            let taken = look(&mut second, Uuid::from_u128(2), &room, 0).await;
            second.commit().await.unwrap();
            taken
        }
    });
    somebody_waits(&admin).await;
    first.commit().await.unwrap();
    let mut ids: Vec<Uuid> = taken
        .into_iter()
        .chain(hands.join_all().await.remove(0))
        .map(|m| m.id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2 * TAKEN);
}

/// The worker has read the message as one that waits.
#[tokio::test]
async fn what_is_being_claimed_is_not_given_up_at_the_same_moment() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let people = People::settle(&store, clock::start()).await;
    let admin = testkit::traces::superuser(&database);
    let told = endpoint(&admin, &people).await;
    queue(&store, &people, told).await;
    let mut claiming = store.begin(Scope::System).await.unwrap();
    let room = room(&admin).await;
    let taken = look(&mut claiming, Uuid::from_u128(1), &room, 0).await[0].id;
    let (company, at) = (people.company, clock::start());
    let mut hands = JoinSet::new();
    hands.spawn({
        let store = store.clone();
        async move {
            let mut tx = store.begin(Scope::Company(company)).await.unwrap();
            let (by, reason) = ("Ana", "It is not wanted.");
            let word = Word {
                company,
                by,
                reason,
                at,
            };
            let one = discard(&mut tx, taken, word).await.unwrap();
            tx.commit().await.unwrap();
            let mut tx = store.begin(Scope::Company(company)).await.unwrap();
            let all = store::webhooks::delete(&mut tx, company, told, by, reason, at).await;
            (one, all.unwrap().1)
        }
    });
    somebody_waits(&admin).await;
    claiming.commit().await.unwrap();
    let (given_up, sending) = hands.join_all().await[0];
    assert_eq!((given_up, sending), (false, true));
}

async fn somebody_waits(admin: &PgPool) {
    let waits = "select count(*) from pg_locks l join pg_database d on d.oid = l.database
        where d.datname = current_database() and l.locktype = 'advisory' and not l.granted";
    while number(admin, waits).await == 0 {
        tokio::task::yield_now().await;
    }
}

/// Messages have no foreign key to where they go, which would lock that row for everybody who queues.
#[tokio::test]
async fn a_system_that_messages_tell_of_cannot_be_deleted() {
    let database = TestDatabase::create().await;
    let store = database.store();
    let people = People::settle(&store, clock::start()).await;
    let admin = testkit::traces::superuser(&database);
    let (told, idle) = (
        endpoint(&admin, &people).await,
        endpoint(&admin, &people).await,
    );
    queue(&store, &people, told).await;
    let delete = async |id: WebhookId| {
        let gone = sqlx::query("delete from webhook_endpoints where id = $1");
        gone.bind(id.0).execute(&admin).await
    };
    let refused = delete(told).await.unwrap_err().to_string();
    assert!(refused.contains("switch it off instead"), "{refused}");
    assert_eq!(delete(idle).await.unwrap().rows_affected(), 1);
}

async fn endpoint(admin: &PgPool, people: &People) -> WebhookId {
    let id = sqlx::query_scalar(
        "insert into webhook_endpoints (company_id, name, url, events, secret, active, created_at, created_by, updated_at)
         values ($1, 'Told ' || gen_random_uuid(), 'https://told.example.invalid', '{}', '', true, now(), 'Ana', now()) returning id",
    );
    WebhookId(id.bind(people.company.0).fetch_one(admin).await.unwrap())
}

async fn queue(store: &Store, people: &People, endpoint: WebhookId) {
    let message = |number: usize| NewMessage {
        idempotency_key: format!("message {number}"),
        event_type: "document.finished".to_owned(),
        target: Target::Webhook(endpoint),
        // Two of each document.
        aggregate_key: format!("document:{}", number / 2),
        payload: serde_json::json!({}),
        payload_hash: number.to_be_bytes().to_vec(),
        max_attempts: 5,
        correlation_id: None,
        document: None,
    };
    let messages: Vec<_> = (0..WAITING).map(message).collect();
    let mut tx = store.begin(Scope::Company(people.company)).await.unwrap();
    enqueue(&mut tx, people.company, &messages, clock::start())
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// Rows of the queue that a claim touched, as its connection counted them.
async fn rows_read_by_a_claim(store: &Store, admin: &PgPool) -> i64 {
    let before = rows_read(store, admin).await;
    take(store, admin, Uuid::from_u128(1)).await;
    rows_read(store, admin).await - before
}

/// Claims as many as are taken at once.
async fn take(store: &Store, admin: &PgPool, token: Uuid) -> Vec<Claimed> {
    let room = room(admin).await;
    let mut tx = store.begin(Scope::System).await.unwrap();
    let claimed = look(&mut tx, token, &room, 0).await;
    tx.commit().await.unwrap();
    claimed
}

async fn look(tx: &mut Tx, token: Uuid, room: &Room, since: i64) -> Vec<Claimed> {
    let now = clock::start() + TimeDelta::minutes(1);
    let (limit, until) = (i64::try_from(TAKEN).unwrap(), now + TimeDelta::minutes(1));
    let rooms = std::slice::from_ref(room);
    let claimed = claim(tx, token, limit, rooms, since, now, until).await;
    let claimed = claimed.unwrap();
    assert_eq!(claimed.len(), TAKEN);
    claimed
}

/// Without a word of this lane a node has few places for it.
async fn room(admin: &PgPool) -> Room {
    let lane = sqlx::query_scalar("select lane from erp_outbox limit 1");
    Room {
        lane: lane.fetch_one(admin).await.unwrap(),
        places: Some(TAKEN),
        since: Mark::default(),
    }
}

async fn number(admin: &PgPool, query: &'static str) -> i64 {
    sqlx::query_scalar(query).fetch_one(admin).await.unwrap()
}
