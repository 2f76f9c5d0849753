//! The program under faults: killed, told to stop in mid-work, on a database without room or with another
//! clock. The long forms are for `scripts/chaos`.

use crate::floor;
use crate::harness::Harness;
use crate::process::{free_port, program, wait};
use chrono::{TimeDelta, Utc};
use domain::ConnectionId;
use domain::push::PushKind;
use operations::connections::Sealing;
use operations::sagas::Command as ErpCommand;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::clock::DatabaseClock;
use simulators::odoo::{Config, Fault, FaultKind, Running, Simulator};
use sqlx::PgPool;
use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use store::Store;
use store::connections::NewConnection;
use testkit::chaos::{Chance, Trial};
use testkit::db::TestDatabase;
use testkit::people::People;
use testkit::traces::{number, superuser};
use testkit::upstream::secret_key;
use uuid::Uuid;

/// Nothing here takes so long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(200);
const OPEN: &str = "select count(*) from erp_outbox where status in ('pending', 'in_progress')";
const HELD: &str = "select count(*) from erp_outbox where status = 'in_progress'";
const COMPLETED: &str = "select count(*) from erp_outbox where status = 'completed'";
const SESSIONS: &str = "select count(*) from pg_stat_activity
    where datname = current_database() and application_name = 'crossdock'";
/// As if half a minute had passed for workers that are gone.
const LEASES_END: &str = "update erp_outbox set lease_until = now() - interval '1 second'
    where status = 'in_progress'";

/// A company whose connection leads to a simulated Odoo, for the program to work for.
struct Site {
    store: Store,
    people: People,
    odoo: Running,
    connection: ConnectionId,
    admin: PgPool,
    folder: tempfile::TempDir,
    address: String,
    // Dropped last: the others still use it.
    database: TestDatabase,
}

impl Site {
    async fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let database = TestDatabase::create().await;
        let store = database.store();
        let people = People::settle(&store, Utc::now()).await;
        let odoo = Simulator::start(Config::default(), ([127, 0, 0, 1], 0).into()).await;
        let odoo = odoo.unwrap();
        let slow = Fault::always(FaultKind::Latency).lasting(Duration::from_millis(10));
        odoo.faults().add(slow);
        let connection = connect(&store, &people, &odoo).await;
        Self {
            admin: superuser(&database),
            store,
            people,
            odoo,
            connection,
            folder: tempfile::tempdir().unwrap(),
            address: format!("127.0.0.1:{}", free_port()),
            database,
        }
    }

    /// The program as a worker.
    fn worker(&self) -> Program {
        let mut command = program(&self.folder);
        command
            .env("DATABASE_URL", self.database.url())
            .env("CROSSDOCK_SECRET_KEY", "5a".repeat(32))
            .env("CROSSDOCK_BIND", &self.address)
            .args(["serve", "--role", "worker"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Program(Some(command.spawn().unwrap()))
    }

    /// Asks for so many sagas, each of as many products as letters.
    async fn ask_for(&self, sagas: usize, letters: &[&str]) {
        for n in 0..sagas {
            let product = |letter: &&str| ErpCommand {
                event_type: PushKind::Product.as_str().to_owned(),
                connection: self.connection,
                payload: json!({ "code": format!("{letter}-{n}"), "name": format!("{letter} {n}") }),
            };
            let steps: Vec<ErpCommand> = letters.iter().map(product).collect();
            let (store, ana, key) = (&self.store, &self.people.ana, format!("saga {n}"));
            operations::sagas::start(store, ana, &key, &steps, Utc::now())
                .await
                .unwrap();
        }
    }

    /// How often a product was made.
    fn made(&self) -> usize {
        let counters = self.odoo.handle.counters();
        let loads = counters.by_method.get("product.product/load");
        usize::try_from(loads.copied().unwrap_or_default()).unwrap()
    }

    /// Products of these letters that are not there, and those there more than once.
    fn amiss(&self, sagas: usize, letters: &[&str]) -> (usize, usize) {
        let mut amiss = (0, 0);
        for n in 0..sagas {
            for letter in letters {
                let domain = json!([["default_code", "=", format!("{letter}-{n}")]]);
                match self.odoo.handle.records("product.product", domain).len() {
                    0 => amiss.0 += 1,
                    1 => {}
                    _ => amiss.1 += 1,
                }
            }
        }
        amiss
    }

    async fn number(&self, query: &'static str) -> i64 {
        number(&self.admin, query).await
    }

    async fn run(&self, statement: &'static str) {
        sqlx::raw_sql(statement).execute(&self.admin).await.unwrap();
    }

    /// Resolves when so many products were made, or nothing is left to do.
    async fn until_made(&self, products: usize) {
        let began = Instant::now();
        while self.made() < products && self.number(OPEN).await > 0 {
            assert!(began.elapsed() < PATIENCE, "{} made", self.made());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    async fn until_none(&self, query: &'static str) {
        let began = Instant::now();
        while self.number(query).await > 0 {
            assert!(began.elapsed() < PATIENCE, "for ever: {query}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn health(&self) -> Option<(StatusCode, String)> {
        let answer = reqwest::get(format!("http://{}/health/db", self.address)).await;
        let answer = answer.ok()?;
        Some((answer.status(), answer.text().await.ok()?))
    }

    /// Resolves with what the health check says once its status is this one.
    async fn until_health(&self, status: StatusCode) -> String {
        let began = Instant::now();
        loop {
            match self.health().await {
                Some((found, text)) if found == status => return text,
                found => assert!(began.elapsed() < PATIENCE, "{found:?}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

async fn connect(store: &Store, people: &People, odoo: &Running) -> ConnectionId {
    let config = odoo.handle.config();
    let secrets = BTreeMap::from([("api_key".to_owned(), config.api_key.clone())]);
    let connection = NewConnection {
        name: "Odoo".to_owned(),
        kind: "odoo".to_owned(),
        warehouse_id: people.warehouse,
        base_url: odoo.url(),
        settings: json!({
            "base_url": odoo.url(), "database": config.database, "username": config.login,
            "rate_per_second": 1000.0,
        }),
        secret_names: vec!["api_key".to_owned()],
    };
    let key = secret_key();
    let sealing = Sealing {
        key: &key,
        nonce: [9; 12],
        secrets: &secrets,
    };
    let company = people.company;
    let id = operations::connections::ensure(store, company, &connection, sealing, Utc::now())
        .await
        .unwrap();
    let kinds = [PushKind::Product.as_str().to_owned()];
    operations::connections::record_push_kinds(store, company, id, &kinds)
        .await
        .unwrap();
    id
}

/// The program at work. Dropped, it is killed at once, whatever it is at.
struct Program(Option<Child>);

impl Program {
    /// Tells it to stop and waits until it has.
    async fn stop(mut self) {
        let child = self.0.take().unwrap();
        let id = child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status();
        assert!(told.unwrap().success());
        assert_eq!(wait(child).await, Some(0));
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[tokio::test]
async fn the_program_killed_at_random_points_loses_and_doubles_nothing() {
    the_program_is_killed(40, 4).await;
}

/// Killed so many times while it works for sagas of two steps.
async fn the_program_is_killed(sagas: usize, kills: usize) {
    let size = format!("{sagas} sagas of 2 steps, {kills} kills");
    let trial = Trial::begin("crossdock serve killed, simulated Odoo", size);
    let mut chance = Chance::of_run();
    let site = Site::open().await;
    site.ask_for(sagas, &["A", "B"]).await;
    for _ in 0..kills {
        let program = site.worker();
        site.until_made(site.made() + 1 + chance.below(6)).await;
        tokio::time::sleep(chance.moment(Duration::from_millis(30))).await;
        drop(program);
        site.until_none(SESSIONS).await;
        site.run(LEASES_END).await;
    }
    let last = site.worker();
    site.until_none(OPEN).await;
    last.stop().await;
    let completed = usize::try_from(site.number(COMPLETED).await).unwrap();
    let (missing, doubled) = site.amiss(sagas, &["A", "B"]);
    trial.end(missing + sagas - completed, doubled);
}

#[tokio::test]
async fn the_program_told_to_stop_in_mid_work_finishes_what_is_on_its_way_and_sends_nothing_again()
{
    the_program_is_told_to_stop(60, 2).await;
}

/// Told to stop so many times while messages are on their way.
async fn the_program_is_told_to_stop(messages: usize, times: usize) {
    let size = format!("{messages} messages, {times} stops");
    let trial = Trial::begin("crossdock serve told to stop", size);
    let mut chance = Chance::of_run();
    let site = Site::open().await;
    site.ask_for(messages, &["A"]).await;
    for _ in 0..times {
        let program = site.worker();
        site.until_made(site.made() + 1 + chance.below(10)).await;
        program.stop().await;
        assert_eq!(site.number(HELD).await, 0, "nothing is left half way");
        let completed = site.number(COMPLETED).await;
        assert_eq!(usize::try_from(completed).unwrap(), site.made());
    }
    let last = site.worker();
    site.until_none(OPEN).await;
    last.stop().await;
    let (missing, doubled) = site.amiss(messages, &["A"]);
    trial.end(missing, doubled + site.made().saturating_sub(messages));
}

#[tokio::test]
async fn the_health_check_says_that_the_disk_is_full_and_the_program_goes_on_once_it_is_not() {
    let site = Site::open().await;
    site.run(FULL).await;
    site.run(
        "create trigger no_room before insert on erp_outbox_attempts for each row execute function no_room()",
    )
    .await;
    site.ask_for(30, &["A"]).await;
    let program = site.worker();
    let said = site.until_health(StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(said, "the database stores nothing: its disk is full\n");
    assert_eq!(site.number(COMPLETED).await, 0);
    site.run("drop trigger no_room on erp_outbox_attempts")
        .await;
    site.until_none(OPEN).await;
    site.until_health(StatusCode::OK).await;
    assert_eq!(site.amiss(30, &["A"]), (0, 0));
    assert_eq!(site.made(), 30, "nothing was sent again");
    program.stop().await;
}

/// A trigger's function that fails as writing to a full disk does.
const FULL: &str = "create function no_room() returns trigger language plpgsql as $$
    begin
        raise exception 'could not extend file: No space left on device' using errcode = '53100';
    end $$";

#[tokio::test]
async fn an_act_that_finds_no_room_is_answered_with_503_and_counts_once_when_it_is_sent_again() {
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("marko").await;
    let admin = server.admin();
    let run = async |statement: &'static str| {
        sqlx::raw_sql(statement).execute(&admin).await.unwrap();
    };
    run(FULL).await;
    run("create trigger no_room before insert on operations for each row execute function no_room()").await;
    let body = floor::pick(&floor, Uuid::new_v4(), "2");
    let send = async || {
        let request = server.request(Method::POST, "/api/v1/operations");
        request
            .bearer_auth(&token)
            .json(&body)
            .send()
            .await
            .unwrap()
    };
    let refused = send().await;
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    let problem: Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "unavailable");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("its disk is full")
    );
    run("drop trigger no_room on operations").await;
    for _ in 0..2 {
        assert_eq!(send().await.status(), StatusCode::OK);
    }
    let luka = server.caller("luka").await;
    let detail = store::documents::get(&server.store, &luka, floor.document).await;
    assert_eq!(detail.unwrap().lines[0].done, 2.into());
}

#[tokio::test]
async fn an_act_sent_many_times_at_once_counts_once_and_is_answered_with_the_same_bytes() {
    an_act_is_sent_many_times_at_once(12).await;
}

async fn an_act_is_sent_many_times_at_once(times: usize) {
    let size = format!("{times} times");
    let trial = Trial::begin("one act sent many times at once", size);
    let server = Harness::start().await;
    let floor = floor::prepare(&server).await;
    let token = server.access_token("marko").await;
    let body = floor::pick(&floor, Uuid::new_v4(), "2");
    let all = (0..times).map(|_| until_taken(&server, &token, &body));
    let answers = futures::future::join_all(all).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let luka = server.caller("luka").await;
    let detail = store::documents::get(&server.store, &luka, floor.document).await;
    let once = detail.unwrap().lines[0].done == 2.into();
    trial.end(0, usize::from(!once));
}

/// Sends an act until it is taken, and answers what was said then.
async fn until_taken(server: &Harness, token: &str, body: &Value) -> Vec<u8> {
    let again = [
        StatusCode::CONFLICT,
        StatusCode::TOO_MANY_REQUESTS,
        StatusCode::SERVICE_UNAVAILABLE,
    ];
    loop {
        let request = server.request(Method::POST, "/api/v1/operations");
        let answer = request.bearer_auth(token).json(body).send().await.unwrap();
        if answer.status() == StatusCode::OK {
            return answer.bytes().await.unwrap().to_vec();
        }
        assert!(again.contains(&answer.status()), "{}", answer.status());
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn nodes_go_by_the_database_s_clock_whatever_their_own_says() {
    let database = TestDatabase::create().await;
    let admin = superuser(&database);
    // The database's clock, an hour and then two before the machine's.
    sqlx::raw_sql(
        "create function public.clock_timestamp() returns timestamptz language sql volatile as
         $$ select pg_catalog.clock_timestamp() - interval '1 hour' $$;
         do $$ begin
             execute format('alter database %I set search_path = public, pg_catalog', current_database());
         end $$",
    )
    .execute(&admin)
    .await
    .unwrap();
    let store = Store::connect(&database.url(), 2).await.unwrap();
    let time = DatabaseClock::read(&store).await.unwrap();
    let clock = time.clock();
    let behind = |hours: i64| {
        let apart = Utc::now() - clock.now() - TimeDelta::hours(hours);
        assert!(apart.abs() < TimeDelta::minutes(5), "{apart}");
    };
    behind(1);
    time.correct().await;
    behind(1);
    sqlx::raw_sql(
        "create or replace function public.clock_timestamp() returns timestamptz language sql volatile as
         $$ select pg_catalog.clock_timestamp() - interval '2 hours' $$",
    )
    .execute(&admin)
    .await
    .unwrap();
    behind(1);
    time.correct().await;
    behind(2);
}

mod long {
    #[tokio::test]
    #[ignore = "long: scripts/chaos"]
    async fn the_program_is_killed_forty_times() {
        super::the_program_is_killed(400, 40).await;
    }

    #[tokio::test]
    #[ignore = "long: scripts/chaos"]
    async fn the_program_is_told_to_stop_twenty_times() {
        super::the_program_is_told_to_stop(1_000, 20).await;
    }

    #[tokio::test]
    #[ignore = "long: scripts/chaos"]
    async fn an_act_is_sent_a_hundred_times_at_once() {
        super::an_act_is_sent_many_times_at_once(100).await;
    }
}
