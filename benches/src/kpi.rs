//! Figures over ten million acts, beside the plain rows, and what they cost those who write.

use crate::floor::{self, Work};
use crate::outcome::{Outcome, Row, thousands};
use crate::postgres::{Database, Server, run as sql};
use crate::site::Site;
use crate::statistics::{median, percentile};
use crate::{Effort, Failure};
use chrono::{DateTime, Utc};
use domain::kpi::{By, KpiFilter, Period};
use domain::user::Caller;
use sqlx::{Connection as _, PgConnection};
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};
use store::Store;
use tokio::task::JoinHandle;

const WRITERS: i32 = 16;
/// Boards that ask at the same time.
const BOARDS: u32 = 4;
const WORKERS: i32 = 50;
/// Lines each writer goes round: a line gets some acts a day, not hundreds.
const LINES: i32 = 512;

/// The bench.
pub(crate) async fn run(effort: Effort) -> Result<(), Failure> {
    let acts: i64 = if effort.quick { 200_000 } else { 10_000_000 };
    let database = Server::get()?.migrated("bench_kpi").await?;
    let site = Site::set_up(&database, "http://127.0.0.1:9", 1.0).await?;
    let work = floor::make(&database, "bench", WRITERS * LINES, 1).await?;
    let filled = fill(&database, &work, acts).await?;
    let caller = site.caller().clone();
    let mut outcome = Outcome::new(
        "Figures over ten million acts",
        "Acts of fifty people over a year, folded by the engine's own statement. Each period is read \
         by `store::kpis::report`, broken down by person; beside it the sums of those figures that \
         come from acts, lines left out because they would need another grouping, from the plain rows \
         through a BRIN index on their time. Both sides are read by as many readers at once and \
         without just-in-time compilation; ours is the 95th percentile, the rows' the median. \
         Sixteen writers append acts of the plainest kind, one transaction each, on 512 lines of \
         their own, with the figures' trigger, the look-up of the shift and the engine's fold on one \
         side and without them on the other. At the end every part of the figures is compared with \
         the rows.",
        effort.quick,
    );
    eprintln!("kpi: {acts} acts folded in {:.0} s", filled.as_secs_f64());
    outcome.rows = reads(&database, &caller, effort).await?;
    outcome.rows.extend(writes(&database, &work, effort).await?);
    outcome.rows.push(recount(&database).await?);
    site.close().await;
    database.drop().await?;
    outcome.keep("kpi")
}

/// Writes a year of acts without the trigger, then their sums by the definition itself.
async fn fill(database: &Database, work: &[Work], acts: i64) -> Result<Duration, Failure> {
    let started = Instant::now();
    let mut admin = database.admin().await?;
    let first = work.first().ok_or("there is no work")?;
    sql(&mut admin, "set synchronous_commit = off").await?;
    sql(
        &mut admin,
        "alter table operations disable trigger kpi_count",
    )
    .await?;
    let people = format!(
        "insert into users (company_id, login, name, role, password_hash, team_id)
         select u.company_id, 'bench-' || n, 'Bench ' || n, 'worker', u.password_hash, u.team_id
         from generate_series(1, {WORKERS}) n, (select * from users where login = 'bench') u"
    );
    sql(&mut admin, &people).await?;
    let insert = format!(
        "insert into operations (id, company_id, warehouse_id, task_id, user_id, credited_user_id, kind, accepted,
                                 quantity, device, made_at, recorded_at, request, answer, credited_team_id, line_id)
         select gen_random_uuid(), t.company_id, t.warehouse_id, t.id, u.id, u.id, 'pick', true,
                1 + n % 9, 'bench', at, at, '{{}}', '{{}}', u.team_id, null
         from generate_series(1, {acts}) n
         join (select id, team_id, row_number() over (order by id) - 1 as place from users where login like 'bench-%') u
              on u.place = n % {WORKERS}
         cross join (select * from tasks where id = {}) t
         cross join lateral (select now() - interval '365 days' * (1 - n::float8 / {acts}) as at) a",
        first.task
    );
    sql(&mut admin, &insert).await?;
    sql(
        &mut admin,
        "alter table operations enable trigger kpi_count",
    )
    .await?;
    sql(
        &mut admin,
        "create index bench_brin on operations using brin (recorded_at) with (pages_per_range = 32)",
    )
    .await?;
    sql(&mut admin, "vacuum analyze operations").await?;
    store::kpis::rebuild(&database.store(2).await?).await?;
    // What a rebuild leaves behind is gone in a minute.
    for table in ["kpi_rollups", "kpi_deltas", "kpi_acts"] {
        sql(&mut admin, &format!("vacuum analyze {table}")).await?;
    }
    Ok(started.elapsed())
}

async fn reads(database: &Database, caller: &Caller, effort: Effort) -> Result<Vec<Row>, Failure> {
    let mut rows = Vec::new();
    for period in Period::ALL {
        eprintln!("kpi: a {period}");
        let (ours, plain) = both(database, caller, period, BOARDS, effort).await?;
        let row = Row::new(
            format!("A {period} by person, {BOARDS} boards at once, p95"),
            format!("{ours:.1} ms"),
        )
        .beside(format!("rows with BRIN: {plain:.0} ms"), plain / ours);
        let long = matches!(period, Period::Month | Period::Year);
        let bar = if long {
            "≤ 50 ms, ≥ 50 ×"
        } else {
            "≤ 50 ms"
        };
        rows.push(row.bar(bar, ours <= 50.0 && (!long || plain / ours >= 50.0)));
        if long {
            let (ours, plain) = both(database, caller, period, 1, effort).await?;
            rows.push(
                Row::new(
                    format!("A {period} by person, one board alone, p95"),
                    format!("{ours:.1} ms"),
                )
                .beside(format!("rows with BRIN: {plain:.0} ms"), plain / ours),
            );
        }
    }
    Ok(rows)
}

/// Milliseconds of our report and of the plain rows, under the same load.
async fn both(
    database: &Database,
    caller: &Caller,
    period: Period,
    readers: u32,
    effort: Effort,
) -> Result<(f64, f64), Failure> {
    let (times, raw_times) = if effort.quick { (5, 1) } else { (50, 3) };
    let ours = at_once(database, caller, period, readers, times).await?;
    let plain = raw(database, period, readers, raw_times).await?;
    Ok((percentile(&ours, 0.95), median(&plain)))
}

/// Milliseconds of each reading of so many readers.
async fn at_once(
    database: &Database,
    caller: &Caller,
    period: Period,
    readers: u32,
    times: usize,
) -> Result<Vec<f64>, Failure> {
    let store = database.store(readers).await?;
    let filter = KpiFilter {
        warehouse: caller.warehouses.first().copied(),
        period: Some(period),
        by: Some(By::Worker),
        ..KpiFilter::default()
    };
    let mut boards = Vec::new();
    for _ in 0..readers {
        let (store, caller) = (store.clone(), caller.clone());
        boards.push(tokio::spawn(async move {
            let mut taken = Vec::new();
            for _ in 0..times {
                let started = Instant::now();
                store::kpis::report(&store, &caller, &filter, now()).await?;
                taken.push(started.elapsed().as_secs_f64() * 1_000.0);
            }
            Ok::<_, store::Error>(taken)
        }));
    }
    let mut all = Vec::new();
    for board in boards {
        all.extend(board.await??);
    }
    store.pool().close().await;
    Ok(all)
}

fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Milliseconds of the same sums from the rows, by so many readers at once.
async fn raw(
    database: &Database,
    period: Period,
    readers: u32,
    times: usize,
) -> Result<Vec<f64>, Failure> {
    let mut boards: Vec<JoinHandle<Result<Vec<f64>, Failure>>> = Vec::new();
    for _ in 0..readers {
        let mut admin = database.admin().await?;
        let settings = "set jit = off; set enable_indexscan = off; set enable_indexonlyscan = off";
        sql(&mut admin, settings).await?;
        boards.push(tokio::spawn(async move {
            let mut taken = Vec::new();
            for _ in 0..times {
                let started = Instant::now();
                sql(&mut admin, &raw_sums(period)).await?;
                taken.push(started.elapsed().as_secs_f64() * 1_000.0);
            }
            Ok(taken)
        }));
    }
    let mut all = Vec::new();
    for board in boards {
        all.extend(board.await??);
    }
    Ok(all)
}

/// What the report says of acts, but for lines, as one would write it for the plain rows.
fn raw_sums(period: Period) -> String {
    let short = |reason: &str| {
        format!("count(*) filter (where kind = 'short' and reason = '{reason}') as {reason}")
    };
    let shorts = [
        "not_in_stock",
        "damaged",
        "not_found",
        "wrong_item",
        "other",
    ]
    .map(short)
    .join(", ");
    format!(
        "select credited_user_id, sum(quantity), count(*) filter (where kind = 'pick') as picks,
                count(*) filter (where kind = 'undo' and quantity < 0) as undone, {shorts},
                max(recorded_at)
         from operations
         where recorded_at >= date_trunc('{period}', now()) and accepted and kind in ('pick', 'undo', 'short')
         group by credited_user_id"
    )
}

/// Writers with and without figures, and how long an act waits for its fold.
async fn writes(database: &Database, work: &[Work], effort: Effort) -> Result<Vec<Row>, Failure> {
    let rounds = if effort.quick { 1 } else { effort.rounds };
    let length = Duration::from_secs(if effort.quick { 2 } else { 8 });
    let (mut plain, mut counted, mut oldest) = (Vec::new(), Vec::new(), 0.0_f64);
    for number in 1..=rounds {
        eprintln!("kpi: writers, round {number} of {rounds}");
        plain.push(rate(database, work, false, length).await?.0);
        let (rate, age) = rate(database, work, true, length).await?;
        counted.push(rate);
        oldest = oldest.max(age);
    }
    let (plain, counted) = (median(&plain), median(&counted));
    let ratio = counted / plain;
    let commits = |value: f64| format!("{} commits/s", thousands(value));
    Ok(vec![
        Row::new("Sixteen writers with figures and fold", commits(counted))
            .beside(format!("without: {}", commits(plain)), ratio)
            .bar("≥ 0.7", ratio >= 0.7),
        Row::new("Oldest act not folded", format!("{oldest:.2} s")).bar("≤ 1 s", oldest <= 1.0),
    ])
}

/// Commits a second, and the age of the oldest waiting act seen meanwhile, seconds.
async fn rate(
    database: &Database,
    work: &[Work],
    figures: bool,
    length: Duration,
) -> Result<(f64, f64), Failure> {
    let mut admin = database.admin().await?;
    let switch = if figures { "enable" } else { "disable" };
    sql(
        &mut admin,
        &format!("alter table operations {switch} trigger kpi_count"),
    )
    .await?;
    let (over, commits) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let mut writers: Vec<JoinHandle<Result<(), Failure>>> = Vec::new();
    for (own, number) in work.chunks(LINES as usize).zip(1..) {
        let options = sqlx::postgres::PgConnectOptions::from_str(&database.url())?;
        let connection = PgConnection::connect_with(&options).await?;
        let statements = own.iter().map(|work| pick(work, number, figures)).collect();
        let (over, commits) = (Arc::clone(&over), Arc::clone(&commits));
        writers.push(tokio::spawn(write(connection, statements, over, commits)));
    }
    let folder = tokio::spawn(fold(database.store(1).await?, Arc::clone(&over)));
    let started = Instant::now();
    let mut oldest = 0.0_f64;
    while started.elapsed() < length {
        tokio::time::sleep(Duration::from_millis(50)).await;
        let age: Option<f64> = sqlx::query_scalar(
            "select extract(epoch from clock_timestamp() - min(recorded_at))::float8 from kpi_acts",
        )
        .fetch_one(&mut admin)
        .await?;
        oldest = oldest.max(age.unwrap_or(0.0));
    }
    let done = commits.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
    over.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await??;
    }
    folder.await??;
    Ok((done, oldest))
}

/// What the engine does.
async fn fold(store: Store, over: Arc<AtomicBool>) -> Result<(), Failure> {
    while !over.load(Ordering::Relaxed) {
        while store::kpis::fold(&store, 20_000).await? >= 20_000 {}
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    while store::kpis::fold(&store, 20_000).await? > 0 {}
    store.pool().close().await;
    Ok(())
}

/// One pick of a line by the writer of that number; with figures, the shift is looked up as the store
/// does it.
fn pick(work: &Work, number: i32, figures: bool) -> String {
    let shift = if figures {
        "shift_at(u.id, t.warehouse_id, now())"
    } else {
        "null"
    };
    format!(
        "begin; set local crossdock.company = '1';
         insert into operations (id, company_id, warehouse_id, task_id, line_id, user_id, credited_user_id, kind,
                                 accepted, quantity, device, made_at, recorded_at, request, answer,
                                 credited_team_id, credited_shift_id)
         select gen_random_uuid(), t.company_id, t.warehouse_id, t.id, {}, u.id, u.id, 'pick', true, 1, 'bench',
                clock_timestamp(), clock_timestamp(), '{{}}', '{{}}', u.team_id, {shift}
         from tasks t, (select id, team_id from users where login = 'bench-{number}') u
         where t.id = {};
         commit",
        work.line, work.task
    )
}

async fn write(
    mut connection: PgConnection,
    statements: Vec<String>,
    over: Arc<AtomicBool>,
    commits: Arc<AtomicU64>,
) -> Result<(), Failure> {
    for statement in statements.iter().cycle() {
        if over.load(Ordering::Relaxed) {
            break;
        }
        sql(&mut connection, statement).await?;
        commits.fetch_add(1, Ordering::Relaxed);
    }
    Ok(connection.close().await?)
}

/// Every part of the figures against the rows, and the whole year's quantity against a plain sum.
async fn recount(database: &Database) -> Result<Row, Failure> {
    let store = database.store(2).await?;
    // Acts that were written without the trigger are missing until the figures are rebuilt.
    let mended = store::kpis::rebuild(&store).await?;
    let left = store::kpis::differences(&store).await?;
    let mut admin = database.admin().await?;
    let equal: bool = sqlx::query_scalar(
        "select (select sum(quantity) from operations where accepted and kind in ('pick', 'undo'))
              = (select sum(quantity) from kpi_rollups where grain = 'month')
            and (select count(*) from operations where accepted and kind = 'pick')
              = (select sum(picks) from kpi_rollups where grain = 'day')",
    )
    .fetch_one(&mut admin)
    .await?;
    store.pool().close().await;
    let found = format!("{left} differ ({mended} written without)");
    Ok(
        Row::new("Parts of the figures against a full recount", found)
            .bar("equal to the last digit", left == 0 && equal),
    )
}
